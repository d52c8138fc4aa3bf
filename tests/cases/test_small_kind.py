"""A kind of case of a model, a workflow table and a notice has everything else from the block (`tests/toy`)."""

from __future__ import annotations

import json
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
import time_machine
from django.db import DatabaseError, transaction
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.models import DisposalBatch
from claims_portal.cases.refusals import ChangedMeanwhile, SamePerson, TransitionNotAllowed
from claims_portal.cases.services import access_copy, clocks, disposal, exchange, holds, reminders, retention
from claims_portal.cases.services.changes import as_seen
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import Desk
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, DeskFactory
from tests.factories.deadlines import CalendarFactory, DelayFactory
from tests.factories.documents import DocumentFactory
from tests.factories.toy import SuggestionFactory
from tests.toy.kind import KIND
from tests.toy.models import Suggestion

pytestmark = pytest.mark.django_db
LIST = "admin:toy_suggestion_changelist"
PAGE = "admin:toy_suggestion_change"


@pytest.fixture
def desk() -> Desk:
    return DeskFactory.create()


@pytest.fixture
def agent(desk: Desk) -> User:
    return AgentFactory.create(desks=[desk], permissions=["toy.view_suggestion", "toy.handle"])


@pytest.fixture
def staff(agent: User) -> Client:
    return signed_in(agent)


@pytest.fixture
def delays() -> None:
    always = CalendarFactory.create(always=True)
    for code, days in (("answer", 10), ("archive", 30), ("disposal", 60)):
        DelayFactory.create(code=f"toy-{code}", calendar=always, amount=days, calendar_days=True)


def act(client: Client, case: Suggestion, action: str, **given: Any) -> Any:
    """Press the button of an action on the page as it is now."""
    seen = case.events.order_by("-pk").values_list("pk", flat=True)[0]
    return client.post(reverse(f"admin:toy_suggestion_{action}", args=[case.pk]), {"seen": seen, **given})


def test_the_kind_takes_less_than_150_lines() -> None:
    folder = Path(__file__).parents[1] / "toy"
    assert sum(len(path.read_text().splitlines()) for path in folder.glob("*.py")) < 150


def test_its_queue_shows_what_waits_for_the_desk(staff: Client, desk: Desk) -> None:
    waiting, elsewhere = SuggestionFactory.create(desk=desk), SuggestionFactory.create()
    page = staff.get(reverse(LIST)).content.decode()
    assert waiting.number in page and elsewhere.number not in page


def test_the_queue_costs_the_same_for_three_cases_as_for_thirty(
    staff: Client, desk: Desk, django_assert_num_queries: Any, django_assert_max_num_queries: Any
) -> None:
    SuggestionFactory.create_batch(3, desk=desk)
    staff.get(reverse(LIST))
    with django_assert_max_num_queries(12) as few:
        staff.get(reverse(LIST))
    SuggestionFactory.create_batch(27, desk=desk)
    with django_assert_num_queries(len(few.captured_queries)):
        staff.get(reverse(LIST))


def test_its_page_shows_what_was_said(staff: Client, desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk, body="Ouvrez le samedi.")
    page = staff.get(reverse(PAGE, args=[case.pk])).content.decode()
    assert "Ouvrez le samedi." in page and case.author in page


def test_an_agent_of_another_desk_does_not_find_the_page(desk: Desk) -> None:
    elsewhere = AgentFactory.create(desks=[DeskFactory.create()], permissions=["toy.handle"])
    case = SuggestionFactory.create(desk=desk)
    assert signed_in(elsewhere).get(reverse(PAGE, args=[case.pk])).status_code == 404


def test_the_number_typed_in_the_search_opens_the_case(staff: Client, desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    found = staff.post(reverse("admin:toy_suggestion_search"), {"texte": f" {case.number} "})
    assert found["Location"] == reverse(PAGE, args=[case.pk])


def test_a_declared_column_finds_the_case(staff: Client, desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk, email="nour@exemple.ma")
    SuggestionFactory.create(desk=desk)
    page = staff.post(reverse("admin:toy_suggestion_search"), {"texte": "nour@exemple.ma"}, follow=True)
    assert [row["case"] for row in page.context["cl"].rows] == [case]


def test_a_message_of_the_desk_is_told_to_the_person(staff: Client, desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    act(staff, case, "message", body="Merci, nous regardons.")
    told = Message.objects.about(case.message_key).filter(recipient=case.email)
    assert told.count() == 2  # the opening, and this message


def test_a_complement_pauses_the_clock_until_the_answer(staff: Client, desk: Desk, delays: None) -> None:
    case = SuggestionFactory.create(desk=desk)
    due = case.clocks.get().due_at
    with time_machine.travel(timezone.now() + timedelta(days=1)):
        act(staff, case, "ask_complement", body="Quel samedi ?")
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        exchange.write_to_desk(Suggestion, case_id=case.pk, body="Chaque samedi.")
    assert case.clocks.get().due_at - due >= timedelta(days=3)


def test_a_paused_case_is_due_at_no_moment(staff: Client, desk: Desk, delays: None) -> None:
    case = SuggestionFactory.create(desk=desk)
    act(staff, case, "ask_complement", body="Quel samedi ?")
    case.refresh_from_db()
    assert case.due_at.year == 9999


def test_a_button_pressed_twice_sends_one_message(desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    for _press in range(2):
        exchange.write_to_desk(Suggestion, case_id=case.pk, body="Et le dimanche ?")
    assert case.events.filter(kind="message-in").count() == 1


def test_the_same_words_with_a_forgotten_file_are_another_message(desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    exchange.write_to_desk(Suggestion, case_id=case.pk, body="Voici le plan.")
    joined = exchange.documents_as("plan", [DocumentFactory.create()])
    exchange.write_to_desk(Suggestion, case_id=case.pk, body="Voici le plan.", documents=joined)
    assert case.events.filter(kind="message-in").count() == 2


def test_an_agent_whose_page_is_stale_is_told_what_changed(staff: Client, desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    seen = case.events.get().pk
    exchange.write_to_desk(Suggestion, case_id=case.pk, body="Une précision.")
    answer = staff.post(reverse("admin:toy_suggestion_close", args=[case.pk]), {"seen": seen, "body": "Au revoir."})
    assert answer.status_code == 409
    assert "Au revoir." in answer.content.decode()


def test_what_the_agent_had_not_seen_stops_the_service(desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    seen = case.events.get().pk
    exchange.write_to_desk(Suggestion, case_id=case.pk, body="Une précision.")
    with pytest.raises(ChangedMeanwhile), as_seen(Suggestion, case_id=case.pk, last_event_id=seen):
        pytest.fail("The case was changed as if nothing had happened.")


def test_its_agent_is_reminded_once_before_the_promise_is_due(desk: Desk, agent: User, delays: None) -> None:
    case = SuggestionFactory.create(desk=desk)
    with time_machine.travel(timezone.now() + timedelta(days=8)):
        assert [reminders.remind_of_deadlines(), reminders.remind_of_deadlines()] == [1, 0]
    assert Message.objects.about(case.message_key).filter(recipient=agent.email).count() == 1


def test_the_desk_is_told_once_that_the_promise_is_over(desk: Desk, agent: User, delays: None) -> None:
    case = SuggestionFactory.create(desk=desk)
    with time_machine.travel(timezone.now() + timedelta(days=11)):
        assert [reminders.escalate_overdue_cases(), reminders.escalate_overdue_cases()] == [1, 0]
    assert case.events.filter(kind="escalated").count() == 1


def test_a_new_round_keeps_the_lateness_of_the_first(desk: Desk, delays: None) -> None:
    case = SuggestionFactory.create(desk=desk, opened_at=timezone.now() - timedelta(days=12))
    clocks.stop_clocks(case, at=timezone.now())
    clocks.begin_round(case, kinds=["answer"], at=timezone.now())
    assert [clock.is_late for clock in case.clocks.order_by("round")] == [True, False]


def test_postgresql_refuses_to_change_an_event(desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    with pytest.raises(DatabaseError), transaction.atomic():
        case.events.update(to_state="closed")


def test_postgresql_refuses_to_delete_an_event(desk: Desk) -> None:
    case = SuggestionFactory.create(desk=desk)
    with pytest.raises(DatabaseError), transaction.atomic():
        case.events.all().delete()


def closed(desk: Desk, agent: User, *, days: int = 0) -> Suggestion:
    with time_machine.travel(timezone.now() - timedelta(days=days)):
        case = SuggestionFactory.create(desk=desk)
        exchange.close_case(Suggestion, case_id=case.pk, user=agent)
    case.refresh_from_db()
    return case


def test_a_closed_case_is_archived_in_its_time(desk: Desk, agent: User, delays: None) -> None:
    old, recent = closed(desk, agent, days=31), closed(desk, agent)
    assert retention.archive_closed_cases() == 1
    old.refresh_from_db()
    recent.refresh_from_db()
    assert old.archived_at is not None and recent.archived_at is None


def test_a_case_on_hold_is_not_archived(desk: Desk, agent: User, delays: None) -> None:
    old = closed(desk, agent, days=31)
    holds.place_hold(Suggestion, case_id=old.pk, user=agent, body="Procès en cours.")
    assert retention.archive_closed_cases() == 0


def proposed(case: Suggestion, agent: User) -> DisposalBatch:
    return disposal.propose_disposal(KIND, desk=case.desk, case_ids=[case.pk], user=agent)


def test_one_person_alone_erases_nothing(desk: Desk, agent: User, delays: None) -> None:
    batch = proposed(closed(desk, agent, days=61), agent)
    with pytest.raises(SamePerson):
        disposal.approve_disposal(batch_id=batch.pk, user=agent)


def test_what_two_people_erase_leaves_no_word(desk: Desk, agent: User, delays: None) -> None:
    case = closed(desk, agent, days=61)
    batch = proposed(case, agent)
    disposal.approve_disposal(batch_id=batch.pk, user=AgentFactory.create(desks=[desk]))
    assert disposal.carry_out_disposals() == 1
    case.refresh_from_db()
    assert (case.author, case.email, case.events.exclude(body="").count()) == ("", "", 0)


def test_an_erased_case_keeps_its_proof(desk: Desk, agent: User, delays: None) -> None:
    case = closed(desk, agent, days=61)
    disposal.approve_disposal(batch_id=proposed(case, agent).pk, user=AgentFactory.create(desks=[desk]))
    disposal.carry_out_disposals()
    proof = case.disposal
    assert proof.done_at is not None and proof.erased["events"] == 1


def test_nothing_happens_to_an_erased_case(desk: Desk, agent: User, delays: None) -> None:
    case = closed(desk, agent, days=61)
    disposal.approve_disposal(batch_id=proposed(case, agent).pk, user=AgentFactory.create(desks=[desk]))
    disposal.carry_out_disposals()
    with pytest.raises(TransitionNotAllowed):
        exchange.add_note(Suggestion, case_id=case.pk, user=agent, body="Trop tard.")


def test_the_copy_of_somebodys_data_holds_their_case(desk: Desk, agent: User) -> None:
    case = SuggestionFactory.create(desk=desk, body="Ouvrez le samedi.")
    exchange.add_note(Suggestion, case_id=case.pk, user=agent, body="À voir avec la direction.")
    files = dict(access_copy.copy_of_cases(email=case.email, mobile="", organisation=desk.organisation, user=agent))
    [content] = files.values()
    said = [event["body"] for event in json.loads(content)["history"]]
    assert said == ["Ouvrez le samedi."]  # what the desk wrote for itself stays out
