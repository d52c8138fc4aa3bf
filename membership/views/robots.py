"""The check that a person is there, on the pages that open before anybody is known (row D10)."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import ngettext

from claims_portal.accounts import human

SESSION_KEY = "robots"


def task(request: HttpRequest) -> dict[str, Any]:
    """What the page needs: the browser's work, and when the waiting of a browser that does none began."""
    subject = request.session.get(SESSION_KEY)
    if not subject:
        subject = request.session[SESSION_KEY] = secrets.token_urlsafe(12)
    return {
        "challenge": human.challenge(subject),
        "waiting": human.patience(subject, kept=request.POST.get("waiting", "")),
        "patience": settings.PATIENCE_SECONDS,
    }


def is_person(request: HttpRequest, form: forms.Form) -> bool:
    """True once the browser proved its work or waited; else the form says how long is left.

    What was proved serves once: the next page like this one has its own work.
    """
    try:
        human.check(
            subject=request.session.get(SESSION_KEY) or secrets.token_urlsafe(12),
            proof=request.POST.get("proof", ""),
            waiting=request.POST.get("waiting", ""),
        )
    except human.NotYetHuman as wait:
        sentence = ngettext(
            "Attendez encore %(seconds)d seconde, puis appuyez de nouveau sur le bouton.",
            "Attendez encore %(seconds)d secondes, puis appuyez de nouveau sur le bouton.",
            wait.seconds,
        )
        form.add_error(None, sentence % {"seconds": wait.seconds})
        return False
    request.session.pop(SESSION_KEY, None)
    return True
