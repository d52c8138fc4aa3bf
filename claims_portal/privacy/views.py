"""« Mes données »: a public form, for people with a case and without."""

from __future__ import annotations

import uuid
from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language, ngettext

from claims_portal.accounts import human, throttles
from claims_portal.middleware import client_address
from claims_portal.views import PublicView

from .forms import RightsForm
from .services import receive_request


def read_form_id(text: str) -> UUID:
    """Return the id of the form this page was given; a new one when it is none."""
    try:
        return UUID(text)
    except ValueError:
        return uuid.uuid4()


class RightsView(PublicView):
    """Ask: the same words whether the organisation knows the person or not."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, RightsForm(initial={"organisation": request.GET.get("organisme", "")}), uuid.uuid4())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = RightsForm(request.POST)
        form_id = read_form_id(request.POST.get("form_id", ""))
        if not form.is_valid() or not self.is_human(request, form, form_id):
            return self.show(request, form, form_id)
        throttles.count("rights-address", client_address(request))
        for contact in filter(None, (form.cleaned_data["email"], form.cleaned_data["mobile"])):
            throttles.count("link-recipient", f"rights:{contact}")
        asked = receive_request(form_id=form_id, language=get_language() or "fr", **form.cleaned_data)
        return render(request, "privacy/sent.html", {"asked": asked})

    def is_human(self, request: HttpRequest, form: RightsForm, form_id: UUID) -> bool:
        """Whether a proof came or the wait is over; otherwise the form says how long is left."""
        given = {name: request.POST.get(name, "") for name in ("proof", "waiting")}
        try:
            human.check(subject=str(form_id), **given)
        except human.NotYetHuman as wait:
            sentence = ngettext(
                "Attendez encore %(seconds)d seconde, puis appuyez de nouveau sur « Envoyer ma demande ».",
                "Attendez encore %(seconds)d secondes, puis appuyez de nouveau sur « Envoyer ma demande ».",
                wait.seconds,
            )
            form.add_error(None, sentence % {"seconds": wait.seconds})
            return False
        return True

    def show(self, request: HttpRequest, form: Any, form_id: UUID) -> HttpResponse:
        subject = str(form_id)
        context = {
            "form": form,
            "form_id": subject,
            "challenge": human.challenge(subject),
            "waiting": human.patience(subject, kept=request.POST.get("waiting", "")),
            "patience": settings.PATIENCE_SECONDS,
        }
        return render(request, "privacy/request.html", context)
