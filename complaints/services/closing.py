"""An answered case of which nobody says anything more closes by itself, after a delay of its desk's procedure.

The delay runs from the answer, or from the desk's last message since. Whatever else happens to the case ends it, and so
does a message that reached nobody: who was not reached is not silent. The person is told beforehand where the procedure
says so, and then no case is closed that was not announced.
"""

from __future__ import annotations

from datetime import datetime, timedelta

from django.db import transaction
from django.db.models import Exists, OuterRef, Q
from django.utils import timezone

from claims_portal.cases.kinds import CaseKind, kind_of
from claims_portal.cases.models import Actor, CaseClockQuerySet
from claims_portal.cases.services.changes import apply_transition, lock_case, record_event
from claims_portal.cases.services.reminders import for_due_clocks
from claims_portal.cases.workflow import WaitingOn
from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import Clock, ClockKind, Complaint, EventKind, Procedure
from complaints.models.case import ComplaintQuerySet
from complaints.workflow import State

from .clocks import start_closing
from .letters import promise_letter

BATCH = 500


def close_silent() -> int:
    """Announce what closes soon, close what is due; gives how many clocks. In the desks' hours, safe to run twice."""
    kind = kind_of(Complaint)
    return for_due_clocks(kind, select_to_announce, _announce) + for_due_clocks(kind, select_to_close, _close)


def select_to_announce(kind: CaseKind, now: datetime) -> CaseClockQuerySet:
    """Clocks of which the person is to be told now."""
    days = {each.closing_notice_days or 0 for each in Procedure.objects.filter(closing_notice_days__isnull=False)}
    soon = Q(pk=None)
    for each in days:
        soon |= Q(due_at__lte=now + timedelta(days=each), case__desk__procedure__closing_notice_days=each)
    latest = now + timedelta(days=max(days, default=0))
    return _waiting().filter(soon, reminded_at=None, due_at__gt=now, due_at__lte=latest)


def select_to_close(kind: CaseKind, now: datetime) -> CaseClockQuerySet:
    """Clocks that are over."""
    return _waiting().filter(due_at__lte=now)


def _waiting() -> CaseClockQuerySet:
    return Clock.objects.filter(kind=ClockKind.CLOSING, case__state=State.ANSWERED)


def _announce(kind: CaseKind, complaint: Complaint, clock: Clock, now: datetime) -> None:
    clock.reminded_at = now
    clock.save(update_fields=["reminded_at"])
    event = record_event(complaint, EventKind.CLOSING_ANNOUNCED, at=now)
    promise_letter(complaint, event)
    queue(notices.ClosingSoon(complaint, event))


def _close(kind: CaseKind, complaint: Complaint, clock: Clock, now: datetime) -> None:
    """Close the case; one that should have been announced, and was not, waits once more from now."""
    if clock.reminded_at is None and complaint.desk.procedure.closing_notice_days is not None:
        start_closing(complaint, at=now)
        return
    event = apply_transition(complaint, "close", event_kind=EventKind.CLOSED_IN_SILENCE, actor=Actor.PORTAL, at=now)
    queue(notices.Closed(complaint, event))


def await_answered() -> int:
    """Begin to wait, from now, for the answered cases that nothing else closes; gives how many. Safe to run twice.

    Those were answered before their procedure had a delay, or a message that reached nobody was taken in hand since.
    Where a procedure has none any more, nothing closes by itself.
    """
    Clock.objects.filter(kind=ClockKind.CLOSING, case__desk__procedure__closing_delay=None).delete()
    started, now = 0, timezone.now()
    for desk in Procedure.objects.filter(closing_delay__isnull=False).order_by("pk").values_list("desk", flat=True):
        keys, last = _forgotten(desk).order_by("pk").values_list("pk", flat=True), 0
        while batch := list(keys.filter(pk__gt=last)[:BATCH]):
            started += sum(_await(key, now) for key in batch)
            last = batch[-1]
    return started


def _forgotten(desk: int) -> ComplaintQuerySet:
    closing = Clock.objects.filter(case=OuterRef("pk"), kind=ClockKind.CLOSING)
    answered = Complaint.objects.filter(
        desk=desk, state=State.ANSWERED, waiting_on=WaitingOn.PERSON, undelivered_at=None
    )
    return answered.filter(~Exists(closing))


@transaction.atomic
def _await(complaint_id: int, now: datetime) -> bool:
    """Look again under lock; False when something happened meanwhile."""
    complaint = lock_case(Complaint, complaint_id)
    if not _forgotten(complaint.desk_id).filter(pk=complaint_id).exists():
        return False
    start_closing(complaint, at=now)
    return True
