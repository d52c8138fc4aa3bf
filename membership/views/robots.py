"""The check that a person is there, on the pages that open before anybody is known (row D10)."""

from __future__ import annotations

import secrets
from typing import Any

from django import forms
from django.conf import settings
from django.core.exceptions import NON_FIELD_ERRORS, ValidationError
from django.http import HttpRequest
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_portal.accounts import human, throttles

SCOPE = "robots-proof"
USED = "used"


def task(request: HttpRequest, form: forms.Form) -> dict[str, Any]:
    """What the page needs: the browser's work, and when the waiting of a browser that does none began."""
    subject = "" if form.has_error(NON_FIELD_ERRORS, USED) else human.noted_subject(request.POST.get("waiting", ""))
    subject = subject or secrets.token_urlsafe(12)
    return {
        "challenge": human.challenge(subject),
        "waiting": human.patience(subject, kept=request.POST.get("waiting", "")),
        "patience": settings.PATIENCE_SECONDS,
    }


def is_person(request: HttpRequest, form: forms.Form) -> bool:
    """True once the browser proved its work or waited; else the form says how long is left.

    What was proved serves once: the next page like this one has its own work. The note of the wait says which work
    it was, so that opening the page writes no session.
    """
    subject = human.noted_subject(request.POST.get("waiting", "")) or secrets.token_urlsafe(12)
    try:
        human.check(
            subject=subject,
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
    try:
        throttles.count(SCOPE, subject)
    except throttles.LimitReached:
        sentence = _("Cette page avait déjà servi. Appuyez de nouveau sur le bouton dans quelques secondes.")
        form.add_error(None, ValidationError(sentence, code=USED))
        return False
    return True
