"""What became of the declarations of a period, counted by PostgreSQL: a fixed number of queries (row F37).

Counted are the declarations *sent* in the period: of so many, so many are accepted, so many rejected, the others wait.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Any

from django.db.models import Count, Q, QuerySet
from django.utils import timezone

from claims_portal.backoffice.periods import Period, step_of

from .models import Declaration
from .workflow import DeclarationState

MEASURES = {
    "sent": Count("*"),
    "accepted": Count("pk", filter=Q(state=DeclarationState.VALIDATED)),
    "rejected": Count("pk", filter=Q(state=DeclarationState.REJECTED)),
}


@dataclass(frozen=True)
class Line:
    """The figures of one reason, prestation, agent or step; `key` is a primary key, or the first day of a step."""

    key: Any = None
    sent: int = 0
    accepted: int = 0
    rejected: int = 0

    @property
    def waiting(self) -> int:
        return self.sent - self.accepted - self.rejected

    @property
    def rate(self) -> float | None:
        """How many of a hundred decided were rejected; None where nothing is decided."""
        decided = self.accepted + self.rejected
        return 100 * self.rejected / decided if decided else None


@dataclass(frozen=True)
class Figures:
    """Everything the page shows of a period."""

    period: Period
    total: Line
    by_step: list[Line] = field(default_factory=list)
    by_reason: list[Line] = field(default_factory=list)
    by_prestation: list[Line] = field(default_factory=list)
    by_agent: list[Line] = field(default_factory=list)
    counted_at: datetime = field(default_factory=timezone.now)


def figures(
    declarations: QuerySet[Declaration],
    period: Period,
    *,
    desk: int | None = None,
    prestation: int | None = None,
    agent: int | None = None,
) -> Figures:
    """Count the declarations sent in a period among those given (`visible_to`), of one desk, prestation or agent.

    Five queries. The agent is who decided. Lines come with the most rejections first, steps in their order.
    """
    begin, end = period.moments()
    chosen = {"desk": desk, "prestation": prestation, "decided_by": agent}
    counted = declarations.filter(opened_at__gte=begin, opened_at__lt=end)
    counted = counted.filter(**{name: value for name, value in chosen.items() if value is not None}).order_by()
    steps = period.steps()
    by_step = counted.annotate(step=step_of(steps, "opened_at"))
    return Figures(
        period=period,
        total=Line(**counted.aggregate(**MEASURES)),
        by_step=_stepped(by_step.values("step").annotate(**MEASURES), steps),
        by_reason=_most(counted.filter(state=DeclarationState.REJECTED), "reason"),
        by_prestation=_most(counted, "prestation"),
        by_agent=_most(counted.exclude(decided_by=None), "decided_by"),
    )


def _stepped(rows: Iterable[Any], steps: list[date]) -> list[Line]:
    """One line a step, those without a declaration included."""
    found = {row["step"]: row for row in rows}
    measured = [found.get(number, {}) for number in range(1, len(steps) + 1)]
    return [
        Line(day, **{name: row.get(name, 0) for name in MEASURES}) for day, row in zip(steps, measured, strict=True)
    ]


def _most(rows: QuerySet[Declaration], name: str) -> list[Line]:
    counts = rows.values(name).annotate(**MEASURES)
    lines = [Line(row[name], row["sent"], row["accepted"], row["rejected"]) for row in counts]
    return sorted(lines, key=lambda line: (-line.rejected, -line.sent, str(line.key)))
