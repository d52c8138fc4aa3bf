"""The way in: policy and number, then the CIN, then the password, then a code in an unknown browser (D7–D18, T5)."""

from __future__ import annotations

from typing import Any

import structlog
from django import forms
from django.conf import settings
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import codes, throttles
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from membership import access, arrival
from membership.forms import BrowserCodeForm, IdentityForm, PasswordForm, SignInForm
from membership.models import KnownBrowser, MemberAccount, Policy
from membership.presentation import masked_mobile
from membership.services import signing_in, wrong_tries
from membership.services.wrong_tries import Tries

from . import robots, words

logger = structlog.get_logger("portal.members")


def open_policies() -> dict[str, Any]:
    """The policies whose members may come in, and their insurer when there is but one."""
    policies = list(Policy.objects.open())
    insurers = {policy.organisation for policy in policies}
    return {"policies": policies, "organisation": insurers.pop() if len(insurers) == 1 else None}


def known_here(request: HttpRequest) -> KnownBrowser | None:
    return signing_in.known_browser(request.COOKIES.get(settings.KNOWN_BROWSER_COOKIE_NAME, ""))


def tries_of(request: HttpRequest, held: dict[str, Any], step: str) -> Tries:
    """Whose tries these are. A browser the member uses has its own count: no stranger can use it up."""
    known = known_here(request)
    is_theirs = known and (known.account.member.policy.number, known.account.member.number) == (
        held["policy"],
        held["number"],
    )
    return Tries(
        step=step,
        member=f"{held['policy']}:{held['number']}",
        address=client_address(request),
        browser=known if is_theirs else None,
        code=held["first"] if "coded" in held else "",
    )


def come_in(request: HttpRequest, account: MemberAccount) -> HttpResponse:
    """Everything asked was shown: the session of the member begins."""
    arrival.forget(request)
    access.enter(request, account)
    logger.info("member_signed_in", account=account.pk)
    return redirect("membership:home")


class SignInView(PublicView):
    """« Bienvenue dans l’espace de l’Assurance Maladie Complémentaire »."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if access.present(request):
            return redirect("membership:home")
        here = open_policies()
        return self.show(request, SignInForm(policies=here["policies"]), here)

    def post(self, request: HttpRequest) -> HttpResponse:
        here = open_policies()
        form = SignInForm(request.POST, policies=here["policies"])
        if not (form.is_valid() and robots.is_person(request, form)):
            return self.show(request, form, here)
        arrival.begin(request, policy=form.cleaned_data["policy"], number=form.cleaned_data["number"])
        return redirect("membership:identity")

    def show(self, request: HttpRequest, form: forms.Form, here: dict[str, Any]) -> HttpResponse:
        others = {policy.other_site_url: policy.other_site_name for policy in here["policies"] if policy.other_site_url}
        context = here | robots.task(request, form) | {"form": form, "other_sites": others.items()}
        return render(request, "membership/sign_in.html", context)


class ArrivingView(PublicView):
    """A page between the first one and the entry; without what comes before it, one begins again."""

    template_name: str
    form_class: type[forms.Form]
    needs = "policy"

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        held = arrival.current(request)
        if held is None or self.needs not in held:
            return redirect("membership:sign-in")
        self.held = held
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.form_class())

    def show(self, request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
        policy = Policy.objects.open().filter(number=self.held["policy"]).first()
        organisation = policy.organisation if policy else None
        shown = {"form": form, "policy": policy, "organisation": organisation, "number": self.held["number"]}
        return render(request, self.template_name, shown | context)

    def refuse(self, request: HttpRequest, form: forms.Form, sentence: str, **context: Any) -> HttpResponse:
        form.add_error(None, sentence)
        return self.show(request, form, **context)


class IdentityView(ArrivingView):
    """The CIN. One sentence for an unknown number, a wrong CIN and a closed policy."""

    template_name = "membership/identity.html"
    form_class = IdentityForm

    def post(self, request: HttpRequest) -> HttpResponse:
        form = IdentityForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        policy, number, cin = self.held["policy"], self.held["number"], form.cleaned_data["cin"]
        tries = tries_of(request, self.held, wrong_tries.IDENTITY)
        code_first = None
        try:
            wrong_tries.count_try(tries)
        except wrong_tries.CodeFirst as reached:
            code_first = reached
        member = signing_in.find_member(policy=policy, number=number, cin=cin)
        if code_first:
            account = MemberAccount.objects.filter(member=member.pk if member else 0).first()
            # A member without a mobile can receive no code: after a hundred wrong tries by others, number and CIN
            # still open what they open, as often as an address may try.
            if not (member and code_first.is_month and not (account and account.mobile)):
                return ask_code_first(request, account)
        if member is None:
            logger.warning("member_sign_in_refused", step="identity")
            return self.refuse(request, form, str(words.NOBODY))
        wrong_tries.forgive_tries(tries)
        account = signing_in.open_account(member=member, language=get_language() or "fr")
        if not account.password and not account.mobile:
            return come_in(request, account)
        arrival.proved(request, member=member.pk)
        return redirect("membership:password") if account.password else self.without_password(request, account)

    def without_password(self, request: HttpRequest, account: MemberAccount) -> HttpResponse:
        """A mobile is proved, no password chosen yet: with the number and the CIN alone, a stranger would choose it."""
        known = known_here(request)
        return come_in(request, account) if known and known.account_id == account.pk else ask_code(request, account)


class AccountView(ArrivingView):
    """A page of the way in after the CIN."""

    needs = "member"

    def account(self) -> MemberAccount:
        return MemberAccount.objects.get(member=self.held["member"])


class PasswordView(AccountView):
    """The password, once there is one (T5)."""

    template_name = "membership/password.html"
    form_class = PasswordForm

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PasswordForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        account = self.account()
        tries = tries_of(request, self.held, wrong_tries.PASSWORD)
        try:
            signing_in.check_password(account=account, password=form.cleaned_data["password"], tries=tries)
        except signing_in.PasswordWrong:
            logger.warning("member_sign_in_refused", step="password")
            return self.refuse(request, form, _("Ce mot de passe n’est pas le bon. Vérifiez les majuscules."))
        except wrong_tries.CodeFirst:
            return ask_code_first(request, account)
        known = known_here(request)
        if tries.code or (known and known.account_id == account.pk):
            response = come_in(request, account)
            if self.held.get("remember"):
                remember(response, account)
            return response
        if not account.mobile:
            return self.refuse(request, form, str(words.NO_MOBILE))
        return ask_code(request, account)


def ask_code(request: HttpRequest, account: MemberAccount) -> HttpResponse:
    """Send a code, and go to where it is given."""
    asked = signing_in.send_browser_code(
        account=account, address=client_address(request), language=get_language() or "fr"
    )
    arrival.proved(request, code=str(asked))
    return redirect("membership:browser-code")


def ask_code_first(request: HttpRequest, account: MemberAccount | None) -> HttpResponse:
    """Go to where a code is given before the next try: the same page, whether one was sent to somebody or not."""
    logger.warning("member_code_first")
    asked = signing_in.send_code_first(
        account=account, address=client_address(request), language=get_language() or "fr"
    )
    held = request.session[arrival.SESSION_KEY]
    arrival.begin(request, policy=held["policy"], number=held["number"])
    arrival.proved(request, first=str(asked), awaited=account.member_id if account else 0)
    return redirect("membership:code-first")


class CodeFirstView(ArrivingView):
    """The code that comes before the next try; whether the number, the CIN and a mobile exist is not told here."""

    template_name = "membership/code_first.html"
    form_class = BrowserCodeForm
    needs = "first"

    def show(self, request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
        return super().show(request, form, minutes=codes.MINUTES, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = BrowserCodeForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        account = MemberAccount.objects.filter(member=self.held["awaited"]).first()
        if not self.is_right(account, form.cleaned_data["code"]) or account is None:
            logger.warning("member_sign_in_refused", step="code-first")
            return self.refuse(request, form, str(words.CODE_FIRST_REFUSED))
        wrong_tries.forget_failures(member=f"{self.held['policy']}:{self.held['number']}")
        remember_it = form.cleaned_data["remember"]
        if account.password:
            arrival.proved(request, member=account.member_id, coded=True, remember=remember_it)
            return redirect("membership:password")
        response = come_in(request, account)
        if remember_it:
            remember(response, account)
        return response

    def is_right(self, account: MemberAccount | None, code: str) -> bool:
        """Use the code up; whatever is wrong with it is one answer."""
        try:
            codes.use_code(
                request_id=self.held["first"],
                purpose=signing_in.CODE_FIRST,
                subject=signing_in.subject_of(account) if account else "account:0",
                code=code,
            )
        except (codes.CodeWrong, codes.CodeUnusable, throttles.LimitReached):
            return False
        return True


class BrowserCodeView(AccountView):
    """The code by SMS. Which telephone is only shown here, after the password, and masked."""

    template_name = "membership/browser_code.html"
    form_class = BrowserCodeForm
    needs = "code"

    def show(self, request: HttpRequest, form: forms.Form, **context: Any) -> HttpResponse:
        mobile = context.pop("mobile", None) or self.account().mobile
        context |= {"mobile": masked_mobile(mobile), "held_up": codes.is_held_up(self.held["code"])}
        return super().show(request, form, minutes=codes.MINUTES, **context)

    def post(self, request: HttpRequest) -> HttpResponse:
        account = self.account()
        if not account.mobile:  # given back to its member since
            return redirect("membership:sign-in")
        if "again" in request.POST:
            return ask_code(request, account)
        form = BrowserCodeForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        sentence = words.code_refusal(
            request_id=self.held["code"],
            purpose=signing_in.BROWSER_CODE,
            subject=signing_in.subject_of(account),
            code=form.cleaned_data["code"],
        )
        if sentence:
            logger.warning("member_sign_in_refused", step="code")
            form.add_error("code", sentence)
            return self.show(request, form, mobile=account.mobile)
        throttles.give_back("verify-address", client_address(request))
        response = come_in(request, account)
        if form.cleaned_data["remember"]:
            remember(response, account)
        return response


def remember(response: HttpResponse, account: MemberAccount) -> None:
    """Know this browser by a cookie that no script reads."""
    response.set_cookie(
        settings.KNOWN_BROWSER_COOKIE_NAME,
        signing_in.remember_browser(account=account),
        max_age=settings.KNOWN_BROWSER_DAYS * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )


class SignOutView(PublicView):
    """« Déconnexion »: the session ends on the server (row D33). Only its button acts."""

    http_method_names = ["post"]

    def post(self, request: HttpRequest) -> HttpResponse:
        access.leave(request)
        return redirect("membership:sign-in")
