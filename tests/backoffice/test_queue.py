"""The list of complaints as agents see it."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.cases.models import NO_PROMISE
from claims_portal.cases.services.assignment import assign_case
from complaints.admin.queues import QUEUES, visible_cases
from complaints.models import Complaint
from complaints.services.following import write_to_desk
from complaints.services.handling import acknowledge_complaint, answer_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"


def numbers(response) -> list[str]:
    return [row.number.replace(" ", "") for row in response.context["cl"].rows]


def queue(staff, name: str) -> list[str]:
    return numbers(staff.get(LIST, {"file": name}))


@pytest.mark.req("F19")
def test_the_list_shows_what_waits_for_the_desk_what_is_due_first_before_the_rest(staff, desk, agent):
    later = ComplaintFactory(desk=desk)
    sooner = ComplaintFactory(desk=desk, opened_at=timezone.now() - timedelta(days=7))
    unpromised = ComplaintFactory(desk=desk, state="answered")
    write_to_desk(complaint_id=unpromised.pk, body="Je n’ai rien reçu.")
    ComplaintFactory(desk=desk, state="complement")
    assert numbers(staff.get(LIST)) == [sooner.number, later.number, unpromised.number]
    # Its acknowledgement is given: what is left is its answer, later than both promises of the other.
    acknowledge_complaint(complaint_id=sooner.pk, user=agent)
    assert numbers(staff.get(LIST)) == [later.number, sooner.number, unpromised.number]


@pytest.mark.parametrize("state", ["received", "in-progress", "complement", "answered", "closed"])
def test_a_case_knows_when_its_nearest_running_promise_is_due(desk, state):
    case = ComplaintFactory(desk=desk, state=state)
    due = {clock.kind: clock.due_at for clock in case.clocks.all()}
    expected = {"received": due["acknowledgement"], "in-progress": due["answer"]}
    assert case.due_at == expected.get(state, NO_PROMISE)
    if state == "complement":
        write_to_desk(complaint_id=case.pk, body="La voici.")
        case.refresh_from_db()
        assert case.due_at == case.clocks.get(kind="answer").due_at


def test_a_line_says_who_complains_of_what_and_where_the_case_stands(staff, desk):
    complaint = ComplaintFactory(desk=desk, complainant__first_name="Zineb", complainant__last_name="Tazi")
    page = staff.get(LIST).content.decode()
    for words in (str(complaint), "Zineb Tazi", "Retard de remboursement", "Reçue", "Au service", "Non attribuée"):
        assert words in page


@pytest.mark.req("F19")
def test_each_queue_holds_its_cases(staff, desk, agent):
    received = ComplaintFactory(desk=desk)
    mine = ComplaintFactory(desk=desk)
    assign_case(Complaint, case_id=mine.pk, user=agent)
    waiting = ComplaintFactory(desk=desk, state="complement", agent=agent)
    closed = ComplaintFactory(desk=desk, state="closed", agent=agent)
    assert set(queue(staff, "a-traiter")) == {received.number, mine.number}
    assert set(queue(staff, "a-moi")) == {mine.number, waiting.number}
    assert queue(staff, "non-attribuees") == [received.number]
    assert queue(staff, "en-attente") == [waiting.number]
    assert closed.number in queue(staff, "toutes")


def test_an_answered_case_comes_back_to_the_desk_when_the_person_writes(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="answered")
    assert complaint.number not in queue(staff, "a-traiter")
    write_to_desk(complaint_id=complaint.pk, body="Je n’ai rien reçu.")
    assert complaint.number in queue(staff, "a-traiter")


def test_overdue_cases_are_those_whose_promise_is_past_while_it_is_the_desks_turn(staff, desk):
    long_ago = timezone.now() - timedelta(days=90)
    late = ComplaintFactory(desk=desk, opened_at=long_ago)
    ComplaintFactory(desk=desk)
    ComplaintFactory(desk=desk, opened_at=long_ago, state="answered")
    ComplaintFactory(desk=desk, opened_at=long_ago, state="complement")
    assert queue(staff, "echues") == [late.number]


def test_cases_due_within_three_days_are_those_that_are_neither_late_nor_answered(staff, desk):
    soon, late, later, answered = (ComplaintFactory(desk=desk) for _each in range(4))
    due = {soon: timedelta(days=2), late: timedelta(days=-1), later: timedelta(days=4), answered: timedelta(days=2)}
    for case, wait in due.items():
        Complaint.objects.filter(pk=case.pk).update(due_at=timezone.now() + wait)
    answer_complaint(complaint_id=answered.pk, user=AgentFactory(desks=[desk]), body="Bonjour.")
    assert queue(staff, "sous-3-jours") == [soon.number]


@pytest.mark.parametrize(("days", "state"), [(60, "running"), (1, "soon"), (-1, "late")])
def test_the_next_due_date_is_coloured_by_how_near_it_is(staff, desk, days, state):
    complaint = ComplaintFactory(desk=desk)
    Complaint.objects.filter(pk=complaint.pk).update(due_at=timezone.now() + timedelta(days=days))
    assert f'class="due is-{state}"' in staff.get(LIST).content.decode()


def test_a_case_that_waits_for_the_person_shows_no_date_that_will_move(staff, desk):
    ComplaintFactory(desk=desk, state="complement")
    line = staff.get(LIST, {"file": "en-attente"}).content.decode().split('<td class="case-due">')[1].split("</td>")[0]
    assert "En pause" in line and "<time" not in line


def test_an_agent_sees_the_cases_of_their_own_desks_only(staff, desk):
    ours = ComplaintFactory(desk=desk)
    ComplaintFactory()
    assert queue(staff, "toutes") == [ours.number]


def test_an_agent_of_several_desks_sees_them_together(desk):
    other = DeskFactory()
    ours = {ComplaintFactory(desk=desk).number, ComplaintFactory(desk=other).number}
    assert set(queue(signed_in(AgentFactory(desks=[desk, other])), "toutes")) == ours


def test_a_superuser_sees_every_desk(administrator):
    everywhere = {ComplaintFactory().number, ComplaintFactory().number}
    assert set(queue(signed_in(administrator), "toutes")) == everywhere


def test_staff_without_a_right_on_complaints_see_no_list(desk):
    staff = signed_in(AgentFactory(desks=[desk], permissions=[]))
    assert staff.get(LIST).status_code == 403


def test_an_empty_queue_says_so(staff):
    assert "Rien n’attend le service." in staff.get(LIST).content.decode()


def test_pages_follow_each_other_without_counting(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.admin.complaint.ComplaintAdmin.list_per_page", 2)
    made = [ComplaintFactory(desk=desk).number for _each in range(5)]
    with CaptureQueriesContext(
        connection,
    ) as queries:
        first = staff.get(LIST)
    assert not [query for query in queries if "COUNT(" in query["sql"]]
    second = staff.get(LIST + first.context["cl"].newer_url)
    assert numbers(first) + numbers(second) == made[:4]
    assert numbers(staff.get(LIST + second.context["cl"].older_url)) == made[:2]
    assert "file" not in first.context["cl"].newer_url or "a-traiter" in first.context["cl"].newer_url


def test_a_page_keeps_its_queue(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.admin.complaint.ComplaintAdmin.list_per_page", 1)
    ComplaintFactory.create_batch(2, desk=desk)
    first = staff.get(LIST, {"file": "toutes"})
    assert "file=toutes" in first.context["cl"].older_url


def test_a_mangled_page_key_leads_to_the_first_page(staff, desk):
    ComplaintFactory(desk=desk)
    assert len(numbers(staff.get(LIST, {"apres": "'; --"}, follow=True))) == 1


def queries_of(staff, address: str, **given) -> int:
    with CaptureQueriesContext(connection) as queries:
        assert staff.get(address, given).status_code == 200
    return len(queries)


def test_the_list_costs_the_same_queries_with_one_case_or_twenty(staff, desk):
    ComplaintFactory(desk=desk)
    queries_of(staff, LIST)
    few = queries_of(staff, LIST)
    ComplaintFactory.create_batch(19, desk=desk, state="in-progress")
    assert queries_of(staff, LIST) == few <= 15


def test_long_texts_are_not_read_for_the_list(staff, desk):
    ComplaintFactory(desk=desk)
    with CaptureQueriesContext(connection) as queries:
        staff.get(LIST)
    assert not [query for query in queries if '"complaints_complaint"."facts"' in query["sql"]]


def test_nothing_can_be_added_deleted_or_edited_by_hand(staff, administrator, desk):
    complaint = ComplaintFactory(desk=desk)
    for each in (staff, signed_in(administrator)):
        for address in (f"{LIST}add/", f"{LIST}{complaint.pk}/delete/", f"{LIST}{complaint.pk}/history/"):
            assert each.get(address).status_code == 404
        each.post(f"{LIST}{complaint.pk}/", {"state": "closed", "facts": "x"})
    assert Complaint.objects.get(pk=complaint.pk).state == "received"


def test_each_queue_is_read_along_an_index_already_in_order(crowd, agent):
    expected = {
        "a-traiter": "due on complaints",
        "sous-3-jours": "due on complaints",
        "echues": "due on complaints",
        "en-attente": "waits on complaints",
        "a-moi": "mine on complaints",
        "toutes": "recent on complaints",
    }
    plans = {
        name: QUEUES[name].choose(visible_cases(agent), agent).order_by(*QUEUES[name].order)[:25].explain()
        for name in expected
    }
    assert {name: plan for name, plan in plans.items() if expected[name] not in plan} == {}
    assert {name: plan for name, plan in plans.items() if "Sort" in plan or "Seq Scan" in plan} == {}
