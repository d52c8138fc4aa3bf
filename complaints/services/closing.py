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

from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import Clock, ClockKind, Complaint, Event, EventKind, Procedure
from complaints.models.case import ComplaintQuerySet
from complaints.models.history import ClockQuerySet
from complaints.workflow import State, Turn

from .changes import change, locked
from .clocks import start_closing, start_reopening
from .letters import promise_letter
from .reminders import tell_each

BATCH = 500


def close_silent() -> int:
    """Announce what closes soon, close what is due; gives how many clocks. In the desks' hours, safe to run twice."""
    return tell_each(to_announce, _announce) + tell_each(due, _close)


def to_announce(now: datetime) -> ClockQuerySet:
    """Clocks of which the person is to be told now."""
    days = {each.closing_notice_days or 0 for each in Procedure.objects.filter(closing_notice_days__isnull=False)}
    soon = Q(pk=None)
    for each in days:
        soon |= Q(due_at__lte=now + timedelta(days=each), complaint__desk__procedure__closing_notice_days=each)
    latest = now + timedelta(days=max(days, default=0))
    return _waiting().filter(soon, reminded_at=None, due_at__gt=now, due_at__lte=latest)


def due(now: datetime) -> ClockQuerySet:
    """Clocks that are over."""
    return _waiting().filter(due_at__lte=now)


def _waiting() -> ClockQuerySet:
    return Clock.objects.filter(kind=ClockKind.CLOSING, complaint__state=State.ANSWERED)


def _announce(complaint: Complaint, clock: Clock, now: datetime) -> None:
    clock.reminded_at = now
    clock.save(update_fields=["reminded_at"])
    event = Event.objects.record(
        complaint=complaint,
        kind=EventKind.CLOSING_ANNOUNCED,
        at=now,
    )
    promise_letter(complaint=complaint, event=event)
    queue(notices.ClosingSoon(complaint, event))


def _close(complaint: Complaint, clock: Clock, now: datetime) -> None:
    """Close the case; one that should have been announced, and was not, waits once more from now."""
    if clock.reminded_at is None and complaint.desk.procedure.closing_notice_days is not None:
        start_closing(complaint=complaint, at=now)
        return
    event = change(complaint=complaint, transition="close", kind=EventKind.CLOSED_IN_SILENCE, at=now, closed_at=now)
    start_reopening(complaint=complaint, at=now)
    queue(notices.Closed(complaint, event))


def await_answered() -> int:
    """Begin to wait, from now, for the answered cases that nothing else closes; gives how many. Safe to run twice.

    Those were answered before their procedure had a delay, or a message that reached nobody was taken in hand since.
    Where a procedure has none any more, nothing closes by itself.
    """
    Clock.objects.filter(kind=ClockKind.CLOSING, complaint__desk__procedure__closing_delay=None).delete()
    started, now = 0, timezone.now()
    for desk in Procedure.objects.filter(closing_delay__isnull=False).order_by("pk").values_list("desk", flat=True):
        keys, last = _forgotten(desk).order_by("pk").values_list("pk", flat=True), 0
        while batch := list(keys.filter(pk__gt=last)[:BATCH]):
            started += sum(_await(key, now) for key in batch)
            last = batch[-1]
    return started


def _forgotten(desk: int) -> ComplaintQuerySet:
    closing = Clock.objects.filter(complaint=OuterRef("pk"), kind=ClockKind.CLOSING)
    answered = Complaint.objects.filter(desk=desk, state=State.ANSWERED, turn=Turn.COMPLAINANT, undelivered_at=None)
    return answered.filter(~Exists(closing))


@transaction.atomic
def _await(complaint_id: int, now: datetime) -> bool:
    """Look again under lock; False when something happened meanwhile."""
    complaint = locked(complaint_id)
    if not _forgotten(complaint.desk_id).filter(pk=complaint_id).exists():
        return False
    start_closing(complaint=complaint, at=now)
    return True
