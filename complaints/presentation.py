"""A case in the words and shapes its pages show. Reads what is loaded, queries nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.utils import timezone
from django.utils.translation import gettext as _

from claims_portal.deadlines.compute import Due
from claims_portal.deadlines.explanation import explanation_with_origin
from claims_portal.organisations.models import Desk

from .models import Clock, ClockKind, Complaint, ComplaintDocument, Event, EventKind
from .workflow import State, Turn

TONES = {
    EventKind.FILED: "success",
    EventKind.COMPLEMENT_ASKED: "turn",
    EventKind.ANSWERED: "success",
}


def clock_view(clock: Clock, *, paused: bool = False) -> dict[str, Any]:
    """A clock for `components/clock.html`: label, due moment, state, how far it has run, and why (N7)."""
    due = Due.stored(at=clock.due_at, explanation=clock.explanation)
    now = clock.stopped_at or timezone.now()
    if clock.stopped_at:
        state = "done"
    elif paused and clock.kind == ClockKind.ANSWER:
        state = "paused"
    else:
        state = due.state(now)
    return {
        "kind": clock.kind,
        "label": CLOCK_LABELS[ClockKind(clock.kind)](),
        "due": clock.due_at,
        "state": state,
        "fraction": None if clock.stopped_at else due.progress(now),
        "explanation": explanation_with_origin(due.explanation),
    }


CLOCK_LABELS = {
    ClockKind.ACKNOWLEDGEMENT: lambda: _("Prise en charge au plus tard le"),
    ClockKind.ANSWER: lambda: _("Réponse au plus tard le"),
    ClockKind.REOPENING: lambda: _("Vous pouvez rouvrir jusqu’au"),
    ClockKind.CLOSING: lambda: _("Sans nouvelle de votre part, clôture le"),
}


def conversation(
    events: Iterable[Event], documents: list[ComplaintDocument], desk: Desk, url: Any
) -> list[dict[str, Any]]:
    """What was said, oldest first, each with its documents; `url(document)` opens one."""
    by_event: dict[int, list[dict[str, Any]]] = {}
    for joined in documents:
        if joined.event_id is not None:
            by_event.setdefault(joined.event_id, []).append(document_view(joined, url))
    return [
        {
            "mine": event.user_id is None,
            "author": _("Vous") if event.user_id is None else desk.organisation.short_name,
            "at": event.at,
            "text": event.body,
            "recourse": event.recourse,
            "documents": by_event.get(event.pk, []),
        }
        for event in events
        if event.is_public and event.body
    ]


def document_view(joined: ComplaintDocument, url: Any) -> dict[str, Any]:
    """A document for the file list and the bubbles."""
    document = joined.document
    return {
        "id": joined.pk,
        "label": document.label,
        "size": document.received_size,  # what the person sent, as their device and their receipt say it
        "sha256": document.sha256,
        "content_type": document.content_type,
        "state": document.state,
        "kind": joined.get_kind_display(),
        "url": url(joined) if document.state == "clean" else "",
    }


def timeline(events: Iterable[Event], desk: Desk) -> list[dict[str, Any]]:
    """What happened, newest first."""
    return [
        {
            "at": event.at,
            "title": event.get_kind_display(),
            "who": who(event, desk),
            "tone": TONES.get(EventKind(event.kind), "neutral"),
        }
        for event in reversed(list(events))
        if event.is_public
    ]


def who(event: Event, desk: Desk) -> str:
    """Who did it, for the complainant; agents stay unnamed."""
    if event.is_automatic:
        return _("automatiquement")
    return _("vous") if event.user_id is None else str(desk.organisation.short_name)


def standing(complaint: Complaint) -> str:
    """Where the case stands and what happens next, in one or two sentences."""
    if complaint.state == State.ANSWERED and complaint.turn == Turn.DESK:
        return _("Votre message est arrivé. Le service l’examine.")
    return STANDING[State(complaint.state)]()


STANDING = {
    State.RECEIVED: lambda: _(
        "Votre réclamation est arrivée. Le service va la prendre en charge : vous n’avez rien à faire."
    ),
    State.IN_PROGRESS: lambda: _("Le service examine votre réclamation : vous n’avez rien à faire."),
    State.COMPLEMENT: lambda: _("Le service a besoin d’un complément de votre part pour continuer."),
    State.ANSWERED: lambda: _(
        "Le service vous a répondu. Si la réponse vous convient, vous pouvez clôturer ; sinon, rouvrez."
    ),
    State.CLOSED: lambda: _("Votre réclamation est clôturée."),
}
