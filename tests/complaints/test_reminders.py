"""Before a delay ends its agent is told, once it has ended the desk: each once, in the desk's hours."""

from __future__ import annotations

from datetime import UTC, datetime, time, timedelta

import pytest
import time_machine

from claims_portal.cases.services.changes import as_seen
from claims_portal.cases.services.reminders import escalate_overdue_cases, remind_of_deadlines
from claims_portal.cases.tasks import remind
from claims_portal.deadlines.models import Calendar
from claims_portal.notifications.models import Message
from complaints.models import Clock, ClockKind, Complaint, Event, EventKind, Letter
from complaints.printing import author, letter_html
from complaints.services.following import reopen_complaint, write_to_desk
from complaints.services.handling import answer_complaint
from tests.factories.complaints import (
    AgentFactory,
    AnswerTemplateFactory,
    ComplaintFactory,
    DeskFactory,
    MediationFactory,
)
from tests.factories.deadlines import CalendarFactory, DelayFactory

pytestmark = pytest.mark.django_db

TUESDAY = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _on_a_tuesday():
    with time_machine.travel(TUESDAY, tick=False):
        yield


@pytest.fixture
def desk():
    made = DeskFactory(email="guichet@atlas.example")
    AgentFactory(desks=[made], email="salma@atlas.example")
    AgentFactory(desks=[made], email="driss@atlas.example")
    Calendar.objects.update(opens_at=time(8, 30), closes_at=time(16, 30))
    return made


def case(desk, *, due_in: timedelta, **given) -> Complaint:
    """A case whose answer is due then; its receipt is already acknowledged."""
    complaint = ComplaintFactory(desk=desk, **given)
    complaint.clocks.filter(kind=ClockKind.ACKNOWLEDGEMENT).update(stopped_at=TUESDAY)
    complaint.clocks.filter(kind=ClockKind.ANSWER).update(due_at=TUESDAY + due_in)
    return complaint


def told(notice: str) -> list[str]:
    return sorted(Message.objects.filter(notice=f"complaints.{notice}").values_list("recipient", flat=True))


@pytest.mark.req("F12")
def test_the_agent_of_a_case_is_reminded_three_days_before(desk):
    agent = desk.agents.get(email="salma@atlas.example")
    case(desk, due_in=timedelta(days=2), state="in-progress", agent=agent)
    assert remind_of_deadlines() == 1
    assert told("due_soon") == ["salma@atlas.example"]


def test_every_agent_of_the_desk_is_reminded_of_a_case_without_one(desk):
    case(desk, due_in=timedelta(days=2))
    remind_of_deadlines()
    assert told("due_soon") == ["driss@atlas.example", "salma@atlas.example"]


def test_an_agent_who_left_is_not_reminded_the_desk_is(desk):
    gone = AgentFactory(desks=[desk], email="hind@atlas.example")
    case(desk, due_in=timedelta(days=2), state="in-progress", agent=gone)
    gone.is_active = False
    gone.save()
    remind_of_deadlines()
    assert told("due_soon") == ["driss@atlas.example", "salma@atlas.example"]


def test_a_delay_is_reminded_of_once(desk):
    case(desk, due_in=timedelta(days=2))
    assert [remind_of_deadlines(), remind_of_deadlines()] == [1, 0]
    assert len(told("due_soon")) == 2


def test_nobody_is_reminded_of_a_delay_that_ends_later(desk):
    case(desk, due_in=timedelta(days=4))
    assert remind_of_deadlines() == 0


@pytest.mark.parametrize(("left", "reminded"), [(timedelta(hours=10), 0), (timedelta(hours=9), 1)])
def test_a_delay_counted_in_hours_is_reminded_of_in_its_last_fifth(desk, left, reminded):
    complaint = case(desk, due_in=left)
    delay = DelayFactory(amount=48, wall_clock=True)
    started = TUESDAY + left - timedelta(hours=48)
    Clock.objects.filter(case=complaint).update(delay=delay, started_at=started)
    assert remind_of_deadlines() == reminded


@pytest.mark.req("F12")
@pytest.mark.parametrize(
    "moment",
    [
        datetime(2026, 3, 3, 6, 0, tzinfo=UTC),  # before opening
        datetime(2026, 3, 3, 20, 0, tzinfo=UTC),  # in the evening
        datetime(2026, 3, 8, 10, 0, tzinfo=UTC),  # on a Sunday
        datetime(2026, 5, 1, 10, 0, tzinfo=UTC),  # on Labour Day
    ],
)
def test_nobody_is_told_anything_outside_working_hours(desk, moment):
    complaint, late = case(desk, due_in=timedelta(days=2)), case(desk, due_in=timedelta(days=2))
    with time_machine.travel(moment, tick=False):
        Clock.objects.filter(case=complaint).update(due_at=moment + timedelta(days=1))
        Clock.objects.filter(case=late).update(due_at=moment - timedelta(days=1))
        remind()
    assert told("due_soon") + told("overdue") == []


def test_another_calendar_that_is_open_opens_nothing_here(desk):
    CalendarFactory(always=True)
    case(desk, due_in=timedelta(days=6))
    with time_machine.travel(datetime(2026, 3, 8, 10, 0, tzinfo=UTC), tick=False):
        assert remind_of_deadlines() == 0


def test_a_delay_that_waits_for_the_complainant_reminds_of_nothing(desk):
    case(desk, due_in=timedelta(days=1), state="complement")
    case(desk, due_in=timedelta(days=-1), state="complement")
    assert remind_of_deadlines() + escalate_overdue_cases() == 0


@pytest.mark.req("F13")
def test_the_desk_is_told_once_that_a_delay_is_over_and_the_case_says_so(desk):
    complaint = case(desk, due_in=timedelta(hours=-1))
    assert [escalate_overdue_cases(), escalate_overdue_cases()] == [1, 0]
    assert told("overdue") == ["guichet@atlas.example"]
    complaint.refresh_from_db()
    assert complaint.escalated_at == TUESDAY
    assert complaint.is_escalated
    event = Event.objects.get(case=complaint, kind=EventKind.ESCALATED)
    assert not event.is_public
    assert event.is_automatic


@pytest.mark.req("N7")
def test_who_waits_for_a_late_answer_is_told_once_what_that_opens(desk):
    mediator = MediationFactory(desk=desk).mediator
    complaint = case(desk, due_in=timedelta(hours=-1))
    assert [escalate_overdue_cases(), escalate_overdue_cases()] == [1, 0]
    assert told("answer_late") == [complaint.complainant.email]
    assert mediator.name_fr in Message.objects.get(notice="complaints.answer_late").body_text


@pytest.mark.req("C38")
@pytest.mark.parametrize(
    ("language", "said"), [("fr", "Nous devions répondre le mardi 3 mars 2026."), ("ar", "الثلاثاء")]
)
def test_who_is_reached_on_paper_only_has_a_letter_about_the_late_answer(desk, language, said):
    words = {
        "body_fr": "Nous devions répondre le {echeance_reponse}. {recours_retard}{contrat}",
        "body_ar": "{echeance_reponse}",
    }
    AnswerTemplateFactory(use="late", **words)
    case(desk, due_in=timedelta(hours=-1), channel="post", language=language, complainant__email="")
    assert [escalate_overdue_cases(), escalate_overdue_cases()] == [1, 0]
    letter = Letter.objects.get(event__kind=EventKind.LATE_TOLD)
    assert said in letter.event.body
    assert "{" not in letter.event.body
    assert author(letter.complaint, letter.event) == letter.complaint.desk.organisation.short_name
    html = letter_html(Letter.objects.with_case().get(pk=letter.pk).event)
    assert letter.event.body.split()[0] in html


@pytest.mark.parametrize("given", [{"channel": "post"}, {"channel": "web", "complainant__email": ""}])
def test_who_has_an_address_or_came_online_has_no_letter_about_it(desk, given):
    AnswerTemplateFactory(use="late", body_fr="Nous sommes en retard.")
    case(desk, due_in=timedelta(hours=-1), **given)
    escalate_overdue_cases()
    assert not Event.objects.filter(kind=EventKind.LATE_TOLD).exists()


def test_without_words_for_it_there_is_no_letter_about_a_late_answer(desk):
    AnswerTemplateFactory(use="late", body_fr="En retard.", is_active=False)
    case(desk, due_in=timedelta(hours=-1), channel="post", complainant__email="")
    assert escalate_overdue_cases() == 1
    assert not Event.objects.filter(kind=EventKind.LATE_TOLD).exists()


def test_a_desk_without_an_address_is_told_through_its_agents(desk):
    desk.email = ""
    desk.save()
    case(desk, due_in=timedelta(hours=-1))
    escalate_overdue_cases()
    assert told("overdue") == ["driss@atlas.example", "salma@atlas.example"]


def test_a_delay_that_is_over_is_no_longer_reminded_of(desk):
    case(desk, due_in=timedelta(hours=-1))
    remind()
    assert told("due_soon") == []


def test_an_answer_ends_the_alarm_and_a_reopening_starts_anew(desk):
    agent = AgentFactory(desks=[desk])
    complaint = case(desk, due_in=timedelta(hours=-1))
    escalate_overdue_cases()
    answer_complaint(complaint_id=complaint.pk, user=agent, body="Bonjour.")
    complaint.refresh_from_db()
    assert not complaint.is_escalated
    reopen_complaint(complaint_id=complaint.pk, reason="Rien reçu.")
    complaint.refresh_from_db()
    assert complaint.escalated_at is None
    complaint.clocks.filter(kind=ClockKind.ANSWER).update(due_at=TUESDAY - timedelta(minutes=1))
    assert escalate_overdue_cases() == 1
    assert len(told("overdue")) == 2


def test_an_agent_who_was_writing_when_the_delay_ended_is_not_stopped(desk):
    complaint = case(desk, due_in=timedelta(hours=-1))
    last = Event.objects.filter(case=complaint).latest("pk").pk
    escalate_overdue_cases()
    with as_seen(Complaint, case_id=complaint.pk, last_event_id=last):
        pass


def test_what_is_mailed_names_the_case_and_nothing_personal(desk):
    secret = "Zyxwv"
    complaint = case(
        desk, due_in=timedelta(days=1), complainant__last_name=secret, complainant__city=secret, facts__facts=secret * 9
    )
    write_to_desk(complaint_id=complaint.pk, body=secret)
    late = case(desk, due_in=timedelta(hours=-1), complainant__last_name=secret, facts__facts=secret * 9)
    remind()
    for case_, notice in ((complaint, "due_soon"), (late, "overdue")):
        message = Message.objects.filter(notice=f"complaints.{notice}").first()
        assert str(case_) in message.subject
        assert f"/gestion/complaints/complaint/{case_.pk}/" in message.body_text
        assert secret not in message.subject + message.body_text + message.body_html
