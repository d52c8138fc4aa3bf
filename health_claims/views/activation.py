"""The six steps of activating online declaration, and the link that was mailed (rows D44–D63)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import codes
from claims_portal.accounts.links import LinkUnusable
from claims_portal.accounts.throttles import LimitReached
from claims_portal.deadlines.explanation import wait_in_words
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from health_claims.activation import ActivationStep, before, due, may_open, progress
from health_claims.activation_forms import EmailForm, MobileForm, RulesForm
from health_claims.services import activation
from membership.access import MemberView, present
from membership.forms import CodeForm
from membership.models import MemberAccount
from membership.views.words import code_wrong

SESSION_KEY = "activation"  # which code was asked for here, and for which mobile


def language() -> str:
    return get_language() or "fr"


class ActivationView(MemberView):
    """Activation goes on where the member left it, in whatever browser."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect(due(self.member.account).url)


class ActivationStepView(MemberView):
    """One step: show it, prove it, go on. What a limit or a wrong code stops is said on the step itself."""

    step: ActivationStep
    account: MemberAccount

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        try:
            self.step = ActivationStep(kwargs.pop("slug"))
        except ValueError:
            raise Http404 from None
        try:
            return super().dispatch(request, *args, **kwargs)
        except activation.AlreadyActivated:
            return redirect(ActivationStep.DONE.url)

    def get(self, request: HttpRequest) -> HttpResponse:
        if not may_open(self.member.account, self.step):
            return self.go_on()
        return self.show(request, self.form())

    def post(self, request: HttpRequest) -> HttpResponse:
        if not may_open(self.member.account, self.step):
            return self.go_on()
        again = request.POST.get("action") == "again"
        match self.step:
            case ActivationStep.CODE if again:
                return self._send_code(request, str(self.member.account.pending_mobile), form=CodeForm())
            case ActivationStep.LINK if again:
                return self._send_link(request, self.member.account.pending_email, form=None)
            case ActivationStep.LINK | ActivationStep.DONE:
                return self._wait(request)
        form = self.form(request.POST)
        if form is None or not form.is_valid():
            return self.show(request, form)
        return self._take(request, form)

    def _take(self, request: HttpRequest, form: forms.Form) -> HttpResponse:
        """A valid answer of the steps that have a form."""
        typed = form.cleaned_data
        if self.step == ActivationStep.RULES:
            activation.certify(account_id=self.member.account.pk)
            return self.go_on()
        if self.step == ActivationStep.MOBILE:
            return self._send_code(request, typed["mobile"], form=form)
        if self.step == ActivationStep.CODE:
            return self._use_code(request, typed["code"], form=form)
        return self._send_link(request, typed["email"], form=form)

    def _send_code(self, request: HttpRequest, mobile: str, *, form: forms.Form) -> HttpResponse:
        held_up = self._held_up(request)
        try:
            asked = activation.ask_code(
                account_id=self.member.account.pk, mobile=mobile, language=language(), address=client_address(request)
            )
        except LimitReached as limit:
            sentence = _(
                "Plusieurs codes ont été demandés en peu de temps. Utilisez le dernier reçu, "
                "ou demandez-en un autre dans %(wait)s : vous reprendrez à cette étape."
            )
            return self.refuse(request, form, sentence % {"wait": wait_in_words(limit.retry_seconds)})
        request.session[SESSION_KEY] = {"request": str(asked), "mobile": mobile} if asked else {}
        if self.step == ActivationStep.CODE and held_up:
            sentence = _("Les SMS ne partent pas pour l’instant : un nouveau code suivra dès que possible.")
            messages.warning(request, sentence)
        elif self.step == ActivationStep.CODE:
            messages.success(request, _("Un nouveau code est parti. Le précédent ne sert plus."))
        return self.go_on()

    def _held_up(self, request: HttpRequest) -> bool:
        """Whether the code that was asked for in this browser has not left."""
        asked = (request.session.get(SESSION_KEY) or {}).get("request")
        return bool(asked and codes.is_held_up(asked))

    def _use_code(self, request: HttpRequest, code: str, *, form: forms.Form) -> HttpResponse:
        held = request.session.get(SESSION_KEY) or {}
        try:
            activation.confirm_mobile(
                account_id=self.member.account.pk,
                request_id=held.get("request"),
                mobile=held.get("mobile", ""),
                code=code,
            )
        except codes.CodeWrong as wrong:
            return self.refuse(request, form, code_wrong(wrong.left))
        except codes.CodeUnusable:
            if due(self.fresh()) != ActivationStep.CODE:  # the same button pressed twice, or another tab
                return self.go_on()
            sentence = _(
                "Ce code ne sert plus : il a été remplacé, il a plus de %(minutes)d minutes, ou il a été essayé "
                "trop de fois. Cliquez sur « Réessayer » pour en recevoir un autre."
            )
            return self.refuse(request, form, sentence % {"minutes": codes.MINUTES})
        except LimitReached as limit:
            sentence = _("Trop de codes faux ont été saisis. Vous pourrez réessayer dans %(wait)s.")
            return self.refuse(request, form, sentence % {"wait": wait_in_words(limit.retry_seconds)})
        request.session.pop(SESSION_KEY, None)
        return self.go_on()

    def _send_link(self, request: HttpRequest, email: str, *, form: forms.Form | None) -> HttpResponse:
        try:
            activation.ask_link(account_id=self.member.account.pk, email=email, language=language())
        except LimitReached as limit:
            sentence = _(
                "Plusieurs e-mails ont été demandés en peu de temps. Les liens reçus restent valables ; "
                "vous pourrez en demander un autre dans %(wait)s."
            )
            return self.refuse(request, form, sentence % {"wait": wait_in_words(limit.retry_seconds)})
        if self.step == ActivationStep.LINK:
            messages.success(request, _("Un nouvel e-mail est parti. Il arrive en général en moins d’une minute."))
        return self.go_on()

    def _wait(self, request: HttpRequest) -> HttpResponse:
        """« Suivant » before the link was opened: say what is awaited."""
        if self.step == ActivationStep.DONE:
            return redirect("health_claims:send")
        messages.info(request, _("Le lien n’est pas encore activé : ouvrez l’e-mail reçu, puis revenez ici."))
        return self.go_on()

    def form(self, data: Any = None) -> forms.Form | None:
        """The form of this step, filled with what was given before."""
        account = self.member.account
        match self.step:
            case ActivationStep.RULES:
                return RulesForm(data, initial={"approved": bool(account.certified_at)})
            case ActivationStep.MOBILE:
                given = account.pending_mobile or account.mobile
                return MobileForm(data, account=account, initial={"mobile": str(given)})
            case ActivationStep.CODE:
                return CodeForm(data)
            case ActivationStep.EMAIL:
                return EmailForm(data, initial={"email": account.pending_email or account.email})
        return None

    def fresh(self) -> MemberAccount:
        """The account as it is now: another tab may have gone on."""
        self.member.account.refresh_from_db()
        return self.member.account

    def go_on(self) -> HttpResponse:
        return redirect(due(self.fresh()).url)

    def refuse(self, request: HttpRequest, form: forms.Form | None, sentence: str) -> HttpResponse:
        """The step again with a sentence beside its field, or on top when it has none."""
        if form is None or not form.is_bound:
            return self.show(request, form, problems=[("", sentence)])
        form.add_error(next(iter(form.fields)), sentence)
        return self.show(request, form)

    def show(self, request: HttpRequest, form: forms.Form | None, **context: Any) -> HttpResponse:
        account = self.member.account
        previous = before(account, self.step)
        asked = (request.session.get(SESSION_KEY) or {}) if self.step == ActivationStep.CODE else {}
        whole = {
            "member": self.member,
            "account": account,
            "form": form,
            "steps": progress(account, self.step),
            "step_number": self.step.position,
            "step_total": len(ActivationStep),
            "step_label": self.step.label,
            "previous_url": previous.url if previous else "",
            "code_asked_here": bool(asked.get("request")),
            "code_minutes": codes.MINUTES,
            "held_up": self.step == ActivationStep.CODE and self._held_up(request),
            "link_hours": activation.LINK_HOURS,
        }
        return render(request, f"health_claims/activation/{self.step.name.lower()}.html", whole | context)


class ActivationLinkView(PublicView):
    """The mailed link: opening it shows a button (mail scanners open links), the button activates, on any device.

    In the browser where the member is signed in, it leads to the sixth step of their space (rows D60, D61).
    """

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            account = activation.check_link(token=token)
        except LinkUnusable:
            return self._unusable(request)
        return self._page(request, "open", account)

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            account = activation.confirm_email(token=token)
        except LinkUnusable:
            return self._unusable(request)
        if account.is_activated and self._is_here(request, account):
            return redirect(ActivationStep.DONE.url)
        return self._page(request, "activated" if account.is_activated else "confirmed", account)

    def _is_here(self, request: HttpRequest, account: MemberAccount) -> bool:
        """Whether this browser is in the space of the member the link went to; its frame then shows their tabs."""
        member = present(request)
        if member is None or member.pk != account.member_id:
            return False
        request.member = member  # type: ignore[attr-defined]
        return True

    def _unusable(self, request: HttpRequest) -> HttpResponse:
        context = {"state": "unusable", "link_hours": activation.LINK_HOURS}
        return render(request, "health_claims/activation/mailed_link.html", context, status=404)

    def _page(self, request: HttpRequest, state: str, account: MemberAccount) -> HttpResponse:
        self._is_here(request, account)
        step = due(account) if account.is_activated else ActivationStep.LINK
        context = {
            "state": state,
            "organisation": account.member.policy.organisation,
            "steps": [each | {"url": ""} for each in progress(account, step)],
            "step_number": step.position,
            "step_total": len(ActivationStep),
            "step_label": step.label,
        }
        return render(request, "health_claims/activation/mailed_link.html", context)
