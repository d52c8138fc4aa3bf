"""When a calendar changes, what was promised by it is counted again, and the desk is told."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as conf
from django.test import Client
from django.urls import reverse

from claims_portal.cases import tasks
from claims_portal.cases.presentation import clock_view
from claims_portal.cases.services.clocks import recompute_clocks_of_calendar
from claims_portal.deadlines import registry
from claims_portal.deadlines.models import Delay
from claims_portal.deadlines.services import calendar_changed
from complaints.models import Clock, Complaint, Event
from complaints.services import clocks, following, handling
from tests.factories.complaints import AgentFactory, ComplaintFactory
from tests.factories.deadlines import HolidayOverrideFactory
from tests.together import at_once

TUESDAY = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def on_tuesday():
    with time_machine.travel(TUESDAY, tick=False) as clock:
        yield clock


@pytest.fixture
def complaint(db: None) -> Complaint:
    """Received on Tuesday 1 September 2026: taken up by Tuesday 15, answered by Tuesday 13 October."""
    return ComplaintFactory.create()


def calendar_of(complaint: Complaint):
    return complaint.desk.procedure.answer_delay.calendar


def close_day(complaint: Complaint, day: date = date(2026, 9, 9)):
    """The organisation announces a day off; gives the calendar's key."""
    return HolidayOverrideFactory(calendar=calendar_of(complaint), date=day, name_fr="Jour chômé").calendar_id


def due(complaint: Complaint, kind: str) -> date:
    zone = ZoneInfo(conf.TIME_ZONE)
    return Clock.objects.get(case=complaint, kind=kind).due_at.astimezone(zone).date()


def moves(complaint: Complaint) -> list[str]:
    return [each.body for each in Event.objects.filter(case=complaint, kind="deadline-moved")]


@pytest.mark.req("F11")
def test_a_new_holiday_moves_what_is_due_after_it(complaint):
    assert due(complaint, "acknowledgement") == date(2026, 9, 15)
    assert recompute_clocks_of_calendar(calendar_id=close_day(complaint)) == 2
    assert due(complaint, "acknowledgement") == date(2026, 9, 16)
    explanation = Clock.objects.get(case=complaint, kind="acknowledgement").explanation
    assert ["2026-09-09", "Jour chômé"] in [holiday[:2] for holiday in explanation["holidays"]]
    shown = clock_view(Clock.objects.get(case=complaint, kind="acknowledgement"))["details"]
    assert any("9 septembre 2026, Jour chômé" in line for line in shown)


@pytest.mark.req("F27", "N7")
def test_the_desk_reads_from_when_to_when_and_the_complainant_does_not(complaint):
    recompute_clocks_of_calendar(calendar_id=close_day(complaint))
    assert "Accusé de réception\u00a0: mardi 15 septembre 2026 → mercredi 16 septembre 2026" in moves(complaint)
    event = Event.objects.filter(case=complaint, kind="deadline-moved").earliest("pk")
    assert (event.is_public, event.user, event.from_state, event.to_state) == (False, None, "received", "received")
    assert event.get_kind_display() == "Échéance recalculée"


def test_the_case_page_says_that_the_portal_did_it(complaint):
    agent = AgentFactory(desks=[complaint.desk])
    recompute_clocks_of_calendar(calendar_id=close_day(complaint))
    browser = Client()
    browser.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    page = browser.get(reverse("admin:complaints_complaint_change", args=[complaint.pk])).content.decode()
    assert "Le portail" in page
    assert "mardi 15 septembre 2026 → mercredi 16 septembre 2026" in page


def test_counting_again_without_a_change_writes_nothing(complaint, django_assert_num_queries):
    key = close_day(complaint)
    recompute_clocks_of_calendar(calendar_id=key)
    before = list(Clock.objects.order_by("pk").values())
    with django_assert_num_queries(
        6
    ):  # calendar, its exceptions, clocks, pauses, no more clocks, those of another kind
        assert recompute_clocks_of_calendar(calendar_id=key) == 0
    assert list(Clock.objects.order_by("pk").values()) == before
    assert len(moves(complaint)) == 2


def test_another_reason_for_the_same_date_is_kept_without_an_event(complaint):
    key = close_day(complaint, date(2026, 9, 15))
    recompute_clocks_of_calendar(calendar_id=key)
    told = moves(complaint)
    calendar_of(complaint).overrides.update(name_fr="Fête de la fondation")
    assert recompute_clocks_of_calendar(calendar_id=key) == 0
    assert moves(complaint) == told
    explanation = Clock.objects.get(case=complaint, kind="acknowledgement").explanation
    assert "Fête de la fondation" in str(explanation)


def test_a_clock_that_stopped_stays_where_it_was(complaint):
    handling.acknowledge_complaint(complaint_id=complaint.pk, user=AgentFactory(desks=[complaint.desk]))
    assert recompute_clocks_of_calendar(calendar_id=close_day(complaint)) == 1
    assert due(complaint, "acknowledgement") == date(2026, 9, 15)


def test_another_calendar_moves_nothing(complaint):
    assert recompute_clocks_of_calendar(calendar_id=close_day(ComplaintFactory())) == 2
    assert moves(complaint) == []


def test_an_answer_that_waits_for_the_complainant_is_counted_again_when_they_reply(complaint, on_tuesday):
    handling.ask_complement(complaint_id=complaint.pk, user=AgentFactory(desks=[complaint.desk]), body="La facture ?")
    before = due(complaint, "answer")
    assert recompute_clocks_of_calendar(calendar_id=close_day(complaint)) == 0
    assert due(complaint, "answer") == before
    following.write_to_desk(complaint_id=complaint.pk, body="La voici.")
    assert due(complaint, "answer") == before + timedelta(days=1)


def test_pauses_that_are_over_still_count(complaint, on_tuesday):
    handling.ask_complement(complaint_id=complaint.pk, user=AgentFactory(desks=[complaint.desk]), body="La facture ?")
    on_tuesday.shift(timedelta(days=2))
    following.write_to_desk(complaint_id=complaint.pk, body="La voici.")
    before = due(complaint, "answer")
    recompute_clocks_of_calendar(calendar_id=close_day(complaint))
    assert due(complaint, "answer") == before + timedelta(days=1)


def test_a_delay_that_staff_changed_since_does_not_change_what_was_promised(complaint):
    Delay.objects.filter(pk=complaint.desk.procedure.answer_delay_id).update(amount=5)
    assert recompute_clocks_of_calendar(calendar_id=calendar_of(complaint).pk) == 0


def test_many_cases_are_taken_in_batches(db, monkeypatch):
    monkeypatch.setattr(clocks, "BATCH", 2)
    first = ComplaintFactory()
    others = [ComplaintFactory(desk=first.desk) for _ in range(2)]
    assert recompute_clocks_of_calendar(calendar_id=close_day(first)) == 6
    assert {due(each, "acknowledgement") for each in (first, *others)} == {date(2026, 9, 16)}


@pytest.mark.django_db(transaction=True)
def test_two_workers_at_once_tell_each_move_once():
    complaint = ComplaintFactory()
    key = close_day(complaint)
    ends = at_once(*[lambda: recompute_clocks_of_calendar(calendar_id=key)] * 2)
    assert sum(ends) == 2
    assert len(moves(complaint)) == 2


def test_a_change_of_a_calendar_queues_the_counting(complaint, monkeypatch, django_capture_on_commit_callbacks):
    queued = []
    monkeypatch.setattr(tasks.recompute_clocks, "delay", queued.append)
    with django_capture_on_commit_callbacks(execute=True):
        calendar_changed(calendar=calendar_of(complaint))
    assert queued == [calendar_of(complaint).pk]
    assert tasks.recompute_after_calendar_change in registry.callbacks()


def test_the_task_counts_one_calendar_and_each_night_all_of_them(complaint, settings):
    other = ComplaintFactory()
    close_day(other)
    tasks.recompute_clocks(close_day(complaint))
    assert (len(moves(complaint)), len(moves(other))) == (2, 0)
    tasks.recompute_clocks()
    assert (len(moves(complaint)), len(moves(other))) == (2, 2)
    assert "cases.recompute_clocks" in [each["task"] for each in settings.CELERY_BEAT_SCHEDULE.values()]


def test_a_calendar_deleted_meanwhile_is_no_error(db):
    tasks.recompute_clocks(999_999)
