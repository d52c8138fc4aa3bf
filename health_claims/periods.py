"""Over which days a ceiling, a frequency or a number of times is counted."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta

from claims_portal.deadlines.compute import months_later

YEAR = 12


@dataclass(frozen=True)
class Period:
    """From one day to another, both included."""

    first: date
    last: date

    def __contains__(self, day: date) -> bool:
        return self.first <= day <= self.last


def period_of(*, day: date, months: int, begun: date) -> Period:
    """The period in which a day falls.

    Twelve months are the calendar year. Any other number counts from the day care began, again and again: the
    half-years of an orthodontic treatment are those of the treatment, not of the calendar. `begun` is not after `day`.
    """
    if months == YEAR:
        return Period(date(day.year, 1, 1), date(day.year, 12, 31))
    past = ((day.year - begun.year) * 12 + day.month - begun.month) // months
    if months_later(begun, past * months) > day:
        past -= 1
    following = months_later(begun, (past + 1) * months)
    return Period(months_later(begun, past * months), following - timedelta(days=1))


def age_on(*, day: date, birth_date: date) -> int:
    """Whole years lived on a day."""
    return day.year - birth_date.year - ((day.month, day.day) < (birth_date.month, birth_date.day))
