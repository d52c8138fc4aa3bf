"""One action on several cases of the list."""

from __future__ import annotations

import pytest

from claims_portal.cases.refusals import CaseRefused
from claims_portal.cases.services.assignment import assign_case
from complaints.models import Complaint, Event, EventKind
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"


def press(staff, action: str, *cases: Complaint, **given):
    chosen = [str(each) for each in cases]
    return staff.post(f"{LIST}en-lot/", {"action": action, "case": chosen, "file": "toutes"} | given, follow=True)


def now(case: Complaint) -> Complaint:
    return Complaint.objects.get(pk=case.pk)


def test_an_agent_takes_several_cases_at_once(staff, agent, desk):
    cases = ComplaintFactory.create_batch(2, desk=desk)
    response = press(staff, "take", *cases)
    assert {now(case).assigned_to for case in cases} == {agent}
    assert "C’est fait pour 2 dossiers." in response.content.decode()
    assert Event.objects.filter(kind=EventKind.ASSIGNED, user=agent).count() == 2


def test_an_agent_gives_cases_to_a_colleague_of_the_desk(staff, desk):
    colleague = AgentFactory(desks=[desk], first_name="Hind", last_name="Sefrioui")
    case = ComplaintFactory(desk=desk)
    press(staff, "give", case, agent=colleague.pk)
    assert now(case).assigned_to == colleague
    assert Event.objects.get(kind=EventKind.ASSIGNED).body == "Attribuée à Hind Sefrioui."


def test_cases_cannot_be_given_to_somebody_of_another_desk(staff, desk):
    stranger = AgentFactory(desks=[DeskFactory()])
    case = ComplaintFactory(desk=desk)
    response = press(staff, "give", case, agent=stranger.pk)
    assert "Choisissez à qui attribuer ces dossiers." in response.content.decode()
    assert now(case).assigned_to is None


def test_cases_are_not_given_to_a_colleague_who_only_reads(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    auditor = AgentFactory(desks=[desk], permissions=["complaints.view_complaint"], first_name="Auditrice")
    assert "Auditrice" not in staff.get(LIST).content.decode()
    press(staff, "give", complaint, agent=auditor.pk)
    assert now(complaint).assigned_to is None
    with pytest.raises(CaseRefused, match="ne traite pas les dossiers"):
        assign_case(Complaint, case_id=complaint.pk, user=AgentFactory(desks=[desk]), to=auditor)


def test_a_colleague_of_one_desk_gets_no_case_of_the_other(desk):
    other = DeskFactory()
    both, colleague = AgentFactory(desks=[desk, other]), AgentFactory(desks=[desk])
    ours, theirs = ComplaintFactory(desk=desk), ComplaintFactory(desk=other)
    response = press(signed_in(both), "give", ours, theirs, agent=colleague.pk)
    assert (now(ours).assigned_to, now(theirs).assigned_to) == (colleague, None)
    assert f"Rien n’a changé pour {theirs}" in response.content.decode()


def test_answered_cases_are_closed_and_the_others_named(staff, desk):
    answered, open_one = ComplaintFactory(desk=desk, state="answered"), ComplaintFactory(desk=desk)
    response = press(staff, "close", answered, open_one)
    assert (now(answered).state, now(open_one).state) == ("closed", "received")
    assert f"Rien n’a changé pour {open_one}" in response.content.decode()


def test_the_cases_of_other_desks_are_left_alone(staff, desk):
    elsewhere = ComplaintFactory()
    press(staff, "take", elsewhere)
    assert now(elsewhere).assigned_to is None


def test_too_many_or_no_case_at_all_changes_nothing(staff, desk, monkeypatch):
    monkeypatch.setattr("complaints.admin.bulk.MOST", 1)
    cases = ComplaintFactory.create_batch(2, desk=desk)
    assert "Choisissez de 1 à 1 dossiers." in press(staff, "take", *cases).content.decode()
    assert "Choisissez de 1 à 1 dossiers." in press(staff, "take").content.decode()
    assert {now(case).assigned_to for case in cases} == {None}


@pytest.mark.parametrize(("action", "case"), [("erase", "1"), ("take", "abc")])
def test_what_no_button_sends_is_not_found(staff, desk, action, case):
    assert staff.post(f"{LIST}en-lot/", {"action": action, "case": [case]}).status_code == 404


def test_a_reader_neither_sees_nor_uses_the_buttons(desk):
    ComplaintFactory(desk=desk)
    reader = signed_in(AgentFactory(desks=[desk], permissions=["complaints.view_complaint"]))
    assert 'id="en-lot"' not in reader.get(LIST).content.decode()
    assert reader.post(f"{LIST}en-lot/", {"action": "take"}).status_code == 404


def test_each_line_of_the_list_can_be_chosen(staff, desk):
    case = ComplaintFactory(desk=desk)
    assert f'name="case" value="{case}" form="en-lot"' in staff.get(LIST).content.decode()
