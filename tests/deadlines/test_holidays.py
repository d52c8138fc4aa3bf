"""Ten working days across each holiday of 2026, and what staff decide for a date."""

from __future__ import annotations

from datetime import date

import pytest

from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.public_holidays import public_holidays
from tests.deadlines.clock import due_of, due_text
from tests.factories.deadlines import CalendarFactory, DelayFactory, HolidayOverrideFactory

pytestmark = pytest.mark.django_db


@pytest.mark.req("C34", "E6")
@pytest.mark.parametrize(
    ("start", "expected", "holidays"),
    [
        ("2025-12-31", "Fri 2026-01-16", 2),  # 1 and 14 January; the 11th is a Sunday
        ("2026-03-13", "Mon 2026-03-30", 1),  # Aïd al-Fitr on 20 March; the 21st is a Saturday
        ("2026-04-27", "Tue 2026-05-12", 1),  # 1 May
        ("2026-05-25", "Wed 2026-06-10", 2),  # Aïd al-Adha on 27 and 28 May
        ("2026-06-12", "Mon 2026-06-29", 1),  # 1 Muharram on 16 June
        ("2026-07-27", "Tue 2026-08-11", 1),  # 30 July
        ("2026-08-13", "Thu 2026-09-03", 5),  # 14, 20, 21 August, Mawlid on 25 and 26
        ("2026-10-26", "Tue 2026-11-10", 1),  # 6 November; 31 October is a Saturday
        ("2026-11-13", "Mon 2026-11-30", 1),  # 18 November
    ],
)
def test_ten_working_days_step_over_the_moroccan_holidays_of_2026(start, expected, holidays):
    delay = DelayFactory(amount=10)
    assert due_text(delay, f"{start} 10:00") == f"{expected} 23:59:59"
    assert len(due_of(delay, f"{start} 10:00").explanation.holidays) == holidays


def test_the_unity_day_of_31_october_is_counted_off_where_saturday_is_worked():
    delay = DelayFactory(amount=10, calendar__weekdays=[1, 2, 3, 4, 5, 6])
    found = due_of(delay, "2026-10-26 10:00")
    assert due_text(delay, "2026-10-26 10:00") == "Mon 2026-11-09 23:59:59"
    assert [day.date for day in found.explanation.holidays] == [date(2026, 10, 31), date(2026, 11, 6)]
    assert found.explanation.holidays[0].name_fr == "Fête de l’Unité"


@pytest.mark.req("C34")
@pytest.mark.parametrize(
    ("start", "expected"),
    [
        ("2026-04-02", "Fri 2026-04-17"),  # Easter Monday, 6 April
        ("2026-04-27", "Wed 2026-05-13"),  # 1 and 8 May
        ("2026-07-10", "Mon 2026-07-27"),  # 14 July
        ("2026-12-21", "Wed 2027-01-06"),  # 25 December and 1 January
    ],
)
def test_ten_working_days_step_over_the_french_holidays_of_2026(start, expected):
    delay = DelayFactory(amount=10, calendar__french=True)
    assert due_text(delay, f"{start} 10:00") == f"{expected} 23:59:59"


def test_a_calendar_without_a_country_has_no_holiday():
    delay = DelayFactory(amount=1, calendar__always=True)
    assert due_text(delay, "2026-04-30 10:00") == "Fri 2026-05-01 23:59:59"


def test_a_feast_announced_a_day_later_moves_the_deadline():
    delay = DelayFactory(amount=10)
    HolidayOverrideFactory(calendar=delay.calendar, date=date(2026, 3, 20), is_working=True)
    assert due_text(delay, "2026-03-13 10:00") == "Fri 2026-03-27 23:59:59"
    HolidayOverrideFactory(calendar=delay.calendar, date=date(2026, 3, 23))
    assert due_text(delay, "2026-03-13 10:00") == "Mon 2026-03-30 23:59:59"


def test_a_closing_day_added_by_staff_is_named_in_the_explanation():
    delay = DelayFactory(amount=3)
    HolidayOverrideFactory(calendar=delay.calendar, date=date(2026, 3, 6), name_fr="Inventaire")
    assert [day.name for day in due_of(delay, "2026-03-05 10:00").explanation.holidays] == ["Inventaire"]


def test_a_saturday_opened_by_staff_counts_as_a_working_day():
    delay = DelayFactory(amount=3)
    HolidayOverrideFactory(calendar=delay.calendar, date=date(2026, 3, 7), is_working=True)
    assert due_text(delay, "2026-03-05 10:00") == "Mon 2026-03-09 23:59:59"
    assert due_of(delay, "2026-03-05 10:00").explanation.rest_days == 1


def test_an_override_concerns_its_own_calendar_only():
    delay = DelayFactory(amount=3)
    HolidayOverrideFactory(date=date(2026, 3, 6))
    assert due_text(delay, "2026-03-05 10:00") == "Tue 2026-03-10 23:59:59"


def test_moroccan_holidays_are_named_in_french_and_in_arabic():
    throne = public_holidays("MA", 2026)[date(2026, 7, 30)]
    assert throne.name_fr == "Fête du Trône"
    assert throne.name_ar == "عيد العرش"


def test_several_calendars_are_read_with_one_query(django_assert_num_queries):
    calendars = [CalendarFactory(), CalendarFactory(french=True), CalendarFactory(always=True)]
    HolidayOverrideFactory(calendar=calendars[1], date=date(2026, 3, 6))
    with django_assert_num_queries(1):
        days = CalendarDays.of_many(calendars)
    assert [days[each.pk].is_working(date(2026, 3, 6)) for each in calendars] == [True, False, True]
