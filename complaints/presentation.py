"""A case in the words and shapes its pages show. Reads what is loaded, queries nothing."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any
from zoneinfo import ZoneInfo

from django.utils.translation import gettext as _

from claims_portal.cases.presentation import clock_view
from claims_portal.cases.workflow import WaitingOn
from claims_portal.organisations.models import Desk

from .lateness import LateAnswer, waited
from .models import Clock, ClockKind, Complaint, ComplaintDocument, Event, EventKind, Pause
from .workflow import State

TONES = {
    EventKind.FILED: "success",
    EventKind.COMPLEMENT_ASKED: "turn",
    EventKind.ANSWERED: "success",
}


def clocks_by_party(complaint: Complaint, clocks: Iterable[Clock], pauses: Iterable[Pause]) -> list[dict[str, Any]]:
    """The clocks that run, each under the party it is for, with the pauses that moved the answer (N7).

    While the desk waits for a complement, the complainant's own comes first. A time to reopen that is over is left out.
    """
    paused = complaint.state == State.COMPLEMENT
    running = [
        clock_view(clock, paused=paused, label=CLOCK_LABELS[ClockKind(clock.kind)]()) | party_of(clock)
        for clock in clocks
        if not clock.stopped_at
    ]
    running = [each for each in running if each["kind"] != ClockKind.REOPENING or each["state"] != "late"]
    zone = ZoneInfo(complaint.desk.organisation.time_zone)
    for shown in running:
        if shown["kind"] == ClockKind.ANSWER:
            shown["pauses"] = waited(pauses, zone)
            shown["label"] = _("Délai de réponse en pause. Il devait finir le") if paused else shown["label"]
    return [_awaited(each) for each in pauses if each.ended_at is None] + running


def party_of(clock: Clock) -> dict[str, str]:
    """Return whose clock it is, in words."""
    return {"party": _("Au service") if clock.is_promise else _("À vous")}


def _awaited(pause: Pause) -> dict[str, Any]:
    """The complainant's clock, from the day the desk asked for more."""
    return {
        "kind": "complement",
        "party": _("À vous"),
        "label": _("Votre complément est attendu depuis le"),
        "due": pause.started_at,
        "state": "soon",
        "fraction": None,
        "note": _(
            "Le délai du service s’est arrêté ce jour-là et reprendra à votre envoi. Aucune date limite n’est fixée, "
            "mais votre réclamation n’avance pas d’ici là."
        ),
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
            "mine": event.is_theirs,
            "author": _("Vous") if event.is_theirs else desk.organisation.short_name,
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
    return _("vous") if event.is_theirs else str(desk.organisation.short_name)


def standing(
    complaint: Complaint, events: Iterable[Event], late: LateAnswer | None = None, *, may_reopen: bool = True
) -> str:
    """Where the case stands and what happens next, in one or two sentences."""
    if complaint.state == State.CLOSED:
        return _ended(events, may_reopen=may_reopen)
    if late is not None:
        return _("La réponse devait arriver au plus tard le %(date)s : elle est en retard.") % {"date": late.due}
    if complaint.state == State.ANSWERED and complaint.waiting_on == WaitingOn.DESK:
        return _("Votre message est arrivé. Le service l’examine.")
    return STANDING[State(complaint.state)]()


def _ended(events: Iterable[Event], *, may_reopen: bool) -> str:
    """How the case ended: it may go on elsewhere."""
    kinds = [event.kind for event in events if event.to_state == State.CLOSED and event.from_state != State.CLOSED]
    match kinds[-1] if kinds else "":
        case EventKind.REFERRED:
            return _("Un autre organisme s’occupe maintenant de votre réclamation : il vous répondra directement.")
        case EventKind.MERGED:
            return _("Votre réclamation continue sous un autre numéro.")
    if may_reopen:
        return _("Votre réclamation est clôturée.")
    return _("Votre réclamation est clôturée, et le délai pour la rouvrir est passé.")


STANDING = {
    State.RECEIVED: lambda: _(
        "Votre réclamation est arrivée. Le service va la prendre en charge : vous n’avez rien à faire."
    ),
    State.IN_PROGRESS: lambda: _("Le service examine votre réclamation : vous n’avez rien à faire."),
    State.COMPLEMENT: lambda: _("Le service a besoin d’un complément de votre part pour continuer."),
    State.ANSWERED: lambda: _(
        "Le service vous a répondu. Si la réponse vous convient, vous pouvez clôturer ; sinon, rouvrez."
    ),
}
