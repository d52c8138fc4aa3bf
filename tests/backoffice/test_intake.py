"""« Saisir une réclamation »: what came by post, telephone, e-mail or at the counter."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from complaints.models import AskedField, Complaint, DocumentKind, EventKind
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.documents import upload

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"
INTAKE = f"{LIST}saisie/"


def address(desk) -> str:
    return f"{INTAKE}{desk.code}/"


def typed(desk, **changes: Any) -> dict[str, Any]:
    """A complete page about a letter without any contact."""
    page = {
        "intake": "8f0a1f0e-5c27-4b57-9a5e-0f6a54a4c001",
        "kept": "",
        "reception-channel": "post",
        "reception-received_on": f"{timezone.localdate() - timedelta(days=6):%Y-%m-%d}",
        "reception-language": "fr",
        "sujet-category": str(desk.categories.order_by("pk").values_list("pk", flat=True)[0]),
        "faits-facts": "Madame, Monsieur, mon remboursement n’arrive pas.",
        "personne-quality": "insured",
        "personne-last_name": "Bennis",
        "personne-first_name": "Rachida",
        "ayants-droit-TOTAL_FORMS": "4",
        "ayants-droit-INITIAL_FORMS": "0",
    }
    return {name: value for name, value in (page | changes).items() if value is not None}


def filed(staff, desk, **changes: Any) -> Complaint:
    response = staff.post(address(desk), typed(desk, **changes))
    assert response.status_code == 302, response.context["problems"]
    return Complaint.objects.with_case().get(pk=int(response["Location"].split("/")[-2]))


def sentences(response) -> list[str]:
    return [str(sentence) for _anchor, sentence in response.context["problems"]]


@pytest.mark.req("A42")
@pytest.mark.req("F25")
@pytest.mark.req("C19")
def test_a_letter_is_entered_by_an_agent_and_its_clocks_run_from_the_day_it_arrived(staff, agent, desk):
    complaint = filed(staff, desk, **{"reception-received_time": "10:30"})
    received = timezone.localtime(complaint.opened_at)
    assert received.date() == timezone.localdate() - timedelta(days=6)
    assert (received.hour, received.minute) == (10, 30)
    assert complaint.created_at - complaint.opened_at > timedelta(days=5)
    assert {clock.started_at for clock in complaint.clocks.all()} == {complaint.opened_at}
    assert complaint.channel == "post"
    event = complaint.events.get()
    assert (event.kind, event.user) == (EventKind.FILED, agent)


@pytest.mark.req("C14")
@pytest.mark.parametrize(
    "channel",
    [
        pytest.param("phone", marks=pytest.mark.req("C15")),
        pytest.param("email", marks=[pytest.mark.req("C16"), pytest.mark.req("C18")]),
        pytest.param("post", marks=pytest.mark.req("C17")),
        "counter",
    ],
)
def test_every_channel_leads_to_the_same_queue_and_is_kept(staff, desk, channel):
    complaint = filed(staff, desk, **{"reception-channel": channel})
    assert complaint.channel == channel
    shown = staff.get(LIST).content.decode()
    assert str(complaint) in shown
    assert complaint.get_channel_display() in shown


def test_online_is_no_channel_of_intake(staff, desk):
    response = staff.post(address(desk), typed(desk, **{"reception-channel": "web"}))
    assert response.status_code == 422


def test_a_reception_in_the_future_is_refused_with_a_sentence(staff, desk):
    tomorrow = f"{timezone.localdate() + timedelta(days=1):%Y-%m-%d}"
    response = staff.post(address(desk), typed(desk, **{"reception-received_on": tomorrow}))
    assert "Cette date est dans le futur" in sentences(response)[0]
    assert not Complaint.objects.exists()


def test_what_arrived_today_without_an_hour_was_never_received_in_the_future(staff, desk):
    complaint = filed(staff, desk, **{"reception-received_on": f"{timezone.localdate():%Y-%m-%d}"})
    assert complaint.opened_at <= complaint.created_at


def test_what_paper_lacks_may_stay_empty_even_where_the_desk_asks_for_it_online(staff):
    desk = DeskFactory(asks=["cin", "policy_number", "address", "respondent"])
    AskedField.objects.update(is_required=True)
    agent = AgentFactory(desks=[desk])
    complaint = filed(signed_in(agent), desk)
    assert complaint.complainant.cin == complaint.complainant.address == complaint.policy_number == ""


def test_where_letters_go_may_be_given_even_where_the_desk_does_not_ask_for_it_online(staff, desk):
    complaint = filed(staff, desk, **{"personne-address": "12, rue des Orangers", "personne-city": "Rabat"})
    assert (complaint.complainant.address, complaint.complainant.city) == ("12, rue des Orangers", "Rabat")


@pytest.mark.parametrize(
    ("field", "value"),
    [("personne-mobile", "12"), ("personne-email", "amina@"), ("faits-facts", ""), ("personne-last_name", "")],
)
def test_what_is_given_is_judged_as_strictly_as_online_and_nothing_typed_is_lost(staff, desk, field, value):
    response = staff.post(address(desk), typed(desk, **{field: value}))
    assert response.status_code == 422
    assert len(sentences(response)) == 1
    shown = response.content.decode()
    assert 'value="Bennis"' in shown or field == "personne-last_name"
    assert "<title>Erreur\u00a0:" in shown


def test_an_e_mail_address_on_the_letter_gets_the_receipt(staff, desk):
    complaint = filed(staff, desk, **{"personne-email": "Rachida@Exemple.MA"})
    assert Message.objects.get().recipient == complaint.complainant.email == "rachida@exemple.ma"


@pytest.mark.req("C38")
def test_without_contact_nothing_is_sent_and_the_case_says_that_letters_are_printed(staff, desk):
    complaint = filed(staff, desk)
    assert not Message.objects.exists()
    assert complaint.letters.count() == 1
    shown = staff.get(f"{LIST}{complaint.pk}/").content.decode()
    assert "aucune nouvelle ne peut être envoyée" in shown


def test_people_without_contact_are_not_taken_for_one_another(staff, desk):
    first = filed(staff, desk)
    second = filed(staff, desk, intake="8f0a1f0e-5c27-4b57-9a5e-0f6a54a4c002")
    assert first != second
    assert "Autres réclamations de cette personne" not in staff.get(f"{LIST}{second.pk}/").content.decode()


def test_a_few_dependants_are_entered_with_it(staff, desk):
    child = {"last_name": "Bennis", "first_name": "Adam", "relation": "child"}
    complaint = filed(staff, desk, **{f"ayants-droit-1-{name}": value for name, value in child.items()})
    assert [str(each) for each in complaint.dependants.all()] == ["Adam Bennis"]


@pytest.mark.req("F26")
def test_the_scan_of_the_letter_is_flagged_in_the_list(staff, desk):
    complaint = filed(staff, desk, **{"pieces-scans": upload(name="courrier.pdf"), "pieces-documents": upload()})
    assert sorted(each.kind for each in complaint.documents.all()) == [DocumentKind.EVIDENCE, DocumentKind.SCAN]
    assert "scan joint" in staff.get(LIST).content.decode()
    assert "Scan du courrier" in staff.get(f"{LIST}{complaint.pk}/").content.decode()


def test_a_case_without_a_scan_is_not_flagged(staff, desk):
    ComplaintFactory(desk=desk, documents=1)
    assert "scan joint" not in staff.get(LIST).content.decode()


def test_files_already_received_are_kept_when_something_else_must_be_corrected(staff, desk):
    wrong = {
        "faits-facts": "",
        "pieces-scans": upload(name="courrier.pdf"),
        "pieces-documents": upload(name="facture.pdf"),
    }
    response = staff.post(address(desk), typed(desk, **wrong))
    assert "courrier.pdf" in response.content.decode()
    dropped = str(Document.objects.get(label="facture.pdf").pk)
    complaint = filed(staff, desk, kept=response.context["kept"], drop=dropped)
    assert [str(each) for each in complaint.documents.all()] == ["courrier.pdf"]


def test_files_kept_for_one_agent_are_of_no_use_to_another(staff, desk):
    response = staff.post(address(desk), typed(desk, **{"faits-facts": "", "pieces-scans": upload()}))
    other = signed_in(AgentFactory(desks=[desk]))
    assert filed(other, desk, kept=response.context["kept"]).documents.count() == 0


def test_a_hostile_file_is_refused_beside_its_field(staff, desk):
    response = staff.post(address(desk), typed(desk, **{"pieces-scans": upload(b"MZ not a scan", "courrier.pdf")}))
    assert response.status_code == 422
    assert "courrier.pdf" in sentences(response)[0]
    assert not Complaint.objects.exists()


def test_pressed_twice_it_makes_one_case(staff, desk):
    assert filed(staff, desk) == filed(staff, desk)
    assert Complaint.objects.count() == 1


def test_what_an_agent_entered_reads_as_the_complainants_story(staff, desk):
    complaint = filed(staff, desk)
    thread = staff.get(f"{LIST}{complaint.pk}/").context["thread"]
    assert not thread[0]["ours"]
    assert re.fullmatch(r"Rachida Bennis, saisie par Salma Idrissi \d+", thread[0]["who"])


def test_an_agent_of_one_desk_is_not_asked_which(staff, desk):
    assert staff.get(INTAKE)["Location"] == address(desk)


def test_an_agent_of_several_desks_chooses_among_them_only(desk):
    mine = [desk, DeskFactory()]
    DeskFactory()
    response = signed_in(AgentFactory(desks=mine)).get(INTAKE)
    assert {each.pk for each in response.context["desks"]} == {each.pk for each in mine}


def test_the_queue_leads_to_the_form(staff, desk):
    assert "Saisir une réclamation" in staff.get(LIST).content.decode()
    assert "Réception" in staff.get(address(desk)).content.decode()


@pytest.mark.parametrize("permissions", [["complaints.view_complaint"], []])
def test_who_may_not_handle_complaints_cannot_enter_any(desk, permissions):
    reader = signed_in(AgentFactory(desks=[desk], permissions=permissions))
    assert reader.get(INTAKE).status_code == reader.get(address(desk)).status_code == 404
    assert reader.post(address(desk), typed(desk)).status_code == 404
    assert "Saisir une réclamation" not in reader.get(LIST).content.decode()


def test_somebody_elses_desk_looks_like_one_that_does_not_exist(staff):
    assert staff.get(address(DeskFactory())).status_code == staff.get(f"{INTAKE}nulle-part/").status_code == 404


def test_the_page_asks_to_sign_in(client, desk):
    assert "/gestion/login/" in client.get(address(desk))["Location"]


def test_the_form_costs_the_same_queries_however_many_cases_there_are(staff, desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address(desk)).status_code == 200
        return len(queries)

    cost()
    few = cost()
    ComplaintFactory.create_batch(5, desk=desk)
    assert cost() == few <= 10
