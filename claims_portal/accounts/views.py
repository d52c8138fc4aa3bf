"""The pages of the second factor, inside /gestion/."""

from __future__ import annotations

from base64 import b32encode
from typing import Any, ClassVar

import django_otp
import segno
from django import forms
from django.conf import settings
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.http import url_has_allowed_host_and_scheme
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from claims_portal.middleware import client_address

from . import second_factor
from .confirmation import note_confirmed

ENROLLING = "second_factor_key"  # in the session: only who saw the drawing can use it


class CodeForm(forms.Form):
    """One field for the application's code, or for a recovery code."""

    code = forms.CharField(
        label=_("Code"),
        max_length=40,
        widget=forms.TextInput({"autocomplete": "one-time-code", "autofocus": True, "spellcheck": "false"}),
        error_messages={"required": _("Écrivez le code.")},
    )

    def refuse(self) -> None:
        """Say that the code opens nothing, and what to try next."""
        waits = _("Ce code n’est pas le bon, ou il a déjà servi. Attendez que votre application en montre un nouveau.")
        served = _("Ce code de secours n’est pas le bon, ou il a déjà servi. Écrivez-en un autre.")
        self.add_error("code", served if second_factor.is_recovery_code(self.cleaned_data["code"]) else waits)


class StaffFactorView(View):
    """What the pages share: who may open them, and their frame."""

    template = ""
    title: ClassVar[Any] = ""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if not (settings.STAFF_SECOND_FACTOR and request.user.is_staff):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def show(self, request: HttpRequest, template: str, title: Any, **context: Any) -> HttpResponse:
        """A page of the space of the agents, before they are all the way in."""
        frame = admin.site.each_context(request) | {"title": title, "next": self.after(request)}
        return render(request, template, frame | context)

    def after(self, request: HttpRequest) -> str:
        """Where the person was going; never another site."""
        wanted = request.GET.get("next", "")
        safe = url_has_allowed_host_and_scheme(wanted, {request.get_host()}, require_https=request.is_secure())
        return wanted if safe else reverse("admin:index")

    def show_codes(self, request: HttpRequest, codes: list[str]) -> HttpResponse:
        return self.show(request, "admin/second_factor_codes.html", _("Vos codes de secours"), codes=codes)


class SecondFactorView(StaffFactorView):
    """Asks for the code at each sign-in; the first time, shows what the application needs."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        if request.user.is_verified():  # type: ignore[union-attr]
            return redirect(self.after(request))
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        if not form.is_valid():
            return self.ask(request, form)
        given: dict[str, Any] = {
            "user": request.user,
            "code": form.cleaned_data["code"],
            "address": client_address(request),
        }
        key = request.session.get(ENROLLING)
        codes: list[str] = []
        try:
            if key is None or second_factor.device_of(given["user"]):
                device = second_factor.verify(**given)
            else:
                device, codes = second_factor.enrol(key=key, **given)
        except second_factor.CodeRefused:
            form.refuse()
            return self.ask(request, form)
        request.session.pop(ENROLLING, None)
        django_otp.login(request, device)
        note_confirmed(request)
        request.session.cycle_key()  # what was known of the session before is worth nothing now
        if codes:
            return self.show_codes(request, codes)
        if second_factor.is_recovery_code(given["code"]):
            self.tell_left(request)
        return redirect(self.after(request))

    def tell_left(self, request: HttpRequest) -> None:
        """Somebody without their telephone should know how many times more they can come in."""
        left = second_factor.codes_left(request.user)  # type: ignore[arg-type]
        words = ngettext(
            "Il vous reste %(left)s code de secours. « Codes de secours », en haut de la page, en donne dix nouveaux.",
            "Il vous reste %(left)s codes de secours. « Codes de secours », en haut de la page, en donne dix nouveaux.",
            left,
        )
        messages.warning(request, words % {"left": left})

    def ask(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        """The code alone, or the drawing to scan for somebody who has no device yet."""
        user: Any = request.user
        status = {"form": form}
        if second_factor.device_of(user):
            return self.show(request, "admin/second_factor.html", _("Votre code"), **status)
        key = request.session.setdefault(ENROLLING, second_factor.new_key())
        device = second_factor.device_with(user=user, key=key)
        secret = b32encode(device.bin_key).decode()
        return self.show(
            request,
            "admin/second_factor_enrol.html",
            _("Protégez votre compte"),
            drawing=segno.make(device.config_url, error="m").svg_data_uri(scale=4, border=4, light="#fff"),
            secret=" ".join(secret[start : start + 4] for start in range(0, len(secret), 4)),
            **status,
        )


class RecoveryCodesView(StaffFactorView):
    """New recovery codes, for somebody who gives a code once more."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.ask(request, CodeForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = CodeForm(request.POST)
        user: Any = request.user
        if form.is_valid():
            address = client_address(request)
            try:
                second_factor.verify(user=user, code=form.cleaned_data["code"], address=address)
            except second_factor.CodeRefused:
                form.refuse()
            else:
                return self.show_codes(request, second_factor.renew_codes(user=user, address=address))
        return self.ask(request, form)

    def ask(self, request: HttpRequest, form: CodeForm) -> HttpResponse:
        left = second_factor.codes_left(request.user)  # type: ignore[arg-type]
        return self.show(
            request, "admin/second_factor.html", _("Codes de secours"), form=form, left=left, renewing=True
        )
