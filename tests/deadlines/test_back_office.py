"""The back-office pages of calendars, particular days and delays."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin
from django.core.exceptions import ValidationError

from claims_portal.accounts.models import User
from claims_portal.deadlines.models import Calendar, Delay, HolidayOverride
from tests.factories.deadlines import CalendarFactory, DelayFactory, HolidayOverrideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def read_page(rf):
    """Return the text of an admin page of a model, as somebody who may see everything."""

    def read(model, view: str, *args: str) -> str:
        request = rf.get("/")
        request.user = User(pk=1, is_staff=True, is_superuser=True, is_active=True)
        response = getattr(admin.site.get_model_admin(model), view)(request, *args)
        return response.render().content.decode()

    return read


@pytest.mark.parametrize("model", [Calendar, HolidayOverride, Delay])
def test_each_form_opens(read_page, model):
    assert "<form" in read_page(model, "changeform_view")


def test_the_worked_days_of_a_calendar_are_ticked(read_page):
    text = read_page(Calendar, "changeform_view", str(CalendarFactory(weekdays=[6]).pk))
    assert text.count("checked") == 1
    assert "samedi" in text


def test_a_particular_day_stays_in_its_calendar(read_page):
    override = HolidayOverrideFactory(date=date(2026, 3, 23))
    assert 'name="calendar"' not in read_page(HolidayOverride, "changeform_view", str(override.pk))


@pytest.mark.parametrize(
    ("field", "changes"),
    [
        ("valid_to", {"valid_from": date(2027, 2, 1), "valid_to": date(2027, 1, 1)}),
        ("unit", {"unit": "months", "counting": "working-days"}),
        ("extend_to_working_day", {"unit": "hours", "counting": "desk-hours", "extend_to_working_day": True}),
    ],
)
def test_what_is_wrong_with_a_delay_is_said_beside_the_field_to_change(field, changes):
    delay = DelayFactory()
    for name, value in changes.items():
        setattr(delay, name, value)
    with pytest.raises(ValidationError) as refusal:
        delay.full_clean()
    assert list(refusal.value.message_dict) == [field]


def test_a_day_that_its_calendar_knows_is_refused_in_words():
    known = HolidayOverrideFactory(date=date(2026, 3, 23))
    again = HolidayOverride(calendar=known.calendar, date=known.date, name_fr="Encore")
    with pytest.raises(ValidationError, match="ouvrez-le pour le changer"):
        again.full_clean()


@pytest.mark.parametrize(
    ("model", "make"),
    [
        (Calendar, CalendarFactory),
        (HolidayOverride, lambda: HolidayOverrideFactory(date=date(2026, 3, 23))),
        (Delay, DelayFactory),
    ],
)
def test_a_longer_list_needs_no_more_queries(read_page, model, make, django_assert_max_num_queries):
    make()
    with django_assert_max_num_queries(100) as short:
        read_page(model, "changelist_view")
    for _ in range(5):
        make()
    with django_assert_max_num_queries(len(short)):
        read_page(model, "changelist_view")
