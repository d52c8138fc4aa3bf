"""What a pause adds to a delay."""

from __future__ import annotations

import pytest

from tests.deadlines.clock import due_of, due_text
from tests.factories.deadlines import CalendarFactory, DelayFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("C37")
def test_a_month_is_prolonged_by_the_paused_days_rounded_up():
    delay = DelayFactory(months=True, amount=2, calendar__french=True)
    found = due_text(delay, "2025-12-31 10:00", ("2026-01-10 09:00", "2026-01-14 08:00"))  # 3 days and 23 hours
    assert found == "Wed 2026-03-04 23:59:59"


def test_calendar_days_count_all_the_paused_time_and_round_it_once():
    delay = DelayFactory(calendar_days=True, amount=10)
    twice_ten_hours = [("2026-03-04 08:00", "2026-03-04 18:00"), ("2026-03-06 08:00", "2026-03-06 18:00")]
    assert due_text(delay, "2026-03-03 10:00", *twice_ten_hours) == "Sat 2026-03-14 23:59:59"


def test_working_days_are_prolonged_by_the_pause_that_falls_on_working_dates():
    delay = DelayFactory(amount=10)
    over_the_week_end = ("2026-03-06 18:00", "2026-03-09 09:00")  # 6 h on Friday, 9 h on Monday
    assert due_text(delay, "2026-03-03 10:00", over_the_week_end) == "Wed 2026-03-18 23:59:59"


def test_a_pause_of_a_whole_week_adds_five_working_days():
    delay = DelayFactory(amount=10)
    assert due_text(delay, "2026-03-03 10:00", ("2026-03-04 10:00", "2026-03-11 10:00")) == "Wed 2026-03-25 23:59:59"


def test_a_pause_on_days_off_adds_nothing_to_working_days():
    delay = DelayFactory(amount=10)
    assert due_text(delay, "2026-03-03 10:00", ("2026-03-07 09:00", "2026-03-08 18:00")) == "Tue 2026-03-17 23:59:59"


@pytest.mark.req("E122")
def test_the_wall_clock_is_prolonged_by_the_exact_pause():
    delay = DelayFactory(wall_clock=True, amount=48)
    assert due_text(delay, "2026-03-03 10:00", ("2026-03-04 09:00", "2026-03-04 12:20")) == "Thu 2026-03-05 13:20:00"


@pytest.mark.req("E60")
def test_desk_hours_are_prolonged_by_the_open_time_of_the_pause_only():
    delay = DelayFactory(desk_hours=True, amount=8, calendar__six_days=True)
    overnight = ("2026-03-09 15:30", "2026-03-10 09:30")  # one hour before closing, one after opening
    assert due_text(delay, "2026-03-09 08:30", overnight) == "Tue 2026-03-10 10:30:00"
    assert due_of(delay, "2026-03-09 08:30", overnight).explanation.paused_seconds == 2 * 3600


@pytest.mark.parametrize("kind", ["months", "calendar_days", "desk_hours", "wall_clock"])
def test_a_pause_without_length_changes_nothing(kind):
    delay = DelayFactory(amount=10, calendar=CalendarFactory(six_days=True), **{kind: True})
    moment = "2026-03-04 12:00"
    assert due_of(delay, "2026-03-03 10:00", (moment, moment)) == due_of(delay, "2026-03-03 10:00")


def test_overlapping_pauses_count_once():
    delay = DelayFactory(calendar_days=True, amount=10)
    overlapping = [("2026-03-05 10:00", "2026-03-08 10:00"), ("2026-03-04 10:00", "2026-03-06 10:00")]
    joined = ("2026-03-04 10:00", "2026-03-08 10:00")
    assert due_of(delay, "2026-03-03 10:00", *overlapping) == due_of(delay, "2026-03-03 10:00", joined)


def test_two_pauses_begun_at_the_same_moment_one_still_open_count_once():
    delay = DelayFactory(calendar_days=True, amount=10)
    same_start = [("2026-03-04 10:00", None), ("2026-03-04 10:00", "2026-03-05 10:00")]
    assert due_text(delay, "2026-03-03 10:00", *same_start, now="2026-03-07 10:00") == "Mon 2026-03-16 23:59:59"


def test_an_open_pause_counts_until_now():
    delay = DelayFactory(calendar_days=True, amount=10)
    pause = ("2026-03-05 10:00", None)
    assert due_text(delay, "2026-03-03 10:00", pause, now="2026-03-07 10:00") == "Sun 2026-03-15 23:59:59"
    assert due_text(delay, "2026-03-03 10:00", pause, now="2026-03-09 10:00") == "Tue 2026-03-17 23:59:59"


def test_the_part_of_a_pause_before_the_start_is_ignored():
    delay = DelayFactory(wall_clock=True, amount=10)
    assert due_text(delay, "2026-03-03 10:00", ("2026-03-03 08:00", "2026-03-03 11:00")) == "Tue 2026-03-03 21:00:00"


@pytest.mark.parametrize("kind", ["calendar_days", "desk_hours", "wall_clock"])
def test_a_pause_begun_after_the_deadline_does_not_rescue_it(kind):
    delay = DelayFactory(amount=2, calendar=CalendarFactory(six_days=True), **{kind: True})
    too_late = ("2026-03-20 10:00", "2026-03-25 10:00")
    assert due_of(delay, "2026-03-03 10:00", too_late) == due_of(delay, "2026-03-03 10:00")


def test_a_pause_that_reaches_into_the_prolonged_delay_counts():
    delay = DelayFactory(calendar_days=True, amount=2)  # Thursday; the first pause moves it to Friday
    pauses = [("2026-03-04 10:00", "2026-03-05 10:00"), ("2026-03-06 10:00", "2026-03-07 10:00")]
    assert due_text(delay, "2026-03-03 10:00", *pauses) == "Sat 2026-03-07 23:59:59"


def test_a_deadline_never_falls_on_a_date_that_was_still_paused():
    # Due on Saturday, extended to Monday; the pause of Monday morning lasts until Wednesday.
    delay = DelayFactory(calendar_days=True, amount=4, extend_to_working_day=True)
    assert due_text(delay, "2026-03-03 10:00", ("2026-03-09 09:00", "2026-03-11 09:00")) == "Wed 2026-03-11 23:59:59"


def test_a_pause_that_ends_before_it_begins_is_refused():
    with pytest.raises(ValueError, match="before it begins"):
        due_of(DelayFactory(), "2026-03-03 10:00", ("2026-03-05 10:00", "2026-03-04 10:00"))


def test_a_pause_begun_at_the_very_moment_of_the_deadline_comes_too_late():
    delay = DelayFactory(wall_clock=True, amount=48)
    assert due_text(delay, "2026-03-03 10:00", ("2026-03-05 10:00", "2026-03-06 10:00")) == "Thu 2026-03-05 10:00:00"


def test_an_open_pause_that_has_not_begun_yet_adds_nothing():
    delay = DelayFactory(wall_clock=True, amount=48)
    pause = ("2026-03-04 10:00", None)
    assert due_text(delay, "2026-03-03 10:00", pause, now="2026-03-03 12:00") == "Thu 2026-03-05 10:00:00"


def test_working_days_still_paused_on_a_saturday_end_on_monday():
    # Two hours in all make one day, Friday; but the second pause lasts until Saturday.
    delay = DelayFactory(amount=2)
    pauses = [("2026-03-04 09:00", "2026-03-04 10:00"), ("2026-03-06 23:00", "2026-03-07 10:00")]
    assert due_text(delay, "2026-03-03 10:00", *pauses) == "Mon 2026-03-09 23:59:59"
    assert due_of(delay, "2026-03-03 10:00", *pauses).explanation.extended_from is None
