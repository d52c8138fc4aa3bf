"""What the database and the forms refuse."""

from __future__ import annotations

from datetime import date, time

import pytest
from django.core.exceptions import ValidationError
from django.db import IntegrityError, transaction
from django.utils.translation import override

from claims_portal.deadlines.models import Delay
from tests.factories.deadlines import CalendarFactory, DelayFactory, HolidayOverrideFactory

pytestmark = pytest.mark.django_db


@pytest.mark.parametrize(
    "fields",
    [
        {"unit": "months", "counting": "working-days"},
        {"unit": "hours", "counting": "calendar-days"},
        {"unit": "days", "counting": "wall-clock"},
        {"unit": "hours", "counting": "wall-clock", "extend_to_working_day": True},
        {"amount": 0},
        {"amount": 2001},
        {"valid_from": date(2026, 2, 1), "valid_to": date(2026, 1, 1)},
    ],
)
def test_a_delay_that_cannot_be_counted_is_refused_by_form_and_database(fields):
    delay = DelayFactory.build(calendar=CalendarFactory(), **fields)
    with pytest.raises(ValidationError):
        delay.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        delay.save()


@pytest.mark.parametrize(
    "fields", [{"weekdays": []}, {"weekdays": [0, 1]}, {"opens_at": time(16), "closes_at": time(8)}]
)
def test_a_calendar_that_never_works_is_refused_by_form_and_database(fields):
    calendar = CalendarFactory.build(**fields)
    with pytest.raises(ValidationError):
        calendar.full_clean()
    with pytest.raises(IntegrityError), transaction.atomic():
        calendar.save()


@pytest.mark.parametrize("fields", [{"country": "ZZ"}, {"time_zone": "Africa/Rabat"}, {"weekdays": [1, 1]}])
def test_an_unknown_country_or_zone_or_a_doubled_day_is_refused(fields):
    with pytest.raises(ValidationError):
        CalendarFactory.build(**fields).full_clean()


def test_a_date_has_one_decision_in_a_calendar():
    first = HolidayOverrideFactory(date=date(2026, 3, 23))
    with pytest.raises(IntegrityError), transaction.atomic():
        HolidayOverrideFactory(calendar=first.calendar, date=first.date)


@pytest.mark.req("C37", "B20", "E122")
def test_delays_in_force_are_those_valid_on_the_date():
    always = DelayFactory()
    DelayFactory(valid_to=date(2025, 12, 31))
    DelayFactory(valid_from=date(2027, 1, 1))
    this_year = DelayFactory(valid_from=date(2026, 1, 1), valid_to=date(2026, 12, 31))
    assert set(Delay.objects.in_force(date(2026, 12, 31))) == {always, this_year}


def test_names_are_read_in_the_active_language():
    calendar = CalendarFactory()
    with override("ar"):
        assert str(calendar) == "المغرب"
