"""The delay that a person may expect, measured at night on the answers of the last twelve months (F14).

Counted are the answers *given* in that time, whenever the case was received: cases received lately and not answered yet
would otherwise make every desk look quick.
"""

from __future__ import annotations

from collections.abc import Iterable
from datetime import timedelta
from math import ceil
from typing import Any

from django.db import transaction
from django.db.models import Count
from django.utils import timezone

from claims_portal.organisations.models import Desk
from claims_portal.organisations.services import desk_changed
from complaints.figures import delays_in_days
from complaints.models import Complaint, ExpectedDelay

MEASURED = timedelta(days=365)
LEAST = 20  # answers: fewer tell of single cases, not of a desk
LONGEST = 32_767  # days the column holds


@transaction.atomic
def measure_delays() -> int:
    """Write what each desk and category takes, forget what is too little to tell; gives how many measures there are.

    Two queries count. Pages that keep a desk in memory read it again where something changed. Safe to run twice.
    """
    measured = [*_measured("desk"), *_measured("desk", "category")]
    before, after = set(_rows(ExpectedDelay.objects.all())), set(_rows(measured))
    if before != after:
        ExpectedDelay.objects.all().delete()
        ExpectedDelay.objects.bulk_create(measured)
        desk_changed(desks=Desk.objects.filter(pk__in={row[0] for row in before ^ after}))
    return len(measured)


def _measured(*names: str) -> list[ExpectedDelay]:
    """One row a desk, or a desk and category, with enough answers; whole days, begun ones counted."""
    answered = Complaint.objects.filter(answered_at__gte=timezone.now() - MEASURED)
    counted = answered.order_by().values(*names).annotate(answers=Count("*"), delays=delays_in_days())
    return [_row(each) for each in counted.filter(answers__gte=LEAST)]


def _row(counted: dict[str, Any]) -> ExpectedDelay:
    median, ninth = (min(LONGEST, max(1, ceil(days))) for days in counted["delays"])
    return ExpectedDelay(
        desk_id=counted["desk"],
        category_id=counted.get("category"),
        answers=counted["answers"],
        median_days=median,
        ninth_days=ninth,
    )


def _rows(measures: Iterable[ExpectedDelay]) -> list[tuple[int, int | None, int, int, int]]:
    return [(each.desk_id, each.category_id, each.answers, each.median_days, each.ninth_days) for each in measures]
