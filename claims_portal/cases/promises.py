"""Due moments in words."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from claims_portal.deadlines.explanation import Explanation, spelled_date, spelled_moment
from claims_portal.deadlines.models import Delay


def spelled_due(clock: Any) -> str:
    """Return the due date of a clock, with its time only where the delay is counted in hours or minutes."""
    explanation = Explanation.from_json(clock.explanation)
    if explanation.unit in (Delay.Unit.HOURS, Delay.Unit.MINUTES):
        return spelled_moment(clock.due_at, explanation.time_zone)
    return spelled_date(clock.due_at.astimezone(ZoneInfo(explanation.time_zone)).date())
