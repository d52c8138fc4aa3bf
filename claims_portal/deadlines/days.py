"""A calendar read once into memory: which days count, and when the desk is open."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from claims_portal.compiled_query import CompiledQuery

from .models import MIDNIGHT, Calendar, HolidayOverride
from .public_holidays import Holiday, public_holidays

ONE_DAY = timedelta(days=1)
END_OF_DAY = time(23, 59, 59)
_overrides = CompiledQuery(lambda calendars: HolidayOverride.objects.filter(calendar__among=calendars), calendars=list)


@dataclass(frozen=True)
class CalendarDays:
    """What `compute` asks of a calendar, without a query."""

    calendar_id: int
    name_fr: str
    name_ar: str
    country: str
    weekdays: frozenset[int]
    opens_at: time
    closes_at: time
    zone: ZoneInfo
    overrides: dict[date, HolidayOverride]

    @classmethod
    def of(cls, calendar: Calendar) -> CalendarDays:
        """Read a calendar with its exceptions: one query."""
        return cls.of_many([calendar])[calendar.pk]

    @classmethod
    def of_many(cls, calendars: Iterable[Calendar]) -> dict[int, CalendarDays]:
        """Read calendars with their exceptions, by primary key: one query for all of them."""
        by_id = {calendar.pk: cls.regular(calendar) for calendar in calendars}
        for override in _overrides.rows(calendars=list(by_id)):
            by_id[override.calendar_id].overrides[override.date] = override
        return by_id

    @classmethod
    def regular(cls, calendar: Calendar) -> CalendarDays:
        """Build a calendar's week and public holidays, without its exceptions and without a query."""
        return cls(
            calendar_id=calendar.pk,
            name_fr=calendar.name_fr,
            name_ar=calendar.name_ar,
            country=calendar.country,
            weekdays=frozenset(calendar.weekdays),
            opens_at=calendar.opens_at,
            closes_at=calendar.closes_at,
            zone=ZoneInfo(calendar.time_zone),
            overrides={},
        )

    def holiday(self, day: date) -> Holiday | None:
        """Return the holiday on this date, unless the organisation works that day."""
        override = self.overrides.get(day)
        if override:
            return None if override.is_working else Holiday(day, override.name_fr, override.name_ar)
        return public_holidays(self.country, day.year).get(day)

    def is_working(self, day: date) -> bool:
        """Whether this date counts: an exception first, then the week and the public holidays."""
        override = self.overrides.get(day)
        if override:
            return override.is_working
        return day.isoweekday() in self.weekdays and day not in public_holidays(self.country, day.year)

    def is_weekly_rest(self, day: date) -> bool:
        """Whether this date is off because of the week: a holiday on a Sunday is a Sunday."""
        return day.isoweekday() not in self.weekdays and not self.is_working(day)

    def local_date(self, moment: datetime) -> date:
        """Return the local date of the desk at this instant."""
        return moment.astimezone(self.zone).date()

    def end_of(self, day: date) -> datetime:
        """Return the last second of a date, as an instant in UTC."""
        return datetime.combine(day, END_OF_DAY, self.zone).astimezone(UTC)

    def opening(self, day: date) -> tuple[datetime, datetime]:
        """Return the instants (UTC) at which the desk opens and closes on a working date."""
        closing_day = day + ONE_DAY if self.closes_at == MIDNIGHT else day
        return (
            datetime.combine(day, self.opens_at, self.zone).astimezone(UTC),
            datetime.combine(closing_day, self.closes_at, self.zone).astimezone(UTC),
        )

    def whole(self, day: date) -> tuple[datetime, datetime]:
        """Return the instants (UTC) at which a date begins and ends."""
        return (
            datetime.combine(day, MIDNIGHT, self.zone).astimezone(UTC),
            datetime.combine(day + ONE_DAY, MIDNIGHT, self.zone).astimezone(UTC),
        )

    def working_days_from(self, day: date) -> Iterator[date]:
        """Working dates from this one on, itself included, without end."""
        while True:
            if self.is_working(day):
                yield day
            day += ONE_DAY
