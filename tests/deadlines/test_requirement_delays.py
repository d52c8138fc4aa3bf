"""Every delay the requirements name, against dates counted by hand on a printed calendar."""

from __future__ import annotations

import pytest

from tests.deadlines.clock import due_text
from tests.factories.deadlines import CalendarFactory, DelayFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("C34", "C35", "C39")
def test_ten_calendar_days_to_acknowledge_end_on_the_tenth_evening():
    delay = DelayFactory(calendar_days=True, amount=10, calendar__french=True)
    assert due_text(delay, "2026-03-03 10:00") == "Fri 2026-03-13 23:59:59"


@pytest.mark.req("C34", "E6", "F9")
@pytest.mark.parametrize(
    ("weekdays", "expected"),
    [([1, 2, 3, 4, 5], "Tue 2026-03-17 23:59:59"), ([1, 2, 3, 4, 5, 6], "Sat 2026-03-14 23:59:59")],
)
def test_ten_working_days_depend_on_the_week_of_the_calendar(weekdays, expected):
    delay = DelayFactory(amount=10, calendar__french=True, calendar__weekdays=weekdays)
    assert due_text(delay, "2026-03-03 10:00") == expected


@pytest.mark.req("C37", "C39")
def test_two_months_to_answer_end_on_the_same_day_number():
    delay = DelayFactory(months=True, amount=2, calendar__french=True)
    assert due_text(delay, "2026-03-03 10:00") == "Sun 2026-05-03 23:59:59"


@pytest.mark.req("C37")
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-03-03 10:00", "Mon 2026-05-04 23:59:59"),  # 3 May is a Sunday
        ("2026-03-01 10:00", "Mon 2026-05-04 23:59:59"),  # 1 May is a holiday, then a week-end
        ("2026-03-04 10:00", "Mon 2026-05-04 23:59:59"),
    ],
)
def test_two_months_may_be_extended_to_the_next_working_day(start, expected):
    delay = DelayFactory(months=True, amount=2, extend_to_working_day=True, calendar__french=True)
    assert due_text(delay, start) == expected


@pytest.mark.req("B20", "B32", "B33")
def test_thirty_days_of_silence_open_conciliation():
    delay = DelayFactory(calendar_days=True, amount=30)
    assert due_text(delay, "2026-03-03 10:00") == "Thu 2026-04-02 23:59:59"


@pytest.mark.req("B20", "B34")
def test_silence_may_be_counted_as_one_month_instead():
    delay = DelayFactory(months=True, amount=1)
    assert due_text(delay, "2026-03-03 10:00") == "Fri 2026-04-03 23:59:59"


@pytest.mark.req("E35", "E36", "E37", "E38", "E39", "E122")
def test_48_hours_run_through_the_week_end_on_the_wall_clock():
    delay = DelayFactory(wall_clock=True, amount=48)
    assert due_text(delay, "2026-03-06 15:00") == "Sun 2026-03-08 15:00:00"


@pytest.mark.req("E122")
def test_48_desk_hours_take_six_days_of_eight_hours():
    # Friday 1 h 30, Saturday to Thursday 5 × 8 h (Sunday closed), the second Friday 6 h 30.
    delay = DelayFactory(desk_hours=True, amount=48, calendar__six_days=True)
    assert due_text(delay, "2026-03-06 15:00") == "Fri 2026-03-13 15:00:00"


@pytest.mark.req("E31", "E32", "E33", "E34")
def test_24_hours_for_a_termination_end_at_the_same_time_the_next_day():
    delay = DelayFactory(wall_clock=True, amount=24)
    assert due_text(delay, "2026-03-06 15:00") == "Sat 2026-03-07 15:00:00"


@pytest.mark.req("E40", "E41")
def test_72_hours_for_a_contract_end_three_days_later():
    delay = DelayFactory(wall_clock=True, amount=72)
    assert due_text(delay, "2026-03-06 15:00") == "Mon 2026-03-09 15:00:00"


@pytest.mark.req("E59")
def test_60_minutes_on_a_platform_that_never_closes_cross_midnight():
    delay = DelayFactory(unit="minutes", counting="desk-hours", amount=60, calendar__always=True)
    assert due_text(delay, "2026-03-08 23:30") == "Mon 2026-03-09 00:30:00"


@pytest.mark.req("E59")
def test_60_minutes_asked_half_an_hour_before_closing_end_on_the_next_open_morning():
    delay = DelayFactory(unit="minutes", counting="desk-hours", amount=60, calendar__six_days=True)
    assert due_text(delay, "2026-03-07 16:00") == "Mon 2026-03-09 09:00:00"


@pytest.mark.req("E60")
@pytest.mark.parametrize(
    ("desk", "expected"), [("always", "Sun 2026-03-08 16:00:00"), ("six_days", "Wed 2026-03-11 16:00:00")]
)
def test_24_hours_for_other_requests_follow_the_hours_of_the_desk(desk, expected):
    delay = DelayFactory(desk_hours=True, amount=24, calendar=CalendarFactory(**{desk: True}))
    assert due_text(delay, "2026-03-07 16:00") == expected


@pytest.mark.req("E6")
def test_three_working_days_for_a_reimbursement_skip_the_week_end():
    delay = DelayFactory(amount=3)
    assert due_text(delay, "2026-03-05 10:00") == "Tue 2026-03-10 23:59:59"


@pytest.mark.req("E61", "E105")
def test_thirty_days_for_invoices_count_holidays_too():
    delay = DelayFactory(calendar_days=True, amount=30)
    assert due_text(delay, "2026-05-15 10:00") == "Sun 2026-06-14 23:59:59"
