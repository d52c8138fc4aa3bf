"""The buttons of the case page: each reaches the person, and none acts on a case that is no longer what was seen."""

from __future__ import annotations

import pytest

from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from complaints import access
from complaints.models import Complaint, Event
from complaints.services.following import withdraw_complaint, write_to_desk
from complaints.services.handling import acknowledge_complaint, answer_complaint
from tests.complaints.public import right_to
from tests.factories.complaints import AgentFactory, ComplaintFactory
from tests.factories.documents import upload

LIST = "/gestion/complaints/complaint/"


def last_event(complaint: Complaint) -> int:
    return Event.objects.filter(case=complaint).latest("pk").pk


def press(staff, complaint: Complaint, action: str, *, follow: bool = True, **typed: object):
    typed.setdefault("seen", last_event(complaint))
    return staff.post(f"{LIST}{complaint.pk}/{action}/", typed, follow=follow)


def now(complaint: Complaint) -> Complaint:
    return Complaint.objects.with_case().get(pk=complaint.pk)


STEPS = [
    ("received", "acknowledge", "in-progress", "complaints.acknowledged", "Le dossier est pris en charge."),
    ("received", "ask_complement", "complement", "complaints.complement", "Le complément est demandé."),
    ("in-progress", "message", "in-progress", "complaints.message", "Le message est envoyé."),
    ("in-progress", "answer", "answered", "complaints.answered", "La réponse est envoyée."),
    ("answered", "close", "closed", "complaints.closed", "Le dossier est clôturé."),
]


@pytest.mark.req("C34", "A38")
@pytest.mark.parametrize(("before", "action", "after", "notice", "said"), STEPS)
def test_each_button_changes_the_case_and_tells_the_person(staff, desk, before, action, after, notice, said):
    complaint = ComplaintFactory(desk=desk, state=before, language="ar", wants_sms=True)
    response = press(staff, complaint, action, body="Bonjour, voici ce qu’il en est.")
    assert said in response.content.decode()
    assert now(complaint).state == after
    told = Message.objects.about(f"complaint:{complaint.pk}").filter(notice=notice)
    assert {message.channel for message in told} == {"email", "sms"}
    assert {message.language for message in told} == {"ar"}


def test_nobody_is_said_to_know_what_still_has_to_be_printed(staff, desk, agent):
    nowhere = {"complainant__email": "", "complainant__mobile": ""}
    complaint = ComplaintFactory(desk=desk, channel="post", entered_by=agent, **nowhere)
    shown = press(staff, complaint, "acknowledge").content.decode()
    assert "Le courrier qui l’annonce est à imprimer." in shown
    assert "La personne est prévenue." not in shown
    reached = ComplaintFactory(desk=desk, channel="phone", entered_by=agent, complainant__email="")
    shown = press(staff, reached, "acknowledge").content.decode()
    assert "La personne est prévenue. Un courrier est aussi à imprimer." in shown


@pytest.mark.req("A38", "A39")
def test_what_the_agent_writes_is_read_on_the_persons_dashboard(staff, client, desk):
    complaint = ComplaintFactory(desk=desk)
    press(staff, complaint, "ask_complement", body="Merci d’envoyer la facture.", documents=[upload(name="modèle.pdf")])
    session = client.session
    session[access.SESSION_KEY] = {complaint.number: right_to(complaint)}
    session.save()
    dashboard = client.get(f"/reclamations/suivi/{complaint.number}/").content.decode()
    for words in ("Merci d’envoyer la facture.", "modèle.pdf", "Complément demandé"):
        assert words in dashboard


def test_the_agent_takes_a_case_over_without_telling_the_person(staff, desk, agent):
    complaint = ComplaintFactory(desk=desk)
    told = Message.objects.count()
    press(staff, complaint, "assign")
    assert now(complaint).assigned_to == agent
    assert Message.objects.count() == told


def test_a_note_stays_with_the_desk(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    told = Message.objects.count()
    response = press(staff, complaint, "note", body="Appeler le courtier.")
    assert "Appeler le courtier." in response.content.decode()
    assert Event.objects.latest("pk").is_public is False
    assert Message.objects.count() == told


def test_files_go_with_the_answer(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="in-progress")
    press(staff, complaint, "answer", body="Voici le décompte.", documents=[upload(name="décompte.pdf"), upload()])
    assert [each.document.label for each in complaint.documents.all()] == ["décompte.pdf", "attestation.pdf"]
    assert all(each.kind == "sent" and each.document.claimed_at for each in complaint.documents.all())


def test_a_refused_file_is_named_with_its_reason_and_the_text_is_kept(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="in-progress")
    files = [upload(), upload(b"MZ\x90 pas un document", "virus.pdf")]
    response = press(staff, complaint, "answer", body="Ma longue réponse.", documents=files)
    shown = response.content.decode()
    assert response.status_code == 422
    assert "virus.pdf" in shown
    assert "Ma longue réponse.</textarea>" in shown
    assert now(complaint).state == "in-progress"
    assert not Document.objects.exists()


def test_too_many_files_are_refused_in_one_sentence(staff, desk, settings):
    settings.DOCUMENT_LIMITS = settings.DOCUMENT_LIMITS | {"files": 1}
    complaint = ComplaintFactory(desk=desk)
    response = press(staff, complaint, "message", body="Bonjour", documents=[upload(), upload()])
    assert "Joignez au plus 1 fichier à la fois." in response.content.decode()


@pytest.mark.parametrize("action", ["ask_complement", "message", "answer", "note"])
def test_an_empty_text_is_asked_for(staff, desk, action):
    complaint = ComplaintFactory(desk=desk)
    events = Event.objects.count()
    response = press(staff, complaint, action, body="  ")
    assert response.status_code == 422
    assert "Écrivez votre texte." in response.content.decode()
    assert Event.objects.count() == events


def test_what_came_meanwhile_is_told_and_the_text_is_kept_until_pressed_again(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="in-progress")
    seen = last_event(complaint)
    write_to_desk(complaint_id=complaint.pk, body="J’ai retrouvé la facture.")
    response = press(staff, complaint, "answer", body="Ma réponse.", seen=seen)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "le dossier a changé pendant que vous écriviez" in shown
    assert "Les fichiers sont à choisir à nouveau." in shown
    assert "J’ai retrouvé la facture." in shown
    assert "Ma réponse.</textarea>" in shown
    assert now(complaint).state == "in-progress"
    press(staff, complaint, "answer", body="Ma réponse.", seen=response.context["last_event"])
    assert now(complaint).state == "answered"


def test_the_second_of_two_agents_is_told_what_the_first_did(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="in-progress")
    seen = last_event(complaint)
    colleague = AgentFactory(desks=[desk], first_name="Karim", last_name="Alami")
    answer_complaint(complaint_id=complaint.pk, user=colleague, body="Réponse de Karim.")
    response = press(staff, complaint, "answer", body="Ma réponse à moi.", seen=seen)
    shown = response.content.decode()
    assert response.status_code == 409
    assert "Réponse apportée" in shown
    assert "Karim Alami" in shown
    assert "Ma réponse à moi.</textarea>" in shown
    assert Event.objects.filter(case=complaint, kind="answered").count() == 1


def test_an_action_the_state_forbids_is_refused_with_a_sentence_and_the_text_kept(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    withdraw_complaint(complaint_id=complaint.pk)
    response = press(staff, complaint, "answer", body="Trop tard.")
    shown = response.content.decode()
    assert response.status_code == 409
    assert "n’est plus possible dans l’état actuel" in shown
    assert "Trop tard.</textarea>" in shown


def test_pressing_twice_does_it_once(staff, desk):
    complaint = ComplaintFactory(desk=desk, state="in-progress")
    seen = last_event(complaint)
    press(staff, complaint, "message", body="Bonjour", seen=seen)
    assert press(staff, complaint, "message", body="Bonjour", seen=seen).status_code == 409
    assert Event.objects.filter(case=complaint, kind="message-out").count() == 1


@pytest.mark.parametrize("seen", ["", "x", "-1"])
def test_a_page_that_does_not_say_what_it_saw_does_nothing(staff, desk, seen):
    complaint = ComplaintFactory(desk=desk)
    assert press(staff, complaint, "acknowledge", seen=seen).status_code == 422
    assert now(complaint).state == "received"


def test_files_of_an_action_that_did_not_happen_are_not_kept(staff, desk, agent):
    complaint = ComplaintFactory(desk=desk)
    seen = last_event(complaint)
    acknowledge_complaint(complaint_id=complaint.pk, user=agent)
    press(staff, complaint, "answer", body="Voici.", documents=[upload()], seen=seen)
    assert not Document.objects.exists()


def test_somebody_elses_case_cannot_be_acted_on(staff):
    complaint = ComplaintFactory()
    assert press(staff, complaint, "acknowledge").status_code == 404
    assert now(complaint).state == "received"


def test_opening_an_actions_address_leads_back_to_the_case(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    assert staff.get(f"{LIST}{complaint.pk}/answer/")["Location"] == f"{LIST}{complaint.pk}/"


def test_an_unknown_action_does_not_exist(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    assert staff.post(f"{LIST}{complaint.pk}/withdraw/").status_code == 404
