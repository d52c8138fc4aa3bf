"""Months, clock changes, desk hours and starts that fall at odd moments."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest

from claims_portal.deadlines.compute import compute
from claims_portal.deadlines.days import CalendarDays
from tests.deadlines.clock import due_of, due_text, instant
from tests.factories.deadlines import CalendarFactory, DelayFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("B20", "C37")
@pytest.mark.parametrize(
    ("start", "amount", "expected"),
    [
        ("2026-01-31", 1, "Sat 2026-02-28"),
        ("2028-01-31", 1, "Tue 2028-02-29"),
        ("2026-01-30", 1, "Sat 2026-02-28"),
        ("2026-03-31", 1, "Thu 2026-04-30"),
        ("2026-12-31", 2, "Sun 2027-02-28"),
        ("2026-02-28", 1, "Sat 2026-03-28"),
        ("2026-11-15", 14, "Sat 2028-01-15"),
    ],
)
def test_a_month_ends_on_the_same_day_or_the_last_of_a_shorter_month(start, amount, expected):
    delay = DelayFactory(months=True, amount=amount)
    assert due_text(delay, f"{start} 10:00") == f"{expected} 23:59:59"


@pytest.mark.req("E122")
@pytest.mark.parametrize("start", ["2026-02-14 10:00", "2026-03-21 10:00"])
def test_48_hours_do_not_jump_when_morocco_changes_its_clocks_for_ramadan(start):
    delay = DelayFactory(wall_clock=True, amount=48)
    assert due_of(delay, start).at - instant(start) == timedelta(hours=48)


def test_the_clock_on_the_wall_shows_an_hour_less_after_the_change_of_15_february_2026():
    delay = DelayFactory(wall_clock=True, amount=48)
    assert due_text(delay, "2026-02-14 10:00") == "Mon 2026-02-16 09:00:00"
    assert due_text(delay, "2026-03-21 10:00") == "Mon 2026-03-23 11:00:00"


def test_days_end_at_local_midnight_before_and_during_ramadan():
    delay = DelayFactory(calendar_days=True, amount=2)
    assert due_of(delay, "2026-02-10 10:00").at == datetime(2026, 2, 12, 22, 59, 59, tzinfo=UTC)
    assert due_of(delay, "2026-02-18 10:00").at == datetime(2026, 2, 20, 23, 59, 59, tzinfo=UTC)


def test_desk_hours_follow_the_local_opening_through_a_clock_change():
    delay = DelayFactory(desk_hours=True, amount=8, calendar__six_days=True)
    assert due_text(delay, "2026-02-14 12:30") == "Mon 2026-02-16 12:30:00"


def test_the_start_date_is_the_one_on_the_wall_of_the_desk():
    delay = DelayFactory(calendar_days=True, amount=10, calendar__french=True)
    found = compute(delay=delay, start=datetime(2026, 3, 3, 23, 30, tzinfo=UTC))  # 00:30 on the 4th in Paris
    assert found.at == instant("2026-03-14 23:59:59", "Europe/Paris")


def test_desk_hours_asked_on_a_closed_day_begin_at_the_next_opening():
    delay = DelayFactory(desk_hours=True, amount=2, calendar__six_days=True)
    assert due_text(delay, "2026-03-08 11:00") == "Mon 2026-03-09 10:30:00"


def test_desk_hours_asked_before_opening_begin_at_opening():
    delay = DelayFactory(desk_hours=True, amount=2, calendar__six_days=True)
    assert due_text(delay, "2026-03-09 06:00") == "Mon 2026-03-09 10:30:00"


def test_desk_hours_asked_after_closing_begin_the_next_morning():
    delay = DelayFactory(desk_hours=True, amount=2, calendar__six_days=True)
    assert due_text(delay, "2026-03-09 19:00") == "Tue 2026-03-10 10:30:00"


def test_desk_hours_used_up_at_closing_time_end_that_evening():
    delay = DelayFactory(desk_hours=True, amount=8, calendar__six_days=True)
    assert due_text(delay, "2026-03-09 08:30") == "Mon 2026-03-09 16:30:00"


def test_working_days_asked_on_a_sunday_begin_on_monday():
    delay = DelayFactory(amount=1)
    assert due_text(delay, "2026-03-08 11:00") == "Mon 2026-03-09 23:59:59"
    assert due_of(delay, "2026-03-08 11:00").explanation.rest_days == 0  # the day of the start is never counted


def test_a_deadline_on_a_day_off_stays_there_unless_the_delay_says_otherwise():
    delay = DelayFactory(calendar_days=True, amount=4)
    assert due_text(delay, "2026-03-03 10:00") == "Sat 2026-03-07 23:59:59"
    delay.extend_to_working_day = True
    assert due_text(delay, "2026-03-03 10:00") == "Mon 2026-03-09 23:59:59"


def test_an_instant_without_a_zone_is_refused():
    with pytest.raises(ValueError, match="zone"):
        compute(delay=DelayFactory(), start=datetime(2026, 3, 3, 10))


def test_the_days_of_another_calendar_are_refused():
    with pytest.raises(ValueError, match="another calendar"):
        compute(delay=DelayFactory(), start=instant("2026-03-03 10:00"), days=CalendarDays.of(CalendarFactory()))


def test_one_query_reads_the_exceptions_and_none_is_needed_with_preloaded_days(django_assert_num_queries):
    delay = DelayFactory(amount=60)
    start = instant("2026-03-03 10:00")
    with django_assert_num_queries(1):
        compute(delay=delay, start=start)
    days = CalendarDays.of(delay.calendar)
    bare = type(delay).objects.get(pk=delay.pk)
    with django_assert_num_queries(0):
        compute(delay=bare, start=start, days=days)
