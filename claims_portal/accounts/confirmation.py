"""« Confirmez que c’est vous »: before what takes data away or gives rights, somebody who signed in proves it again."""

from __future__ import annotations

import time
from typing import Any
from urllib.parse import urlencode

from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views import View

from claims_portal.middleware import client_address

from . import audit, second_factor, throttles

CONFIRMED = "confirmed"  # in the session: when, in seconds
SECONDS = 10 * 60
SCOPE = "confirmation"


def note_confirmed(request: HttpRequest) -> None:
    """Whoever uses this session has just given what signing in takes."""
    request.session[CONFIRMED] = int(time.time())


def recently_confirmed(request: HttpRequest) -> bool:
    """Whether they did within ten minutes: at sign-in, or on the page below."""
    return 0 <= time.time() - request.session.get(CONFIRMED, 0) <= SECONDS


def confirm_first(request: HttpRequest, *, back: str) -> HttpResponse:
    """To the page that asks, then to `back`, an address of this site. A POST is not replayed: they press again."""
    return redirect(reverse("admin:confirm") + "?" + urlencode({"next": back}))


class ConfirmForm(forms.Form):
    """The password and, where the account has a second factor, its code."""

    password = forms.CharField(
        label=gettext_lazy("Mot de passe"),
        max_length=200,
        strip=False,
        widget=forms.PasswordInput({"autocomplete": "current-password", "autofocus": True}),
        error_messages={"required": gettext_lazy("Écrivez votre mot de passe.")},
    )
    code = forms.CharField(
        label=gettext_lazy("Code de votre application, ou code de secours"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "spellcheck": "false"}),
        error_messages={"required": gettext_lazy("Écrivez le code.")},
    )

    refused = gettext_lazy(
        "Ce code n’est pas le bon, ou il a déjà servi. Attendez que votre application en montre un nouveau."
    )

    def __init__(self, user: Any, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not (settings.STAFF_SECOND_FACTOR and second_factor.device_of(user)):
            del self.fields["code"]


class ConfirmView(View):
    """Asks once more; five wrong tries close the page for a quarter of an hour, and are in the audit log."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(request, ConfirmForm(request.user))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ConfirmForm(request.user, request.POST)
        if not form.is_valid() or not self.proven(request, form):
            return self.ask(request, form, status=422)
        note_confirmed(request)
        request.session.cycle_key()
        messages.success(request, _("C’est bien vous. Vous pouvez continuer : appuyez de nouveau si besoin."))
        return redirect(self.after(request))

    def proven(self, request: HttpRequest, form: ConfirmForm) -> bool:
        """The password is right, then the code; LimitReached after too many tries of either."""
        user: Any = request.user
        address = client_address(request)
        throttles.count(SCOPE, str(user.pk))
        if not user.check_password(form.cleaned_data["password"]):
            given = {"confirmation": True}
            audit.record(action=audit.Action.SIGN_IN_REFUSED, user=user, address=address, details=given)
            form.add_error("password", _("Ce n’est pas votre mot de passe."))
            return False
        if "code" in form.fields:
            try:
                second_factor.verify(user=user, code=form.cleaned_data["code"], address=address)
            except second_factor.CodeRefused:
                form.add_error("code", form.refused)
                return False
        throttles.forget(SCOPE, str(user.pk))
        return True

    def ask(self, request: HttpRequest, form: ConfirmForm, status: int = 200) -> HttpResponse:
        frame = admin.site.each_context(request) | {"title": _("Confirmez que c’est vous"), "form": form}
        return render(request, "admin/confirm.html", frame | {"back": self.after(request)}, status=status)

    def after(self, request: HttpRequest) -> str:
        """Where the person was going; never another site."""
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return wanted if safe else reverse("admin:index")
