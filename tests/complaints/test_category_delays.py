"""A category may set its own delays: new cases follow them, open ones are counted again, and each date says why."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.conf import settings as conf
from django.urls import reverse
from django.utils import translation

from claims_portal.cases.presentation import clock_view
from claims_portal.cases.services.clocks import recompute_clocks_of_calendar
from claims_portal.notifications.models import Message
from complaints import tasks
from complaints.models import Category, Clock, Complaint
from complaints.services import following, handling
from complaints.services.clocks import recount_categories
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.deadlines import DelayFactory, HolidayOverrideFactory

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TUESDAY, tick=False) as travelling:
        yield travelling


@pytest.fixture
def desk():
    """Answers within 30 working days, but within 5 calendar days what is urgent."""
    made = DeskFactory(categories=["Urgence", "Autre sujet"])
    calendar = made.procedure.answer_delay.calendar
    urgent = made.categories.get(name_fr="Urgence")
    urgent.name_ar, urgent.answer_delay = "استعجال", DelayFactory(amount=5, calendar_days=True, calendar=calendar)
    urgent.save()
    return made


def case(desk, name: str = "Urgence") -> Complaint:
    return ComplaintFactory(desk=desk, facts__category=str(desk.categories.get(name_fr=name).pk))


def answer(complaint: Complaint) -> Clock:
    return complaint.clocks.get(kind="answer")


def due(complaint: Complaint) -> date:
    return answer(complaint).due_at.astimezone(ZoneInfo(conf.TIME_ZONE)).date()


def change_delay(desk, **given) -> None:
    """The organisation gives the category another delay, or none with `None`."""
    delay = DelayFactory(calendar=desk.procedure.answer_delay.calendar, **given) if given else None
    Category.objects.filter(desk=desk, name_fr="Urgence").update(answer_delay=delay)
    desk.version += 1
    desk.save()


@pytest.mark.req("F9")
def test_a_category_sets_amount_and_counting_and_what_it_leaves_out_is_the_desks(desk):
    urgent, other = case(desk), case(desk, "Autre sujet")
    assert (due(urgent), due(other)) == (date(2026, 9, 6), date(2026, 10, 13))
    assert urgent.clocks.get(kind="acknowledgement").due_at == other.clocks.get(kind="acknowledgement").due_at


def test_the_date_says_which_category_set_it_on_the_page_and_in_no_message(desk):
    urgent, other = case(desk), case(desk, "Autre sujet")
    said = clock_view(answer(urgent))["explanation"]
    assert said == "5 jours à compter du mardi 1er septembre 2026, délai propre à «\u00a0Urgence\u00a0»"
    assert "propre" not in clock_view(answer(other))["explanation"]
    with translation.override("ar"):
        assert "استعجال" in clock_view(answer(urgent))["explanation"]
    assert "Urgence" not in Message.objects.about(f"complaint:{urgent.pk}").first().body_text


def test_another_delay_counts_open_cases_again_and_the_desk_reads_from_when_to_when(desk):
    urgent, other, done = case(desk), case(desk, "Autre sujet"), case(desk)
    handling.answer_complaint(complaint_id=done.pk, user=AgentFactory(desks=[desk]), body="Bonjour.")
    change_delay(desk, amount=2)
    assert [recount_categories(), recount_categories()] == [1, 0]
    assert (due(urgent), due(other), due(done)) == (date(2026, 9, 3), date(2026, 10, 13), date(2026, 9, 6))
    event = urgent.events.get(kind="deadline-moved")
    assert event.body == "Réponse\u00a0: dimanche 6 septembre 2026 → jeudi 3 septembre 2026"
    assert not event.is_public


def test_a_delay_taken_away_gives_way_to_the_desks(desk):
    urgent = case(desk)
    change_delay(desk)
    assert [recount_categories(), recount_categories()] == [1, 0]
    assert due(urgent) == date(2026, 10, 13)
    assert "propre" not in clock_view(answer(urgent))["explanation"]


def test_a_case_that_waits_for_its_complainant_follows_too_and_keeps_its_pause(desk, clock):
    urgent = case(desk)
    handling.ask_complement(complaint_id=urgent.pk, user=AgentFactory(desks=[desk]), body="La facture ?")
    change_delay(desk, amount=10, calendar_days=True)
    recount_categories()
    clock.shift(timedelta(days=2))
    following.write_to_desk(complaint_id=urgent.pk, body="La voici.")
    assert due(urgent) == date(2026, 9, 13)


def test_a_holiday_moves_it_and_its_reason_stays(desk):
    change_delay(desk, amount=5)
    urgent = case(desk)
    holiday = HolidayOverrideFactory(calendar=answer(urgent).delay.calendar, date=date(2026, 9, 2))
    recompute_clocks_of_calendar(calendar_id=holiday.calendar_id)
    assert due(urgent) == date(2026, 9, 9)
    assert answer(urgent).explanation["origin_fr"] == "Urgence"


@pytest.mark.parametrize(("amount", "queued"), [(3, 1), (None, 0)])
def test_saving_other_delays_counts_again_and_other_words_do_not(
    desk, admin_client, monkeypatch, django_capture_on_commit_callbacks, amount, queued
):
    told: list[int] = []
    monkeypatch.setattr(tasks.recount_category, "delay", told.append)
    category = desk.categories.get(name_fr="Urgence")
    delay = category.answer_delay if amount is None else DelayFactory(amount=amount)
    sent = {"desk": desk.pk, "code": category.code, "name_fr": "Urgence vitale", "position": 1, "is_active": "on"}
    with django_capture_on_commit_callbacks(execute=True):
        address = reverse("admin:complaints_category_change", args=[category.pk])
        assert admin_client.post(address, sent | {"answer_delay": delay.pk}).status_code == 302
    assert told == [category.pk] * queued


def test_the_page_of_the_desk_tells_the_delays_of_its_categories(desk, client):
    page = client.get(reverse("complaints:desk", args=[desk.code])).content.decode()
    assert "<dt>Réponse, pour «\u00a0Urgence\u00a0»</dt><dd>5 jours</dd>" in page
    assert "Autre sujet" not in page
