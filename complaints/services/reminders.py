"""Before a delay ends its agent is told, and once it has ended the desk: each once, while the desk works (F12, F13).

A delay counted in days is reminded of in its last three days, one counted in hours or minutes in the last fifth of
its time. A clock that stands still while the complainant is asked reminds of nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.deadlines.compute import SOON
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import Clock, ClockKind, Complaint, Event, EventKind
from complaints.models.history import ClockQuerySet
from complaints.wording import late_words
from complaints.workflow import Turn

from .changes import locked
from .letters import goes_on_paper, promise_letter

MOST = 500  # clocks of each kind a run takes; the next run goes on
LAST_PART = 0.2  # of a delay counted in hours or minutes


def remind_of_deadlines() -> int:
    """Tell the agent of each case whose delay ends soon; gives how many clocks. Safe to run twice, even at once."""
    return tell_each(ending_soon, _remind)


def escalate_overdue() -> int:
    """Tell the desk of each delay that is over, and mark the case; gives how many clocks. Safe to run twice.

    The complainant hears of an answer that did not come, and of what that opens: by message, or by letter.
    """
    return tell_each(over, _escalate)


def ending_soon(now: datetime) -> ClockQuerySet:
    """Promises that end soon and of which nobody was reminded."""
    part = ExpressionWrapper((F("due_at") - F("started_at")) * Value(LAST_PART), output_field=DurationField())
    counted_in_days = Q(delay__unit__in=[Delay.Unit.DAYS, Delay.Unit.MONTHS])
    soon = _untold().filter(reminded_at=None, due_at__gt=now, due_at__lte=now + SOON)
    return soon.filter(counted_in_days | Q(due_at__lte=now + part))


def over(now: datetime) -> ClockQuerySet:
    """Promises that were not kept in time, of which the desk was not told."""
    return _untold().filter(due_at__lt=now)


def _untold() -> ClockQuerySet:
    return Clock.objects.promised().filter(escalated_at=None, complaint__turn=Turn.DESK)


def tell_each(due: Callable[[datetime], ClockQuerySet], tell: Callable[[Complaint, Clock, datetime], None]) -> int:
    """Tell of the clocks that are due now in calendars now open, the soonest first, each in its own transaction."""
    now = timezone.now()
    found = due(now).filter(delay__calendar__in=open_calendars(now)).order_by("due_at")
    taken = found.values_list("pk", "complaint_id")[:MOST]
    return sum(map(partial(_under_lock, due, tell, now), list(taken)))


@transaction.atomic
def _under_lock(
    due: Callable[[datetime], ClockQuerySet],
    tell: Callable[[Complaint, Clock, datetime], None],
    now: datetime,
    keys: tuple[int, int],
) -> bool:
    """Look again once the case is locked: it may just have been answered, or told of by another worker."""
    clock_id, complaint_id = keys
    complaint = locked(complaint_id)
    clock = due(now).select_related("delay").filter(pk=clock_id).first()
    if clock is None:
        return False
    tell(complaint, clock, now)
    return True


def _remind(complaint: Complaint, clock: Clock, now: datetime) -> None:
    clock.reminded_at = now
    clock.save(update_fields=["reminded_at"])
    queue(notices.DueSoon(complaint, clock, addresses_of_agents(complaint)))


def _escalate(complaint: Complaint, clock: Clock, now: datetime) -> None:
    clock.escalated_at = now
    clock.save(update_fields=["escalated_at"])
    if complaint.escalated_at is None:
        complaint.escalated_at = now
        complaint.save(update_fields=["escalated_at", "changed_at"])
    event = Event.objects.record(
        complaint=complaint,
        kind=EventKind.ESCALATED,
        at=now,
        is_public=False,
    )
    desk = [complaint.desk.email] if complaint.desk.email else addresses_of_agents(complaint)
    queue(notices.Overdue(complaint, clock, desk))
    if clock.kind == ClockKind.ANSWER:
        queue(notices.AnswerLate(complaint, event))
        _tell_on_paper(complaint, now)


def _tell_on_paper(complaint: Complaint, now: datetime) -> None:
    """A letter about the late answer, where paper is due and staff keep words for it (row C38)."""
    words = late_words(complaint) if goes_on_paper(complaint, EventKind.LATE_TOLD) else ""
    if not words:
        return
    told = Event.objects.record(
        complaint=complaint,
        kind=EventKind.LATE_TOLD,
        at=now,
        body=words,
    )
    promise_letter(complaint=complaint, event=told)


def addresses_of_agents(complaint: Complaint) -> list[str]:
    """Who handles a case: its agent while they work at the desk, else every agent of the desk."""
    agents = User.objects.filter(desks=complaint.desk_id, is_active=True, is_staff=True).order_by("pk")
    found = dict(agents.values_list("pk", "email"))
    if complaint.assigned_to_id in found:
        return [found[complaint.assigned_to_id]]
    return list(found.values())


def open_calendars(now: datetime) -> list[int]:
    """The calendars by which somebody works at this moment. Two queries."""
    calendars = CalendarDays.of_many(Calendar.objects.all())
    return [key for key, days in calendars.items() if _is_open(days, now)]


def _is_open(days: CalendarDays, now: datetime) -> bool:
    today = days.local_date(now)
    opens, closes = days.opening(today)
    return days.is_working(today) and opens <= now < closes
