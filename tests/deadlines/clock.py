"""How these tests write instants and read deadlines: on the clock of the calendar."""

from __future__ import annotations

from datetime import datetime
from zoneinfo import ZoneInfo

from claims_portal.deadlines.compute import Due, Pause, compute
from claims_portal.deadlines.models import Delay

YEAR_END = "2027-12-31 00:00"


def instant(text: str, zone: str = "Africa/Casablanca") -> datetime:
    """Return an instant from « 2026-03-03 10:00 » on the clock of a zone."""
    return datetime.fromisoformat(text).replace(tzinfo=ZoneInfo(zone))


def due_of(delay: Delay, start: str, *pauses: tuple[str, str | None], now: str = YEAR_END) -> Due:
    """Return the due moment of a delay, everything written on its calendar's clock."""
    zone = delay.calendar.time_zone
    stopped: list[Pause] = [(instant(begin, zone), instant(end, zone) if end else None) for begin, end in pauses]
    return compute(delay=delay, start=instant(start, zone), pauses=stopped, now=instant(now, zone))


def due_text(delay: Delay, start: str, *pauses: tuple[str, str | None], now: str = YEAR_END) -> str:
    """Return the same, as « Tue 2026-03-17 23:59:59 »."""
    at = due_of(delay, start, *pauses, now=now).at
    return f"{at.astimezone(ZoneInfo(delay.calendar.time_zone)):%a %Y-%m-%d %H:%M:%S}"
