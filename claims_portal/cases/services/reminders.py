"""Tell the agent before a promise is due, and the desk once it is over: each once, in the desk's hours (F12, F13).

A delay counted in days is reminded of in its last three days, one counted in hours or minutes in the last fifth of
its time. A clock that stands still while the person is asked for more reminds of nothing.
"""

from __future__ import annotations

from collections.abc import Callable
from datetime import datetime
from functools import partial
from typing import Any

from django.db import transaction
from django.db.models import DurationField, ExpressionWrapper, F, Q, Value
from django.utils import timezone

from claims_portal.cases.kinds import CaseKind, all_kinds
from claims_portal.cases.models import CommonEvent
from claims_portal.cases.workflow import WaitingOn
from claims_portal.deadlines.compute import SOON
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.notifications.services import queue

from .assignment import addresses_of_agents
from .changes import lock_case, record_event

MOST = 500  # clocks of each kind that one run takes; the next run goes on
LAST_PART = 0.2  # of a delay counted in hours or minutes

Selection = Callable[[CaseKind, datetime], Any]
Telling = Callable[[CaseKind, Any, Any, datetime], None]


def remind_of_deadlines() -> int:
    """Tell the agent of each case whose promise is due soon; return how many clocks. Safe to run twice."""
    return sum(for_due_clocks(kind, select_due_soon, _remind) for kind in all_kinds() if kind.due_soon is not None)


def escalate_overdue_cases() -> int:
    """Tell the desk of each promise that is over, and mark the case; return how many clocks. Safe to run twice."""
    return sum(for_due_clocks(kind, select_overdue, _escalate) for kind in all_kinds() if kind.overdue is not None)


def select_due_soon(kind: CaseKind, now: datetime) -> Any:
    """Return the promises that are due soon and of which nobody was reminded."""
    part = ExpressionWrapper((F("due_at") - F("started_at")) * Value(LAST_PART), output_field=DurationField())
    counted_in_days = Q(delay__unit__in=[Delay.Unit.DAYS, Delay.Unit.MONTHS])
    clocks = kind.clocks._default_manager.promised().filter(escalated_at=None, case__waiting_on=WaitingOn.DESK)
    soon = clocks.filter(reminded_at=None, due_at__gt=now, due_at__lte=now + SOON)
    return soon.filter(counted_in_days | Q(due_at__lte=now + part))


def select_overdue(kind: CaseKind, now: datetime) -> Any:
    """Return the overdue promises of which the desk was not told yet."""
    return kind.clocks._default_manager.overdue_unescalated()


def for_due_clocks(kind: CaseKind, select: Selection, act: Telling) -> int:
    """Call `act` for each selected clock whose calendar is open now, the soonest first, each in its own transaction."""
    now = timezone.now()
    found = select(kind, now).filter(delay__calendar__in=open_calendars(now)).order_by("due_at")
    taken = found.values_list("pk", "case_id")[:MOST]
    return sum(map(partial(_act_under_lock, kind, select, act, now), list(taken)))


@transaction.atomic
def _act_under_lock(kind: CaseKind, select: Selection, act: Telling, now: datetime, keys: tuple[int, int]) -> bool:
    """Look again once the case is locked: it may just have been answered, or taken by another worker."""
    clock_id, case_id = keys
    case = lock_case(kind.model, case_id)
    clock = select(kind, now).select_related("delay").filter(pk=clock_id).first()
    if clock is None:
        return False
    act(kind, case, clock, now)
    return True


def _remind(kind: CaseKind, case: Any, clock: Any, now: datetime) -> None:
    clock.reminded_at = now
    clock.save(update_fields=["reminded_at"])
    queue(kind.due_soon(case, clock, addresses_of_agents(case)))  # type: ignore[misc]


def _escalate(kind: CaseKind, case: Any, clock: Any, now: datetime) -> None:
    clock.escalated_at = now
    clock.save(update_fields=["escalated_at"])
    if case.escalated_at is None:
        case.escalated_at = now
        case.save(update_fields=["escalated_at", "changed_at"])
    event = record_event(case, CommonEvent.ESCALATED, at=now, is_public=False)
    desk = [case.desk.email] if case.desk.email else addresses_of_agents(case)
    queue(kind.overdue(case, clock, desk))  # type: ignore[misc]
    if kind.late is not None:
        kind.late(case, clock, event)


def open_calendars(now: datetime) -> list[int]:
    """Return the calendars by which somebody works at this moment. Two queries."""
    calendars = CalendarDays.of_many(Calendar.objects.all())
    return [key for key, days in calendars.items() if _is_open(days, now)]


def _is_open(days: CalendarDays, now: datetime) -> bool:
    today = days.local_date(now)
    opens, closes = days.opening(today)
    return days.is_working(today) and opens <= now < closes
