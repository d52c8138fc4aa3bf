"""An answered case that nobody closes closes by itself: announced before, stopped by a message, reopened as usual."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from claims_portal.cases.services.undelivered import message_failed
from claims_portal.notifications.models import Message
from complaints.models import ClockKind, Complaint, Event, Letter, Procedure
from complaints.services.closing import await_answered, close_silent
from complaints.services.following import reopen_complaint, write_to_desk
from complaints.services.handling import send_message
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.deadlines import CalendarFactory, DelayFactory

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(TUESDAY, tick=False) as travelling:
        yield travelling


@pytest.fixture
def desk():
    """Thirty days without news close a case; a message says so a week before."""
    delay = DelayFactory(calendar=CalendarFactory(always=True), amount=30, calendar_days=True)
    return DeskFactory(procedure__closing_delay=delay, procedure__closing_notice_days=7)


def answered(desk, **given) -> Complaint:
    return ComplaintFactory(desk=desk, state="answered", **given)


def told(complaint: Complaint, notice: str) -> int:
    return Message.objects.about(f"complaint:{complaint.pk}").filter(notice=f"complaints.{notice}").count()


def state(complaint: Complaint) -> str:
    complaint.refresh_from_db()
    return complaint.state


def after(clock, days: int) -> None:
    """So many days after the answer, at the same hour."""
    clock.move_to(TUESDAY + timedelta(days=days))


def test_a_case_of_which_nobody_says_more_is_announced_then_closed(desk, clock):
    complaint = answered(desk)
    after(clock, 20)
    assert close_silent() == 0
    after(clock, 24)
    assert [close_silent(), close_silent(), told(complaint, "closing_soon"), state(complaint)] == [1, 0, 1, "answered"]
    after(clock, 31)
    assert [close_silent(), close_silent(), told(complaint, "closed"), state(complaint)] == [1, 0, 1, "closed"]
    assert complaint.closed_at == TUESDAY + timedelta(days=31)
    assert not complaint.clocks.filter(kind=ClockKind.CLOSING).exists()
    event = complaint.events.latest("pk")
    assert (event.kind, event.is_public, event.is_automatic) == ("closed-in-silence", True, True)


def test_it_is_reopened_as_usual(desk, clock):
    complaint = answered(desk)
    for days in (24, 31):
        after(clock, days)
        close_silent()
    reopen_complaint(complaint_id=complaint.pk, reason="Rien reçu.")
    assert state(complaint) == "in-progress"


def test_a_message_stops_it_and_the_reply_of_the_desk_begins_it_anew(desk, clock):
    complaint = answered(desk)
    after(clock, 25)
    write_to_desk(complaint_id=complaint.pk, body="Je n’ai rien reçu.")
    assert not complaint.clocks.filter(kind=ClockKind.CLOSING).exists()
    after(clock, 40)
    assert [close_silent(), await_answered(), state(complaint)] == [0, 0, "answered"]
    send_message(complaint_id=complaint.pk, user=AgentFactory(desks=[desk]), body="Le virement est parti hier.")
    assert complaint.clocks.get(kind=ClockKind.CLOSING).started_at == TUESDAY + timedelta(days=40)


def test_no_case_is_closed_that_was_not_announced(desk, clock):
    complaint = answered(desk)
    after(clock, 45)
    close_silent()
    assert (state(complaint), told(complaint, "closing_soon")) == ("answered", 0)
    assert complaint.clocks.get(kind=ClockKind.CLOSING).started_at == TUESDAY + timedelta(days=45)


def test_without_an_announcement_it_closes_when_it_is_due(desk, clock):
    Procedure.objects.update(closing_notice_days=None)
    complaint = answered(desk)
    after(clock, 31)
    assert [close_silent(), told(complaint, "closing_soon"), state(complaint)] == [1, 0, "closed"]


def test_who_was_not_reached_is_not_silent_until_an_agent_acts(desk, clock):
    complaint = answered(desk)
    message_failed(Message.objects.about(f"complaint:{complaint.pk}").filter(notice="complaints.answered").first())
    after(clock, 31)
    assert [close_silent(), await_answered(), state(complaint)] == [0, 0, "answered"]
    Complaint.objects.update(undelivered_at=None)
    assert await_answered() == 1


def test_cases_answered_before_wait_from_the_night_on_and_stop_when_nothing_closes_any_more(desk):
    delay = desk.procedure.closing_delay
    Procedure.objects.update(closing_delay=None)
    complaint = ComplaintFactory(desk=DeskFactory(procedure__closing_delay=None), state="answered")
    assert await_answered() == 0
    Procedure.objects.update(closing_delay=delay)
    complaint.desk.version += 1
    complaint.desk.save()
    assert [await_answered(), await_answered()] == [1, 0]
    Procedure.objects.update(closing_delay=None)
    await_answered()
    assert not complaint.clocks.filter(kind=ClockKind.CLOSING).exists()


def test_who_has_no_address_gets_both_letters(desk, clock):
    agent = AgentFactory(desks=[desk])
    complaint = answered(
        desk, channel="post", entered_by=agent, complainant__email="", complainant__mobile="", agent=agent
    )
    before = Letter.objects.count()
    for days in (24, 31):
        after(clock, days)
        close_silent()
    kinds = Letter.objects.filter(complaint=complaint).order_by("pk").values_list("event__kind", flat=True)
    assert list(kinds[before:]) == ["closing-announced", "closed-in-silence"]


def test_the_person_and_the_agent_read_the_date(desk, client, clock):
    complaint = answered(desk)
    asked = {"number": complaint.number, "email": complaint.complainant.email}
    page = client.post(reverse("complaints:track"), asked, follow=True).content.decode()
    assert "Sans nouvelle de votre part, clôture le" in page
    assert "jeudi 2 avril 2026" in page
    after(clock, 24)
    close_silent()
    client.force_login(AgentFactory(desks=[desk]))
    page = client.get(reverse("admin:complaints_complaint_change", args=[complaint.pk])).content.decode()
    assert "Sans nouvelle, clôture le" in page
    assert "Clôture prochaine annoncée" in page
    mail = Message.objects.get(notice="complaints.closing_soon", channel="email").body_text
    assert "le jeudi 2 avril 2026" in mail
    assert Event.objects.filter(case=complaint, kind="closing-announced").count() == 1
