"""What a desk has done in a period, counted by PostgreSQL: a fixed number of queries, whatever there is to count.

The cases counted are those *received* in the period, so that a figure never changes meaning from one line to the next:
of so many received, so many have been answered, so many are late today. Every query reads `complaint_recent`, an
index that holds all their columns; those of outcomes and reasons join the answers given.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any

from django.contrib.postgres.fields import ArrayField
from django.db.models import Aggregate, Count, DurationField, ExpressionWrapper, F, FloatField, Q, QuerySet
from django.db.models.functions import Extract
from django.utils import timezone

from claims_portal.backoffice.periods import Period, step_of
from claims_portal.cases.workflow import WaitingOn
from complaints.models.case import ComplaintQuerySet

SECONDS_A_DAY = 86_400
REASONS = "answers__reasons"


class MedianAndNinth(Aggregate):
    """The median and the 90th percentile of an expression, in one pass; None where nothing is counted."""

    function = "PERCENTILE_CONT"
    template = "%(function)s(ARRAY[0.5, 0.9]) WITHIN GROUP (ORDER BY %(expressions)s)"
    output_field = ArrayField(FloatField())


@dataclass(frozen=True)
class Line:
    """The figures of one category, desk, agent or step. Delays in days from reception to answer, None without any.

    `closed` are those that ended without an answer: merged, referred, or closed by the person before.
    """

    key: Any = None
    received: int = 0
    answered: int = 0
    overdue: int = 0
    closed: int = 0
    median: float | None = None
    ninth: float | None = None

    @classmethod
    def of(cls, row: dict[str, Any], key: Any = None) -> Line:
        median, ninth = row["delays"] or (None, None)
        return cls(key, row["received"], row["answered"], row["overdue"], row["closed"], median, ninth)


@dataclass(frozen=True)
class Figures:
    """Everything a dashboard shows of a period."""

    period: Period
    total: Line
    by_step: list[Line] = field(default_factory=list)
    by_category: list[Line] = field(default_factory=list)
    by_desk: list[Line] = field(default_factory=list)
    by_agent: list[Line] = field(default_factory=list)
    by_outcome: list[Line] = field(default_factory=list)
    by_reason: list[Line] = field(default_factory=list)
    counted_at: datetime = field(default_factory=timezone.now)


def figures(
    cases: ComplaintQuerySet,
    period: Period,
    *,
    desk: int | None = None,
    category: int | None = None,
    agent: int | None = None,
) -> Figures:
    """Count the cases received in a period among those given (`visible_to`), of one desk, category or agent if named.

    Seven queries. Lines come with the busiest first, steps in their order; the key of a line is a primary key, None
    for cases without an agent, or the first day of a step. Outcomes and reasons are those of the answers that stand
    (F37), or say that a case was merged or referred; a case has one outcome and may have several reasons, it is counted
    under each.
    """
    begin, end = period.moments()
    chosen = {"desk": desk, "category": category, "assigned_to": agent}
    counted = cases.filter(opened_at__gte=begin, opened_at__lt=end)
    counted = counted.filter(**{name: value for name, value in chosen.items() if value is not None})
    decided = counted.filter(answers__stands=True, answers__outcome__isnull=False)
    explained = counted.filter(answers__stands=True, answers__reasons__isnull=False)
    steps = period.steps()
    lines = {
        row["step"]: Line.of(row, steps[row["step"] - 1])
        for row in _counts(counted.annotate(step=step_of(steps, "opened_at")), "step")
    }
    return Figures(
        period=period,
        total=Line.of(counted.aggregate(**_measures())),
        by_step=[lines.get(number, Line(day)) for number, day in enumerate(steps, start=1)],
        by_category=_busiest(_counts(counted, "category"), "category"),
        by_desk=_busiest(_counts(counted, "desk"), "desk"),
        by_agent=_busiest(_counts(counted, "assigned_to"), "assigned_to"),
        by_outcome=_busiest(_counts(decided, "answers__outcome"), "answers__outcome"),
        by_reason=_busiest(_counts(explained, REASONS), REASONS),
    )


def _measures() -> dict[str, Aggregate]:
    return {
        "received": Count("*"),
        "answered": Count("answered_at"),
        "overdue": Count("desk", filter=Q(waiting_on=WaitingOn.DESK, due_at__lt=timezone.now())),
        "closed": Count("desk", filter=Q(waiting_on=WaitingOn.NOBODY, answered_at=None)),
        "delays": delays_in_days(),
    }


def delays_in_days() -> MedianAndNinth:
    """Median and 90th percentile, in days, of the time from reception to answer; pauses are in it."""
    taken = ExpressionWrapper(F("answered_at") - F("opened_at"), output_field=DurationField())
    return MedianAndNinth(Extract(taken, "epoch") / float(SECONDS_A_DAY))


def _counts(cases: QuerySet[Any], name: str) -> QuerySet[Any, dict[str, Any]]:
    return cases.order_by().values(name).annotate(**_measures())


def _busiest(rows: Iterable[dict[str, Any]], name: str) -> list[Line]:
    lines = [Line.of(row, row[name]) for row in rows]
    return sorted(lines, key=lambda line: (-line.received, str(line.key)))
