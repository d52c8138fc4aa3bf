"""How long a closed case stays: archived after one delay, disposable after another, both data of its desk.

Both count from the closing, by the delays as they are today: a delay that is lengthened keeps old cases too. Cases on
hold are left alone. The longest closed come first by an index, and the first that is not due ends the search.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.db import transaction
from django.utils import timezone

from claims_portal.cases.kinds import CaseKind, all_kinds
from claims_portal.cases.models import Actor, CommonEvent
from claims_portal.deadlines.compute import Due, compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Delay
from claims_portal.organisations.models import Desk

BATCH = 500


@dataclass(frozen=True)
class PastCase:
    """A closed case whose delay is over, and when that was."""

    case: Any
    due: Due


def select_past(kind: CaseKind, *, cases: Any, delay: Delay, most: int) -> list[PastCase]:
    """Return the closed cases of one desk whose delay is over, the longest closed first, at most so many."""
    days, now = CalendarDays.of(delay.calendar), timezone.now()
    closed = cases.filter(kind.may_age, closed_at__isnull=False, held_at=None, disposed_at=None)
    found = []
    for case in closed.order_by("closed_at", "pk")[:most]:
        due = compute(delay=delay, start=case.closed_at, days=days)
        if due.at > now:
            break
        found.append(PastCase(case, due))
    return found


def disposable_cases(kind: CaseKind, *, desk: Desk, most: int) -> list[PastCase]:
    """Return the cases of a desk that may be proposed for disposal now; none where no retention is set."""
    delay = kind.retention(desk).disposal
    if delay is None:
        return []
    cases: Any = kind.model._default_manager
    unproposed = cases.filter(desk=desk, disposal=None)
    return select_past(kind, cases=unproposed, delay=delay, most=most)


def archive_closed_cases() -> int:
    """Archive the cases whose delay for that is over, of every kind and desk; return how many. Safe to run twice."""
    return sum(_archive_desk(kind, desk) for kind in all_kinds() for desk in Desk.objects.order_by("pk"))


def _archive_desk(kind: CaseKind, desk: Desk) -> int:
    delay = kind.retention(desk).archive
    if delay is None:
        return 0
    archived = 0
    active = kind.model._default_manager.filter(desk=desk, archived_at=None)
    while moved := _archive(kind, [past.case.pk for past in select_past(kind, cases=active, delay=delay, most=BATCH)]):
        archived += moved
    return archived


@transaction.atomic
def _archive(kind: CaseKind, case_ids: list[int]) -> int:
    """Look again under lock: a case may just have been reopened, held, or archived by another worker."""
    rows: Any = kind.model._default_manager
    active = rows.filter(pk__in=case_ids, closed_at__isnull=False, held_at=None, archived_at=None, disposed_at=None)
    cases = list(active.order_by("pk").select_for_update(of=("self",), skip_locked=True).only("pk", "state"))
    now = timezone.now()
    rows.filter(pk__in=[case.pk for case in cases]).update(archived_at=now, changed_at=now)
    kind.events._default_manager.bulk_create(
        kind.events(
            case=case,
            kind=CommonEvent.ARCHIVED,
            at=now,
            actor=Actor.PORTAL,
            from_state=case.state,
            to_state=case.state,
            is_public=False,
        )
        for case in cases
    )
    return len(cases)
