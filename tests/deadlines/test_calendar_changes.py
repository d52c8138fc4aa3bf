"""Who is told that a calendar changed, and when."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from datetime import date

import pytest
from django.contrib import admin
from django.contrib.messages.storage.cookie import CookieStorage
from django.db import transaction
from django.forms.models import model_to_dict

from claims_portal.accounts.models import User
from claims_portal.deadlines import registry
from claims_portal.deadlines.models import Calendar, HolidayOverride
from claims_portal.deadlines.services import calendar_changed
from tests.factories.deadlines import CalendarFactory, HolidayOverrideFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def register() -> Iterator[Callable[[registry.CalendarCallback], None]]:
    """Register for the time of a test."""
    added: list[registry.CalendarCallback] = []

    def add(callback: registry.CalendarCallback) -> None:
        added.append(registry.on_calendar_change(callback))

    yield add
    for callback in added:
        registry.forget(callback)


@pytest.fixture
def told(register) -> list[str]:
    """Return the codes of the calendars that a registered app heard of."""
    heard: list[str] = []
    register(lambda calendar: heard.append(calendar.code))
    return heard


@pytest.fixture
def staff_request(rf):
    """Post a form straight to the admin of a model, as somebody who may do everything."""

    def post(data: dict):
        request = rf.post("/", data)
        request.user = User(pk=1, is_staff=True, is_superuser=True, is_active=True)
        request._dont_enforce_csrf_checks = True
        request._messages = CookieStorage(request)
        return request

    return post


def test_registered_apps_are_told_once_the_change_is_committed(told, django_capture_on_commit_callbacks):
    calendar = CalendarFactory()
    with django_capture_on_commit_callbacks(execute=True):
        calendar_changed(calendar=calendar)
        assert told == []
    assert told == [calendar.code]


@pytest.mark.django_db(transaction=True)
def test_a_change_that_is_rolled_back_is_told_to_nobody(told):
    calendar = CalendarFactory()
    with pytest.raises(RuntimeError), transaction.atomic():
        calendar_changed(calendar=calendar)
        raise RuntimeError
    assert told == []


def test_an_app_that_fails_does_not_keep_the_next_from_being_told(register, django_capture_on_commit_callbacks):
    def fails(calendar: Calendar) -> None:
        raise ConnectionError("broker away")

    heard: list[Calendar] = []
    register(fails)
    register(heard.append)
    calendar = CalendarFactory()
    with django_capture_on_commit_callbacks(execute=True):
        calendar_changed(calendar=calendar)
    assert heard == [calendar]


def test_an_app_that_registers_twice_is_told_once(told, django_capture_on_commit_callbacks):
    registry.on_calendar_change(registry.callbacks()[-1])
    with django_capture_on_commit_callbacks(execute=True):
        calendar_changed(calendar=CalendarFactory())
    assert len(told) == 1


def test_a_day_added_in_the_back_office_is_told(told, staff_request, django_capture_on_commit_callbacks):
    calendar = CalendarFactory()
    data = {"calendar": calendar.pk, "date": "2026-03-23", "name_fr": "Aïd al-Fitr"}
    with django_capture_on_commit_callbacks(execute=True):
        _save(HolidayOverride, staff_request(data))
    assert told == [calendar.code]
    assert HolidayOverride.objects.get().date == date(2026, 3, 23)


def test_days_deleted_in_the_back_office_are_told_once_a_calendar(
    told, staff_request, django_capture_on_commit_callbacks
):
    calendar = CalendarFactory()
    for day in (20, 21):
        HolidayOverrideFactory(calendar=calendar, date=date(2026, 3, day))
    with django_capture_on_commit_callbacks(execute=True):
        admin.site.get_model_admin(HolidayOverride).delete_queryset(staff_request({}), HolidayOverride.objects.all())
    assert told == [calendar.code]
    assert not HolidayOverride.objects.exists()


def test_a_calendar_changed_in_the_back_office_is_told(told, staff_request, django_capture_on_commit_callbacks):
    calendar = CalendarFactory()
    data = model_to_dict(calendar) | {"weekdays": ["1", "2", "3", "4", "5", "6"], "overrides-TOTAL_FORMS": 0}
    with django_capture_on_commit_callbacks(execute=True):
        _save(Calendar, staff_request(data | {"overrides-INITIAL_FORMS": 0}), calendar)
    calendar.refresh_from_db()
    assert calendar.weekdays == [1, 2, 3, 4, 5, 6]
    assert told == [calendar.code]


def _save(model, request, instance=None) -> None:
    """Post a change form and have it accepted."""
    User.objects.get_or_create(pk=request.user.pk)
    view = admin.site.get_model_admin(model).changeform_view
    response = view(request, str(instance.pk) if instance else None)
    assert response.status_code == 302, response.context_data["errors"]
