"""What the desk does with a complaint. Each is one transaction, one event, one notice to the person.

What the person is to read is refused as Unfinished while a variable of a template waits in it between braces.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import ClockKind, Complaint, DocumentKind, Event, EventKind
from complaints.refusals import ComplaintRefused
from complaints.workflow import HANDLE

from .answers import Decision, check_text, record_answer
from .changes import change, locked
from .clocks import begin_pause, end_pause, start_closing, start_reopening, stop_clocks

Documents = Sequence[Document]


class ChangedMeanwhile(Exception):
    """Something happened to the case after the agent's page was made: `events` say what, oldest first."""

    def __init__(self, events: Sequence[Event]) -> None:
        super().__init__(len(events))
        self.events = events


@contextmanager
def as_seen(*, complaint_id: int, last_event_id: int) -> Iterator[None]:
    """Act on a case only as it was seen: its last event then is still its last, and nobody adds one meanwhile.

    ChangedMeanwhile otherwise. One transaction around what is done inside.
    """
    with transaction.atomic():
        locked(complaint_id)
        news = Event.objects.filter(complaint_id=complaint_id, pk__gt=last_event_id).select_related("user")
        # That a delay ended, or will, changes nothing in what the agent was about to do.
        news = news.exclude(kind__in=[EventKind.ESCALATED, EventKind.LATE_TOLD, EventKind.CLOSING_ANNOUNCED])
        if events := list(news):
            raise ChangedMeanwhile(events)
        yield


def _sent(documents: Documents) -> list[tuple[Document, str]]:
    return [(document, DocumentKind.SENT) for document in documents]


@transaction.atomic
def acknowledge_complaint(*, complaint_id: int, user: User, body: str = "") -> Complaint:
    """The desk takes the case up (row C34); the agent becomes its handler when it had none."""
    check_text(body)
    complaint = locked(complaint_id)
    now = timezone.now()
    event = change(
        complaint=complaint,
        transition="acknowledge",
        kind=EventKind.ACKNOWLEDGED,
        user=user,
        body=body,
        at=now,
        assigned_to_id=complaint.assigned_to_id or user.pk,
    )
    stop_clocks(complaint=complaint, kinds=[ClockKind.ACKNOWLEDGEMENT], at=now)
    queue(notices.Acknowledged(complaint, event))
    return complaint


@transaction.atomic
def ask_complement(*, complaint_id: int, user: User, body: str, documents: Documents = ()) -> Complaint:
    """Ask the complainant for more; the answer clock stands still until they reply."""
    check_text(body)
    complaint = locked(complaint_id)
    now = timezone.now()
    event = change(
        complaint=complaint,
        transition="ask_complement",
        kind=EventKind.COMPLEMENT_ASKED,
        user=user,
        body=body,
        documents=_sent(documents),
        at=now,
        assigned_to_id=complaint.assigned_to_id or user.pk,
    )
    stop_clocks(complaint=complaint, kinds=[ClockKind.ACKNOWLEDGEMENT], at=now)
    begin_pause(complaint=complaint, at=now)
    queue(notices.ComplementAsked(complaint, event))
    return complaint


@transaction.atomic
def send_message(*, complaint_id: int, user: User, body: str, documents: Documents = ()) -> Complaint:
    """Write to the complainant without changing where the case stands (F16)."""
    check_text(body)
    complaint = locked(complaint_id)
    event = change(
        complaint=complaint,
        transition="message",
        kind=EventKind.MESSAGE_FROM_DESK,
        user=user,
        body=body,
        documents=_sent(documents),
    )
    start_closing(complaint=complaint, at=event.at)
    queue(notices.NewMessage(complaint, event))
    return complaint


@transaction.atomic
def answer_complaint(
    *, complaint_id: int, user: User, body: str, documents: Documents = (), decision: Decision | None = None
) -> Complaint:
    """Give the desk's answer; the clocks stop, and the time to reopen begins.

    Unfinished when the text still waits to be filled in, or the decision lacks its outcome or its reasons (F37).
    """
    check_text(body)
    complaint = locked(complaint_id)
    decision = decision or Decision()
    now = timezone.now()
    event = change(
        complaint=complaint,
        transition="answer",
        kind=EventKind.ANSWERED,
        user=user,
        body=body,
        documents=_sent(documents),
        at=now,
        answered_at=now,
        assigned_to_id=complaint.assigned_to_id or user.pk,
        risk_bearer=decision.risk_bearer or complaint.risk_bearer,
    )
    record_answer(complaint=complaint, event=event, decision=decision)
    end_pause(complaint=complaint, at=now)
    stop_clocks(complaint=complaint, at=now)
    start_reopening(complaint=complaint, at=now)
    start_closing(complaint=complaint, at=now)
    queue(notices.Answered(complaint, event))
    return complaint


@transaction.atomic
def close_complaint(*, complaint_id: int, user: User, body: str = "") -> Complaint:
    """Close an answered complaint on the desk's side."""
    check_text(body)
    complaint = locked(complaint_id)
    now = timezone.now()
    event = change(
        complaint=complaint,
        transition="close",
        kind=EventKind.CLOSED,
        user=user,
        body=body,
        at=now,
        closed_at=now,
    )
    start_reopening(complaint=complaint, at=now)
    queue(notices.Closed(complaint, event))
    return complaint


@transaction.atomic
def assign_complaint(*, complaint_id: int, user: User, to: User | None = None) -> Complaint:
    """The agent takes the case over, whoever had it, or gives it to a colleague (`to`). Known to the desk only.

    TransitionNotAllowed once closed. ComplaintRefused when the colleague does not handle the cases of that desk.
    """
    complaint = locked(complaint_id)
    agent = to or user
    able = agent.has_perm(HANDLE) and agent.desks.filter(pk=complaint.desk_id).exists()
    if agent.pk != user.pk and not able:
        raise ComplaintRefused(_("Cette personne ne traite pas les dossiers de ce guichet : choisissez-en une autre."))
    change(
        complaint=complaint,
        transition="assign",
        kind=EventKind.ASSIGNED,
        user=user,
        body="" if agent.pk == user.pk else _("Attribuée à %(agent)s.") % {"agent": agent},
        assigned_to_id=agent.pk,
    )
    return complaint


@transaction.atomic
def add_note(*, complaint_id: int, user: User, body: str) -> Complaint:
    """Write something down for the desk alone, whatever the state: the complainant never sees it."""
    complaint = locked(complaint_id)
    change(complaint=complaint, transition="note", kind=EventKind.NOTE, user=user, body=body)
    return complaint
