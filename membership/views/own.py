"""« Consulter mon adhésion », and what a member changes there after giving the password again."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import codes, throttles
from claims_portal.accounts.links import LinkUnusable, peek_link
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from membership import access, cover
from membership.access import MemberView
from membership.forms import ChangeEmailForm, ChangeMobileForm, ChangePasswordForm, CodeForm
from membership.presentation import masked_mobile, masked_rib
from membership.services import credentials, sensitive_changes, signing_in
from membership.services.wrong_tries import SignInAgain

from . import words
from .forgotten import unusable

MOBILE_CODE = "new-mobile"  # which code was asked for here, and for which mobile


class MembershipView(MemberView):
    """Policy, family in charge, guarantees and ceilings in words, payment (row D36)."""

    needs_password = True
    needs_identity = True

    def get(self, request: HttpRequest) -> HttpResponse:
        policy = self.member.policy
        today = policy.organisation.today()
        context = {
            "member": self.member,
            "account": self.member.account,
            "policy": policy,
            "desk": policy.desk,
            "family": cover.family(self.member, today),
            "rights": cover.rights(self.member, today),
            "guarantees": cover.guarantees(policy, today),
            "general": cover.general_limits(policy, today),
            "rib": masked_rib(self.member.rib),
        }
        return render(request, "membership/membership.html", context)


class ChangeView(MemberView):
    """A change that asks for the password again. Tries in open sessions have their own count, and end them at last."""

    needs_password = True
    form_class: type[forms.Form]
    template_name: str

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.form())

    def form(self, data: Any = None) -> forms.Form:
        return self.form_class(data)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.form(request.POST)
        try:
            is_them = form.is_valid() and self.is_them(form)
        except SignInAgain:
            access.leave(request)
            messages.info(request, _("Votre session est terminée. Connectez-vous de nouveau."))
            return redirect("membership:sign-in")
        return self.change(request, form) if is_them else self.show(request, form)

    def is_them(self, form: forms.Form, field: str = "password") -> bool:
        """True when the password is theirs; else the form says so."""
        account = self.member.account
        try:
            signing_in.confirm_password(account=account, password=form.cleaned_data[field])
        except signing_in.PasswordWrong:
            form.add_error(field, _("Ce mot de passe n’est pas le bon. Vérifiez les majuscules."))
            return False
        return True

    def change(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        raise NotImplementedError

    def show(self, request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
        shown = {"form": form, "member": self.member, "account": self.member.account}
        return render(request, self.template_name, shown | context)


class ChangePasswordView(ChangeView):
    template_name = "membership/change_password.html"

    def form(self, data: Any = None) -> forms.Form:
        return ChangePasswordForm(data, member=self.member)

    def is_them(self, form: forms.Form, field: str = "current") -> bool:
        return super().is_them(form, field)

    def change(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        account = credentials.replace_password(
            account_id=self.member.account.pk, password=form.cleaned_data["password"]
        )
        access.renew(request, account)
        messages.success(request, _("Votre nouveau mot de passe est enregistré. Vos autres sessions sont fermées."))
        return redirect("membership:membership")


class ChangeMobileView(ChangeView):
    template_name = "membership/change_mobile.html"

    def form(self, data: Any = None) -> forms.Form:
        return ChangeMobileForm(data, region=self.member.policy.organisation.country)

    def change(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        mobile = form.cleaned_data["mobile"]
        asked = credentials.ask_mobile(
            account=self.member.account,
            mobile=mobile,
            address=client_address(request),
            language=get_language() or "fr",
        )
        request.session[MOBILE_CODE] = {"request": str(asked), "mobile": mobile}
        return redirect("membership:change-mobile-code")


class ChangeMobileCodeView(MemberView):
    """The code sent to the new mobile."""

    needs_password = True

    def get(self, request: HttpRequest) -> HttpResponse:
        if not (self.member.account.pending_mobile and MOBILE_CODE in request.session):
            return redirect("membership:change-mobile")
        return self.show(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        account = self.member.account
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        held = request.session.get(MOBILE_CODE) or {}
        sentence = words.code_refusal(
            request_id=held.get("request"),
            purpose=credentials.NEW_MOBILE,
            subject=signing_in.subject_of(account),
            code=form.cleaned_data["code"],
        )
        if not sentence:
            try:
                credentials.confirm_mobile(account_id=account.pk, mobile=held["mobile"])
            except codes.CodeUnusable:
                sentence = words.code_unusable()
        if sentence:
            form.add_error("code", sentence)
            return self.show(request, form)
        throttles.give_back("verify-address", client_address(request))
        request.session.pop(MOBILE_CODE, None)
        messages.success(request, _("Votre nouveau numéro est enregistré."))
        return redirect("membership:membership")

    def show(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        asked = (request.session.get(MOBILE_CODE) or {}).get("request", "")
        context = {
            "form": form,
            "mobile": masked_mobile(self.member.account.pending_mobile),
            "held_up": codes.is_held_up(asked),
        }
        return render(request, "membership/change_mobile_code.html", context)


class ChangeEmailView(ChangeView):
    template_name = "membership/change_email.html"
    form_class = ChangeEmailForm

    def change(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        email = form.cleaned_data["email"]
        credentials.ask_email(account=self.member.account, email=email, language=get_language() or "fr")
        sentence = _("Un lien vient de partir à %(email)s. Votre adresse changera quand vous l’aurez ouvert.")
        messages.info(request, sentence % {"email": email})
        return redirect("membership:membership")


class EmailLinkView(PublicView):
    """The link mailed to a new address: opening it shows a button, the button confirms."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            peek_link(purpose=credentials.NEW_EMAIL, token=token)
        except LinkUnusable:
            return unusable(request)
        return render(request, "membership/email_link.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            credentials.confirm_email(token=token)
        except LinkUnusable:
            return unusable(request)
        return render(request, "membership/email_link.html", {"done": True})


class NotMeView(PublicView):
    """The link of the message about a changed file: opening it shows a button, the button records the alarm."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            peek_link(purpose=sensitive_changes.NOT_ME, token=token)
        except LinkUnusable:
            return unusable(request)
        return render(request, "membership/not_me.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            sensitive_changes.report_change(token=token, address=client_address(request))
        except LinkUnusable:
            return unusable(request)
        return render(request, "membership/not_me.html", {"done": True})
