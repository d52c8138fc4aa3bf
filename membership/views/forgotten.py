"""« Mot de passe oublié »: a link by e-mail and a code by SMS, both; the same words for everybody (T5)."""

from __future__ import annotations

import time
from typing import Any

import structlog
from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import codes, throttles
from claims_portal.accounts.links import LinkUnusable, peek_link, use_link
from claims_portal.accounts.sessions import renew_key
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from membership import arrival
from membership.forms import ChosenPasswordForm, ForgottenForm
from membership.models import MemberAccount
from membership.presentation import masked_mobile
from membership.services import credentials
from membership.services.signing_in import subject_of

from . import robots, words
from .arriving import come_in, open_policies

logger = structlog.get_logger("portal.members")
SESSION_KEY = "new-password"


class ForgottenView(PublicView):
    """Who forgot says who they are. Whether that is anybody is not told."""

    def get(self, request: HttpRequest) -> HttpResponse:
        here = open_policies()
        held = arrival.current(request) or {}
        known = {"policy": held.get("policy"), "number": held.get("number")}
        return self.show(request, ForgottenForm(policies=here["policies"], initial=known), here)

    def post(self, request: HttpRequest) -> HttpResponse:
        throttles.count("sign-in-address", client_address(request))
        here = open_policies()
        form = ForgottenForm(request.POST, policies=here["policies"])
        if not (form.is_valid() and robots.is_person(request, form)):
            return self.show(request, form, here)
        said = {name: form.cleaned_data[name] for name in ("policy", "number", "cin")}
        credentials.ask_new_password(**said, language=get_language() or "fr")
        chosen = {"policy": form.policies[said["policy"]]}
        return render(request, "membership/forgotten_sent.html", here | chosen)

    def show(self, request: HttpRequest, form: forms.Form, here: dict[str, Any]) -> HttpResponse:
        return render(request, "membership/forgotten.html", here | robots.task(request, form) | {"form": form})


class ForgottenLinkView(PublicView):
    """The mailed link: opening it shows a button, the button sends the code."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            peek_link(purpose=credentials.FORGOTTEN, token=token)
        except LinkUnusable:
            return unusable(request)
        return render(request, "membership/forgotten_link.html")

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            account = MemberAccount.objects.get(pk=int(peek_link(purpose=credentials.FORGOTTEN, token=token)))
            # The code first: when no more may be sent now, the link still serves later.
            asked = send_code(request, account)
            use_link(purpose=credentials.FORGOTTEN, token=token)
        except LinkUnusable:
            return unusable(request)
        request.session[SESSION_KEY] = {
            "account": account.pk,
            "code": asked,
            "until": int(time.time()) + arrival.MINUTES * 60,
        }
        renew_key(request.session)
        return redirect("membership:forgotten-new")


def unusable(request: HttpRequest) -> HttpResponse:
    return render(request, "membership/link_unusable.html", status=404)


def send_code(request: HttpRequest, account: MemberAccount) -> str:
    asked = credentials.send_password_code(
        account=account, address=client_address(request), language=get_language() or "fr"
    )
    return str(asked)


class ForgottenNewView(PublicView):
    """The code and the new password, for the browser that opened the link."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = request.session.get(SESSION_KEY)
        if not held or held["until"] < time.time():
            return redirect("membership:forgotten")
        self.held: dict[str, Any] = held
        accounts = MemberAccount.objects.select_related("member__policy__organisation")
        self.account = accounts.get(pk=self.held["account"])
        if not self.account.password:  # given back to its member since
            return redirect("membership:forgotten")
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, ChosenPasswordForm(member=self.account.member))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "again" in request.POST:
            request.session[SESSION_KEY] = self.held | {"code": send_code(request, self.account)}
            return redirect("membership:forgotten-new")
        form = ChosenPasswordForm(request.POST, member=self.account.member)
        if not form.is_valid():
            return self.show(request, form)
        sentence = words.code_refusal(
            request_id=self.held["code"],
            purpose=credentials.FORGOTTEN,
            subject=subject_of(self.account),
            code=form.cleaned_data["code"],
        )
        if sentence:
            form.add_error("code", sentence)
            return self.show(request, form)
        throttles.give_back("verify-address", client_address(request))
        del request.session[SESSION_KEY]
        password = form.cleaned_data["password"]
        try:
            account = credentials.replace_password(account_id=self.account.pk, password=password, forgotten=True)
        except credentials.GivenBack:
            return redirect("membership:forgotten")
        logger.info("member_password_replaced", account=account.pk)
        messages.success(request, _("Votre nouveau mot de passe est enregistré."))
        return come_in(request, account)

    def show(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        member = self.account.member
        context = {
            "form": form,
            "mobile": masked_mobile(self.account.mobile),
            "held_up": codes.is_held_up(self.held["code"]),
            "number": member.number,
            "organisation": member.policy.organisation,
        }
        return render(request, "membership/forgotten_new.html", context)
