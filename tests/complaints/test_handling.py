"""What the desk does with a complaint: its event, its clocks, its notice; once, and only when the state allows."""

from __future__ import annotations

import threading
from datetime import timedelta

import pytest
import time_machine
from django.db import connection
from django.utils import timezone

from claims_portal.cases.refusals import ChangedMeanwhile
from claims_portal.cases.services import assignment, exchange
from claims_portal.cases.services.changes import as_seen
from claims_portal.cases.workflow import TransitionNotAllowed
from claims_portal.notifications.models import Message
from complaints.models import Clock, Complaint, Event
from complaints.services import following, handling
from tests.factories.complaints import AgentFactory, ComplaintFactory


@pytest.fixture
def complaint(db: None) -> Complaint:
    return ComplaintFactory.create(complainant__email="amina@exemple.ma", wants_sms=True)


@pytest.fixture
def agent(complaint: Complaint):
    return AgentFactory.create(desks=[complaint.desk])


def running(complaint: Complaint) -> set[str]:
    return set(Clock.objects.filter(case=complaint, stopped_at=None).values_list("kind", flat=True))


def told(complaint: Complaint) -> list[tuple[str, str]]:
    rows = Message.objects.filter(about=f"complaint:{complaint.pk}").exclude(notice="complaints.receipt")
    return list(rows.order_by("pk").values_list("notice", "channel"))


def last_event(complaint: Complaint) -> Event:
    return Event.objects.filter(case=complaint).latest("pk")


def now(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


@pytest.mark.req("C34")
def test_acknowledging_takes_the_case_up_and_stops_that_clock(complaint, agent):
    handling.acknowledge_complaint(complaint_id=complaint.pk, user=agent, body="Je m’en occupe.")
    event = last_event(complaint)
    assert (event.kind, event.from_state, event.to_state) == ("acknowledged", "received", "in-progress")
    assert (event.user, event.body, event.is_public) == (agent, "Je m’en occupe.", True)
    assert now(complaint).assigned_to == agent
    assert running(complaint) == {"answer"}
    assert told(complaint) == [("complaints.acknowledged", "email"), ("complaints.acknowledged", "sms")]


def test_acknowledging_leaves_the_case_with_the_agent_it_was_given_to(complaint, agent):
    other = AgentFactory(desks=[complaint.desk])
    assignment.assign_case(Complaint, case_id=complaint.pk, user=other)
    handling.acknowledge_complaint(complaint_id=complaint.pk, user=agent)
    assert now(complaint).assigned_to == other


@pytest.mark.req("F10")
def test_asking_for_more_hands_the_turn_over_and_pauses_the_answer(complaint, agent):
    handling.ask_complement(complaint_id=complaint.pk, user=agent, body="La facture, s’il vous plaît.")
    assert (now(complaint).state, now(complaint).waiting_on) == ("complement", "person")
    assert complaint.pauses.filter(ended_at=None).count() == 1
    assert running(complaint) == {"answer"}
    assert told(complaint) == [("complaints.complement", "email"), ("complaints.complement", "sms")]


def test_the_answer_is_due_later_by_the_time_the_complement_took(complaint, agent):
    before = complaint.clocks.get(kind="answer").due_at
    handling.ask_complement(complaint_id=complaint.pk, user=agent, body="La facture ?")
    with time_machine.travel(timezone.now() + timedelta(days=7), tick=False):
        following.write_to_desk(complaint_id=complaint.pk, body="La voici.")
    after = complaint.clocks.get(kind="answer")
    assert after.due_at - before >= timedelta(days=5)
    assert after.explanation["paused_days"] > 0
    assert (now(complaint).state, now(complaint).waiting_on) == ("in-progress", "desk")


@pytest.mark.req("F16")
def test_a_message_changes_neither_state_nor_clocks(complaint, agent):
    handling.send_message(complaint_id=complaint.pk, user=agent, body="Nous avançons.")
    assert (now(complaint).state, now(complaint).waiting_on) == ("received", "desk")
    assert running(complaint) == {"acknowledgement", "answer"}
    assert told(complaint) == [("complaints.message", "email"), ("complaints.message", "sms")]


def test_answering_stops_the_clocks_and_opens_the_time_to_reopen(complaint, agent):
    handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici notre réponse.")
    assert (now(complaint).state, now(complaint).waiting_on) == ("answered", "person")
    assert now(complaint).answered_at is not None
    assert running(complaint) == {"reopening"}
    assert told(complaint) == [("complaints.answered", "email"), ("complaints.answered", "sms")]


def test_answering_ends_the_pause_of_a_complement_that_never_came(complaint, agent):
    handling.ask_complement(complaint_id=complaint.pk, user=agent, body="La facture ?")
    handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Sans facture, voici.")
    assert not complaint.pauses.filter(ended_at=None).exists()


def test_closing_needs_an_answer_first_and_starts_the_time_to_reopen_again(complaint, agent):
    with pytest.raises(TransitionNotAllowed):
        handling.close_complaint(complaint_id=complaint.pk, user=agent)
    handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici.")
    first = complaint.clocks.get(kind="reopening").started_at
    handling.close_complaint(complaint_id=complaint.pk, user=agent)
    assert (now(complaint).state, now(complaint).waiting_on) == ("closed", "nobody")
    assert now(complaint).closed_at is not None
    assert complaint.clocks.get(kind="reopening").started_at > first
    assert ("complaints.closed", "email") in told(complaint)


def test_taking_a_case_over_is_known_to_the_desk_only(complaint, agent):
    assignment.assign_case(Complaint, case_id=complaint.pk, user=agent)
    event = last_event(complaint)
    assert (event.kind, event.user, event.is_public) == ("assigned", agent, False)
    assert now(complaint).assigned_to == agent
    assert told(complaint) == []


@pytest.mark.req("F17")
def test_a_note_is_known_to_the_desk_only_and_may_follow_the_closing(complaint, agent):
    handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici.")
    handling.close_complaint(complaint_id=complaint.pk, user=agent)
    count = len(told(complaint))
    exchange.add_note(Complaint, case_id=complaint.pk, user=agent, body="Archivé.")
    assert (last_event(complaint).kind, last_event(complaint).is_public) == ("note", False)
    assert now(complaint).state == "closed"
    assert len(told(complaint)) == count


@pytest.mark.parametrize("act", ["note", "assign"])
def test_the_desks_own_housekeeping_leaves_the_turn_where_it_is(complaint, agent, act):
    handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici.")
    following.write_to_desk(complaint_id=complaint.pk, body="Il manque la moitié.")
    if act == "note":
        exchange.add_note(Complaint, case_id=complaint.pk, user=agent, body="Il a raison.")
    else:
        assignment.assign_case(Complaint, case_id=complaint.pk, user=agent)
    assert now(complaint).waiting_on == "desk"


CALLS = {
    "acknowledge": handling.acknowledge_complaint,
    "ask_complement": lambda **case: handling.ask_complement(**case, body="x"),
    "message": lambda **case: handling.send_message(**case, body="x"),
    "answer": lambda **case: handling.answer_complaint(**case, body="x"),
    "close": handling.close_complaint,
    "assign": lambda complaint_id, user: assignment.assign_case(Complaint, case_id=complaint_id, user=user),
}
FORBIDDEN = {
    "received": ["close"],
    "in-progress": ["acknowledge", "close"],
    "complement": ["acknowledge", "ask_complement", "close"],
    "answered": ["acknowledge", "ask_complement", "answer"],
    "closed": list(CALLS),
}


@pytest.mark.parametrize(("state", "name"), [(state, name) for state, names in FORBIDDEN.items() for name in names])
def test_what_the_state_forbids_leaves_no_trace(db, state, name):
    complaint = ComplaintFactory(state=state)
    agent = AgentFactory(desks=[complaint.desk])
    events, messages = Event.objects.count(), Message.objects.count()
    with pytest.raises(TransitionNotAllowed):
        CALLS[name](complaint_id=complaint.pk, user=agent)
    assert (Event.objects.count(), Message.objects.count()) == (events, messages)
    assert now(complaint).state == state


def test_acting_as_seen_is_refused_once_something_happened(complaint, agent):
    seen = last_event(complaint).pk
    following.write_to_desk(complaint_id=complaint.pk, body="J’ajoute ceci.")
    with pytest.raises(ChangedMeanwhile) as refusal, as_seen(Complaint, case_id=complaint.pk, last_event_id=seen):
        handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici.")
    assert [event.body for event in refusal.value.events] == ["J’ajoute ceci."]
    assert now(complaint).state == "received"


def at_once(*acts) -> list[Exception | None]:
    """Run these in threads of their own, started together; gives what each ended with."""
    start = threading.Barrier(len(acts))
    ends: list[Exception | None] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            acts[number]()
        except (TransitionNotAllowed, ChangedMeanwhile) as refusal:
            ends[number] = refusal
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_who_answer_at_once_one_answers_and_the_other_is_told():
    complaint = ComplaintFactory(wants_sms=False)
    agents = AgentFactory.create_batch(2, desks=[complaint.desk])
    ends = at_once(
        *(
            lambda agent=agent: handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici.")
            for agent in agents
        )
    )
    assert sorted(type(end).__name__ for end in ends) == ["NoneType", "TransitionNotAllowed"]
    assert Event.objects.filter(case=complaint, kind="answered").count() == 1
    assert told(complaint) == [("complaints.answered", "email")]


@pytest.mark.django_db(transaction=True)
def test_of_two_agents_who_write_at_once_from_the_same_page_the_second_is_told():
    complaint = ComplaintFactory()
    agents = AgentFactory.create_batch(2, desks=[complaint.desk])
    seen = last_event(complaint).pk

    def write(agent) -> None:
        with as_seen(Complaint, case_id=complaint.pk, last_event_id=seen):
            handling.send_message(complaint_id=complaint.pk, user=agent, body="Bonjour.")

    ends = at_once(*(lambda agent=agent: write(agent) for agent in agents))
    assert sorted(type(end).__name__ for end in ends) == ["ChangedMeanwhile", "NoneType"]
    assert Event.objects.filter(case=complaint, kind="message-out").count() == 1
