"""Linking, merging and transferring from the case page; rules and their trial."""

from __future__ import annotations

import pytest

from complaints.models import AssignmentRule, CaseLink, Complaint, Event, Recipient
from complaints.services.following import withdraw_complaint
from complaints.services.linking import merge_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"


def address(complaint: Complaint, *more: object) -> str:
    return "/".join([f"{LIST}{complaint.pk}", *map(str, more), ""])


def seen(complaint: Complaint) -> int:
    return Event.objects.filter(case=complaint).latest("pk").pk


@pytest.mark.req("F8")
@pytest.mark.parametrize(
    ("given", "sign"),
    [
        ({"complainant__email": "amina@exemple.ma"}, "même e-mail"),
        ({"complainant__mobile": "+212699999999"}, "même portable"),
        ({"complainant__cin": "ZZ99"}, "même CIN"),
        ({"facts__policy_number": "POL-1"}, "même contrat"),
    ],
)
def test_a_case_with_something_in_common_is_suggested(staff, desk, given, sign):
    apart = {"complainant__mobile": "", "complainant__cin": "", "facts__policy_number": ""}
    complaint = ComplaintFactory(desk=desk, **(apart | given))
    other = ComplaintFactory(desk=desk, facts__facts="Autre chose.", **(apart | given))
    ComplaintFactory(desk=desk, facts__facts="Sans rapport.", **apart)
    (found,) = staff.get(address(complaint)).context["suggested"]
    assert found["case"] == other
    assert [str(each) for each in found["signs"]] == [sign]


def test_the_cases_of_other_desks_are_neither_suggested_nor_linked(staff, desk):
    complaint, elsewhere = ComplaintFactory(desk=desk), ComplaintFactory()
    assert staff.get(address(complaint)).context["suggested"] == []
    page = staff.post(address(complaint, "lier"), {"number": elsewhere.number, "kind": "person"}).content.decode()
    beside, _input, typed = page.partition('id="lien-erreur"')[2].partition('id="lien-numero"')
    assert "Aucune réclamation de vos guichets ne porte ce numéro." in beside
    assert f'value="{elsewhere.number}"' in typed
    assert not CaseLink.objects.exists()


def test_cases_are_linked_by_number_and_unlinked(staff, desk):
    complaint, other = ComplaintFactory.create_batch(2, desk=desk)
    staff.post(address(complaint, "lier"), {"number": str(other), "kind": "duplicate"})
    assert staff.get(address(other)).context["linked"] == [(complaint, "Doublon")]
    staff.post(address(other, "delier"), {"number": complaint.number})
    assert not CaseLink.objects.exists()


@pytest.mark.req("F8")
def test_the_exchange_and_documents_of_a_merged_case_are_read_from_the_other(staff, desk):
    ends = ComplaintFactory(desk=desk, documents=1, facts__facts="Le premier récit.", complainant__email="a@exemple.ma")
    goes_on = ComplaintFactory(desk=desk, complainant__email="a@exemple.ma")
    sent = staff.post(address(ends, "reunir"), {"number": str(goes_on), "seen": seen(ends)})
    assert sent["Location"] == address(goes_on)
    document = address(goes_on, "documents", ends.documents.get().pk)
    shown = staff.get(address(goes_on)).content.decode()
    assert "Le premier récit." in shown and document in shown
    assert staff.get(document).status_code == 200


@pytest.mark.parametrize(("number", "status"), [("", 422), ("123", 422), ("self", 422), ("closed", 409)])
def test_a_merge_that_cannot_be_is_refused_with_a_sentence(staff, desk, number, status):
    complaint, closed = ComplaintFactory(desk=desk), ComplaintFactory(desk=desk, state="closed")
    typed = {"self": complaint.number, "closed": closed.number}.get(number, number)
    response = staff.post(address(complaint, "reunir"), {"number": typed, "seen": seen(complaint)})
    assert response.status_code == status
    assert response.context["problems"]
    assert Complaint.objects.get(pk=complaint.pk).state == "received"


def test_a_merged_case_leads_to_the_one_that_goes_on(staff, desk, agent):
    ends, goes_on = ComplaintFactory.create_batch(2, desk=desk)
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    assert staff.get(address(ends)).context["followed"] == goes_on


@pytest.mark.req("C14")
def test_a_case_is_transferred_by_choosing_the_category_of_another_desk(staff, desk):
    other = DeskFactory(organisation=desk.organisation)
    complaint = ComplaintFactory(desk=desk)
    assert other.name_fr in staff.get(address(complaint, "transmettre")).content.decode()
    category = other.categories.first()
    typed = {"category": category.pk, "body": "Ce guichet suit la santé.", "seen": seen(complaint)}
    assert staff.post(address(complaint, "transmettre"), typed)["Location"] == LIST
    assert Complaint.objects.get(pk=complaint.pk).category == category
    assert staff.get(address(complaint)).status_code == 404


def test_a_transfer_without_desk_or_reason_is_asked_again_and_the_text_kept(staff, desk):
    DeskFactory(organisation=desk.organisation)
    complaint = ComplaintFactory(desk=desk)
    response = staff.post(address(complaint, "transmettre"), {"body": "Ma raison.", "seen": seen(complaint)})
    assert response.status_code == 422
    assert "Ma raison.</textarea>" in response.content.decode()


def test_a_transfer_of_a_case_that_changed_is_told(staff, desk):
    other = DeskFactory(organisation=desk.organisation)
    complaint = ComplaintFactory(desk=desk)
    typed = {"category": other.categories.first().pk, "body": "Voici.", "seen": 0}
    response = staff.post(address(complaint, "transmettre"), typed)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Réclamation déposée" in shown  # what changed
    assert "fichiers" not in shown  # there is none to choose on this page
    assert "Voici.</textarea>" in shown
    assert f'name="seen" value="{seen(complaint)}"' in shown  # read, it goes through at the second press
    assert Complaint.objects.get(pk=complaint.pk).desk == desk


@pytest.mark.parametrize("page", ["reunir", "orienter", "transmettre"])
def test_the_second_of_two_is_told_at_once_that_the_case_is_closed_and_keeps_the_text(staff, desk, page):
    other = DeskFactory(organisation=desk.organisation)
    complaint = ComplaintFactory(desk=desk)
    before = seen(complaint)
    withdraw_complaint(complaint_id=complaint.pk)
    named = {"name_fr": "Médiateur", "treats_fr": "les litiges", "postal_address_fr": "Rabat"}
    recipient = Recipient.objects.create(organisation=desk.organisation, **named)
    typed = {"seen": before, "number": ComplaintFactory(desk=desk).number}
    if page != "reunir":
        chosen = {"recipient": recipient.pk, "category": other.categories.first().pk}
        typed = chosen | {"seen": before, "body": "Ma raison, longue."}
    response = staff.post(address(complaint, page), typed)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Réclamation clôturée" in shown
    assert "n’est plus possible dans l’état actuel" in shown
    assert "appuyez à nouveau" not in shown
    assert ("Ma raison, longue.</textarea>" in shown) is (page != "reunir")


def test_a_text_for_a_case_that_went_to_another_desk_meanwhile_is_given_back(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    Complaint.objects.filter(pk=complaint.pk).update(desk=DeskFactory())
    typed = {"body": "Un texte long et précieux, de plusieurs lignes.", "seen": 0}
    response = staff.post(address(complaint, "message"), typed, headers={"sec-fetch-site": "same-origin"})
    assert response.status_code == 404
    assert typed["body"] in response.content.decode()
    assert "passé à un autre guichet" in response.content.decode()


def test_another_desk_is_offered_where_there_is_one(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    link = address(complaint, "transmettre")
    assert link not in staff.get(address(complaint)).content.decode()
    DeskFactory(organisation=desk.organisation)
    assert link in staff.get(address(complaint)).content.decode()


@pytest.mark.parametrize("page", ["lier", "delier", "reunir", "transmettre"])
def test_a_reader_moves_nothing(desk, page):
    complaint = ComplaintFactory(desk=desk)
    reader = signed_in(AgentFactory(desks=[desk], permissions=["complaints.view_complaint"]))
    assert reader.post(address(complaint, page), {"number": complaint.number}).status_code == 404


@pytest.mark.req("F22")
def test_a_rule_is_written_and_tried_on_the_latest_cases(administrator, desk, agent):
    boss = signed_in(administrator)
    old = ComplaintFactory(desk=desk)
    typed = {"desk": desk.pk, "name": "Tout", "position": 0, "is_active": "on", "agent": agent.pk}
    assert boss.post("/gestion/complaints/assignmentrule/add/", typed).status_code == 302
    written = AssignmentRule.objects.get()
    shown = boss.get(f"/gestion/complaints/assignmentrule/essai/{written.pk}/")
    assert shown.context["taken"] == 1
    assert str(old) in shown.content.decode()
    desk.refresh_from_db()
    assert ComplaintFactory(desk=desk).assigned_to == agent


def test_a_rule_names_only_what_belongs_to_its_desk(administrator, desk):
    stranger = AgentFactory(desks=[DeskFactory()])
    typed = {"desk": desk.pk, "name": "Tout", "position": 0, "is_active": "on", "agent": stranger.pk}
    shown = signed_in(administrator).post("/gestion/complaints/assignmentrule/add/", typed).content.decode()
    assert "Cette personne ne travaille pas à ce guichet." in shown


def test_a_team_is_made_of_people_of_its_desk(administrator, desk):
    stranger = AgentFactory(desks=[DeskFactory()])
    typed = {"desk": desk.pk, "name": "Santé", "members": [stranger.pk]}
    shown = signed_in(administrator).post("/gestion/complaints/team/add/", typed).content.decode()
    assert f"Ne travaille pas à ce guichet\u00a0: {stranger}." in shown
