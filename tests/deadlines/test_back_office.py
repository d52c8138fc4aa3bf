"""The back-office pages of calendars, particular days and delays."""

from __future__ import annotations

from datetime import date

import pytest
from django.contrib import admin

from claims_portal.accounts.models import User
from claims_portal.deadlines.models import Calendar, Delay, HolidayOverride
from tests.factories.deadlines import CalendarFactory, DelayFactory, HolidayOverrideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def read_page(rf):
    """The text of an admin page of a model, as somebody who may see everything."""

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
