"""From a delay and its start to a due moment that can explain itself (T10).

The rules, the same for every procedure:

- Days and months: the day of the start is not counted, the deadline is the last second of the last day, on the
  calendar's own clock. A month ends on the same day number, or on the last day of a shorter month.
- Working days: only dates the calendar works. Calendar days and months: every date; where the delay says so, a
  deadline on a day off moves to the next working day.
- Wall clock: elapsed time between two instants in UTC, so that no change of the clocks moves it.
- Desk hours: only the time the desk is open. Reached at closing time, a deadline is that evening.
- Pauses lengthen a delay by what they took from it, and only those that began before it was over: elapsed time for
  the wall clock, open time for desk hours, and for days and months the elapsed time rounded up, once for all
  pauses, to whole days of 24 h (for working days, the time of the pause that falls on working dates). A deadline
  never falls on a date during which the clock was still stopped. Overlapping pauses count once; a pause that is
  not over counts until now.
"""

from __future__ import annotations

import calendar as months
from collections.abc import Callable, Iterable
from dataclasses import dataclass, replace
from datetime import UTC, date, datetime, timedelta
from itertools import islice
from typing import Any, Literal

from django.utils import timezone

from .days import ONE_DAY, CalendarDays
from .explanation import Explanation, explanation_sentence
from .models import Delay
from .public_holidays import Holiday

Pause = tuple[datetime, datetime | None]
State = Literal["running", "soon", "late"]
SOON = timedelta(days=3)
_Stopped = list[tuple[datetime, datetime]]


@dataclass(frozen=True)
class Due:
    """A due moment (aware, UTC) and why it is that one."""

    at: datetime
    explanation: Explanation

    @classmethod
    def stored(cls, *, at: datetime, explanation: dict[str, Any]) -> Due:
        """Return the due moment that a case keeps, with the JSON of its explanation."""
        return cls(at, Explanation.from_json(explanation))

    def __str__(self) -> str:
        return explanation_sentence(self.explanation)

    def state(self, now: datetime) -> State:
        """« late » past the due moment, « soon » in the last three days, « running » before."""
        if now > self.at:
            return "late"
        return "soon" if self.at - now < SOON else "running"

    def progress(self, now: datetime) -> float:
        """How much of the time from start to due has gone by, from 0.0 to 1.0."""
        whole = self.at - self.explanation.start
        return min(1.0, max(0.0, (now - self.explanation.start) / whole)) if whole else 1.0


def compute(
    *,
    delay: Delay,
    start: datetime,
    pauses: Iterable[Pause] = (),
    now: datetime | None = None,
    days: CalendarDays | None = None,
    origin: tuple[str, str] = ("", ""),
) -> Due:
    """When a delay that starts at `start` is due, and why.

    `pauses` are (from, to) instants, `to` None while the pause lasts. `days` spares the query that reads the
    calendar's exceptions, and the one for the calendar itself when `delay.calendar` is not loaded yet.
    `origin` names, in French and in Arabic, what set this delay in place of the usual one.
    Raises ValueError for an instant without a zone, a pause that ends before it begins, or another calendar's days.
    """
    if days is None:
        days = CalendarDays.of(delay.calendar)
    elif days.calendar_id != delay.calendar_id:
        raise ValueError("These days belong to another calendar than the delay.")
    start = _in_utc(start)
    stopped = _merged(pauses, start, _in_utc(now or timezone.now()))
    count = _count_days if delay.unit in (Delay.Unit.DAYS, Delay.Unit.MONTHS) else _count_hours
    due = count(delay, days, start, stopped)
    return replace(due, explanation=replace(due.explanation, origin_fr=origin[0], origin_ar=origin[1]))


def _in_utc(moment: datetime) -> datetime:
    if timezone.is_naive(moment):
        raise ValueError("An instant needs a time zone.")
    return moment.astimezone(UTC)


def _closed(pause: Pause, now: datetime) -> tuple[datetime, datetime]:
    begin = _in_utc(pause[0])
    end = max(begin, now) if pause[1] is None else _in_utc(pause[1])
    if end < begin:
        raise ValueError("A pause cannot end before it begins.")
    return begin, end


def _merged(pauses: Iterable[Pause], start: datetime, now: datetime) -> _Stopped:
    """Return the pauses in order, clipped to the start, overlapping ones joined and empty ones dropped."""
    merged: _Stopped = []
    for begin, end in sorted(_closed(pause, now) for pause in pauses):
        if merged and begin <= merged[-1][1]:
            merged[-1] = (merged[-1][0], max(end, merged[-1][1]))
        elif end > max(begin, start):
            merged.append((max(begin, start), end))
    return merged


def _count_hours(delay: Delay, days: CalendarDays, start: datetime, stopped: _Stopped) -> Due:
    length = timedelta(**{delay.unit: delay.amount})
    on_desk = delay.counting == Delay.Counting.DESK_HOURS
    at = _after_desk_time(days, start, length) if on_desk else start + length
    paused = timedelta()
    for begin, end in stopped:
        if begin >= at:
            break
        lost = _time_within(days, begin, end, days.opening) if on_desk else end - begin
        paused += lost
        at = _after_desk_time(days, at, lost) if on_desk else at + lost
    off = _days_off(days, days.local_date(start), days.local_date(at)) if on_desk else _NO_DAY_OFF
    return Due(at, _explain(delay, days, start, off, paused_seconds=_seconds(paused)))


def _after_desk_time(days: CalendarDays, moment: datetime, length: timedelta) -> datetime:
    """Return the first instant at which the desk has been open for this long since the moment."""
    if not length:
        return moment
    for day in days.working_days_from(days.local_date(moment)):
        opens, closes = days.opening(day)
        opens = max(opens, moment)
        if closes - opens >= length:
            return opens + length
        length -= max(closes - opens, timedelta())
    raise AssertionError("A calendar always has another working day.")


def _time_within(
    days: CalendarDays, begin: datetime, end: datetime, hours: Callable[[date], tuple[datetime, datetime]]
) -> timedelta:
    """How much of begin → end falls on working dates, within the given hours of each."""
    total = timedelta()
    for day in days.working_days_from(days.local_date(begin)):
        opens, closes = hours(day)
        if opens >= end:
            break
        total += max(min(closes, end) - max(opens, begin), timedelta())
    return total


def _count_days(delay: Delay, days: CalendarDays, start: datetime, stopped: _Stopped) -> Due:
    working = delay.counting == Delay.Counting.WORKING_DAYS
    first = days.local_date(start)

    def last_day(extra: int) -> date:
        if working:
            return next(islice(days.working_days_from(first + ONE_DAY), delay.amount + extra - 1, None))
        counted = months_later(first, delay.amount) if delay.unit == Delay.Unit.MONTHS else first
        return counted + timedelta(days=extra + (delay.amount if delay.unit == Delay.Unit.DAYS else 0))

    def moved(day: date) -> date:
        return next(days.working_days_from(day)) if delay.extend_to_working_day or working else day

    paused, paused_days, last = timedelta(), 0, last_day(0)
    for begin, end in stopped:
        if begin > days.end_of(moved(last)):
            break
        paused += _time_within(days, begin, end, days.whole) if working else end - begin
        paused_days = -(-paused // ONE_DAY)
        last = max(last_day(paused_days), last, days.local_date(end))
    due_day = moved(last)
    off = _days_off(days, first + ONE_DAY if working else last, due_day) if working or due_day > last else _NO_DAY_OFF
    extended_from = last if due_day > last and not working else None
    explanation = _explain(
        delay,
        days,
        start,
        off,
        paused_seconds=_seconds(paused),
        paused_days=paused_days,
        extended_from=extended_from,
    )
    return Due(days.end_of(due_day), explanation)


def months_later(day: date, amount: int) -> date:
    """Return the same day number some months later, or the last day of a shorter month."""
    year, month = divmod(day.year * 12 + day.month - 1 + amount, 12)
    return date(year, month + 1, min(day.day, months.monthrange(year, month + 1)[1]))


_DaysOff = tuple[tuple[Holiday, ...], int]
_NO_DAY_OFF: _DaysOff = ((), 0)


def _days_off(days: CalendarDays, first: date, last: date) -> _DaysOff:
    """Return the holidays and the number of weekly rest days from one date to another, both included."""
    holidays, rest_days = [], 0
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if days.is_weekly_rest(day):
            rest_days += 1
        elif holiday := days.holiday(day):
            holidays.append(holiday)
    return tuple(holidays), rest_days


def _seconds(length: timedelta) -> int:
    return int(length.total_seconds())


def _explain(delay: Delay, days: CalendarDays, start: datetime, off: _DaysOff, **counted: Any) -> Explanation:
    return Explanation(
        delay_code=delay.code,
        amount=delay.amount,
        unit=str(delay.unit),
        counting=str(delay.counting),
        calendar_name_fr=days.name_fr,
        calendar_name_ar=days.name_ar,
        time_zone=str(days.zone),
        start=start,
        holidays=off[0],
        rest_days=off[1],
        **counted,
    )
