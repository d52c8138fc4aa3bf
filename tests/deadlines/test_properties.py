"""What holds for every delay, calendar and set of pauses."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

from hypothesis import given, settings
from hypothesis import strategies as st

from claims_portal.deadlines.compute import Due, Pause, compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.explanation import Explanation
from claims_portal.deadlines.models import Calendar, Delay

CALENDARS = [
    Calendar(pk=1, name_fr="Maroc", country="MA"),
    Calendar(pk=2, name_fr="France", country="FR", time_zone="Europe/Paris", weekdays=[1, 2, 3, 4, 5, 6]),
    Calendar(pk=3, name_fr="Guichet", country="MA", weekdays=[2, 4, 6], opens_at=time(8, 30), closes_at=time(16, 30)),
    Calendar(pk=4, name_fr="Plateforme", weekdays=[1, 2, 3, 4, 5, 6, 7]),
]
DAYS = {calendar.pk: CalendarDays.regular(calendar) for calendar in CALENDARS}
KINDS = [
    ("minutes", "wall-clock"),
    ("hours", "desk-hours"),
    ("hours", "wall-clock"),
    ("days", "working-days"),
    ("days", "calendar-days"),
    ("months", "calendar-days"),
]
NOW = datetime(2027, 1, 1, tzinfo=UTC)
# Around both clock changes of Morocco, both of France, and the feasts of spring.
starts = st.integers(0, 150 * 24 * 60).map(
    lambda minutes: datetime(2026, 1, 25, tzinfo=UTC) + timedelta(minutes=minutes)
)


@st.composite
def delays(draw: st.DrawFn) -> Delay:
    unit, counting = draw(st.sampled_from(KINDS))
    return Delay(
        code="delay",
        amount=draw(st.integers(1, 24)),
        unit=unit,
        counting=counting,
        calendar=draw(st.sampled_from(CALENDARS)),
        extend_to_working_day=counting == "calendar-days" and draw(st.booleans()),
    )


@st.composite
def pauses_after(draw: st.DrawFn, start: datetime) -> Pause:
    begin = start + timedelta(minutes=draw(st.integers(-2000, 40000)))
    length = draw(st.none() | st.integers(0, 10000))
    return begin, None if length is None else begin + timedelta(minutes=length)


@st.composite
def cases(draw: st.DrawFn) -> tuple[Delay, datetime, list[Pause]]:
    start = draw(starts)
    return draw(delays()), start, draw(st.lists(pauses_after(start), max_size=4))


def due(delay: Delay, start: datetime, pauses: list[Pause]) -> Due:
    return compute(delay=delay, start=start, pauses=pauses, now=NOW, days=DAYS[delay.calendar_id])


@given(case=cases())
@settings(max_examples=200, deadline=None)
def test_nothing_is_due_before_it_starts(case):
    delay, start, pauses = case
    assert due(delay, start, pauses).at >= start


@given(case=cases(), data=st.data())
@settings(max_examples=400, deadline=None)
def test_another_pause_never_makes_it_earlier(case, data):
    delay, start, pauses = case
    another = data.draw(pauses_after(start))
    assert due(delay, start, [*pauses, another]).at >= due(delay, start, pauses).at


@given(case=cases())
@settings(max_examples=200, deadline=None)
def test_a_longer_delay_is_never_due_earlier(case):
    delay, start, pauses = case
    shorter = due(delay, start, pauses)
    delay.amount += 1
    assert due(delay, start, pauses).at >= shorter.at


@given(case=cases(), data=st.data())
@settings(max_examples=100, deadline=None)
def test_the_order_of_pauses_does_not_matter(case, data):
    delay, start, pauses = case
    assert due(delay, start, data.draw(st.permutations(pauses))) == due(delay, start, pauses)


@given(case=cases())
@settings(max_examples=200, deadline=None)
def test_no_deadline_falls_during_a_pause_that_counted(case):
    delay, start, pauses = case
    at = due(delay, start, pauses).at
    assert not any(begin < at < (end or NOW) for begin, end in pauses if (end or NOW) > start)


@given(case=cases())
@settings(max_examples=100, deadline=None)
def test_every_explanation_can_be_stored(case):
    explanation = due(*case).explanation
    assert Explanation.from_json(explanation.as_json()) == explanation
