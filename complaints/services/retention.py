"""How long a closed case stays: archived after one delay of its desk's procedure, disposable after another.

Both count from the closing, by the procedure as it is today: a delay that is lengthened keeps old cases too.
Cases on hold are left alone. The longest closed come first by an index, and the first that is not due ends the
search, so that nothing else is read.
"""

from __future__ import annotations

from dataclasses import dataclass

from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from claims_portal.deadlines.compute import Due, compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Delay
from claims_portal.organisations.models import Desk
from complaints.models import Complaint, Event, EventKind, Procedure
from complaints.models.case import ComplaintQuerySet

BATCH = 500


@dataclass(frozen=True)
class Past:
    """A closed case whose delay is over, and when that was."""

    complaint: Complaint
    due: Due


def may_age() -> Q:
    """Not while the case that this one was merged into is open or held: what was told here serves there."""
    return Q(merged_into=None) | Q(merged_into__closed_at__isnull=False, merged_into__held_at=None)


def past(*, cases: ComplaintQuerySet, delay: Delay, most: int) -> list[Past]:
    """Of the closed cases of one desk, those whose delay is over, the longest closed first, at most so many."""
    days, now = CalendarDays.of(delay.calendar), timezone.now()
    found = []
    closed = cases.filter(may_age(), closed_at__isnull=False, held_at=None, disposed_at=None)
    for case in closed.order_by("closed_at", "pk")[:most]:
        due = compute(delay=delay, start=case.closed_at, days=days)  # type: ignore[arg-type]
        if due.at > now:
            break
        found.append(Past(case, due))
    return found


def disposable(*, desk: Desk, most: int) -> list[Past]:
    """The cases of a desk that may be proposed for disposal now; none when its procedure sets no retention."""
    procedure = Procedure.objects.select_related("retention_delay__calendar").filter(desk=desk).first()
    if procedure is None or procedure.retention_delay is None:
        return []
    unproposed = Complaint.objects.filter(desk=desk, disposal=None).select_related("category")
    return past(cases=unproposed, delay=procedure.retention_delay, most=most)


def archive_closed() -> int:
    """Archive the cases whose delay for that is over, desk by desk; gives how many. Safe to run twice, even at once."""
    archived = 0
    procedures = Procedure.objects.filter(archive_delay__isnull=False).select_related("archive_delay__calendar")
    for procedure in procedures.order_by("pk"):
        active = Complaint.objects.filter(desk=procedure.desk_id, archived_at=None)
        delay: Delay = procedure.archive_delay  # type: ignore[assignment]
        while moved := _archive([each.complaint.pk for each in past(cases=active, delay=delay, most=BATCH)]):
            archived += moved
    return archived


@transaction.atomic
def _archive(complaint_ids: list[int]) -> int:
    """Look again under lock: one may just have been reopened, held, or archived by another worker."""
    active = Complaint.objects.filter(
        pk__in=complaint_ids, closed_at__isnull=False, held_at=None, archived_at=None, disposed_at=None
    )
    cases = list(active.order_by("pk").select_for_update(of=("self",), skip_locked=True).only("pk", "state"))
    now = timezone.now()
    Complaint.objects.filter(pk__in=[case.pk for case in cases]).update(archived_at=now, changed_at=now)
    Event.objects.bulk_create(
        Event(
            complaint=case,
            kind=EventKind.ARCHIVED,
            at=now,
            from_state=case.state,
            to_state=case.state,
            is_public=False,
        )
        for case in cases
    )
    return len(cases)
