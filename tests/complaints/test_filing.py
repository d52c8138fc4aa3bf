"""Filing at a desk, page by page, and what it writes."""

from __future__ import annotations

import base64
import json
from datetime import timedelta

import altcha
import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from claims_portal.accounts import human
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import LegalText
from claims_portal.wizards.models import Draft
from complaints.models import Complaint
from tests.factories.complaints import ConsentTextFactory, DeskFactory
from tests.factories.documents import upload

from .public import answer_all, at, begin, file, send


@pytest.fixture(autouse=True)
def _no_waiting(db, settings):
    """Who files in these tests has waited already."""
    settings.PATIENCE_SECONDS = 0


@pytest.fixture
def desk(db: None):
    return DeskFactory.create()


@pytest.fixture
def draft(client: Client, desk) -> Draft:
    return begin(client, desk)


def page(client: Client, draft: Draft, step: str) -> str:
    return client.get(at(draft, step)).content.decode()


# --- Is it a complaint? -------------------------------------------------------------------------------------------


@pytest.mark.req("C5", "C6", "C13")
def test_a_complaint_goes_on_to_its_subject(client, draft):
    assert client.post(at(draft, "demande"), {"kind": "complaint"}).headers["Location"] == at(draft, "reclamation")


@pytest.mark.req("C7", "C9", "C11", "C13", "F34")
@pytest.mark.parametrize("kind", ["information", "clarification", "confirmation"])
def test_a_question_is_shown_the_shorter_way_and_may_still_go_on(client, draft, kind):
    answer = client.post(at(draft, "demande"), {"kind": kind}, follow=True)
    shown = answer.content.decode()
    assert "Ce n’est pas une réclamation" in shown
    assert at(draft, "reclamation") in shown
    assert client.get(at(draft, "reclamation")).status_code == 200


@pytest.mark.req("C15", "C16", "C17")
def test_the_shorter_way_names_every_channel_of_the_desk(client, desk):
    desk.phone, desk.email, desk.postal_address_fr = "01 47 70 30 97", "ecrire@atlas.example", "5, rue X\n75009 Paris"
    desk.save()
    draft = begin(client, desk)
    shown = client.post(at(draft, "demande"), {"kind": "information"}, follow=True).content.decode()
    for words in (desk.phone, desk.email, "5, rue X", "75009 Paris"):
        assert words in shown


def test_saying_nothing_at_the_gate_is_asked_again(client, draft):
    assert "Choisissez ce qui ressemble le plus" in client.post(at(draft, "demande"), {}).content.decode()


# --- The pages ----------------------------------------------------------------------------------------------------


@pytest.mark.req("A22")
def test_beginning_makes_a_draft_of_ones_own(client, desk):
    answer = client.post(f"/reclamations/{desk.code}/commencer/")
    assert answer.headers["Location"] == at(Draft.objects.get(), "demande")
    assert client.get(f"/reclamations/{desk.code}/commencer/").headers["Location"] == f"/reclamations/{desk.code}/"


def test_a_closed_desk_takes_no_complaint(client, desk):
    desk.is_open = False
    desk.save()
    assert client.post(f"/reclamations/{desk.code}/commencer/").status_code == 404


@pytest.mark.req("A9", "A23", "C27", "C31")
def test_the_subject_is_chosen_among_those_of_the_desk(client, draft):
    shown = page(client, draft, "reclamation")
    assert "Retard de remboursement" in shown
    refused = client.post(at(draft, "reclamation"), {"category": "999999"}).content.decode()
    assert "Choisissez un sujet de la liste." in refused


@pytest.mark.req("A23")
def test_only_what_the_desk_asks_is_asked(client):
    desk = DeskFactory(asks=["policy_number", "nir"])
    draft = begin(client, desk)
    subject, person = page(client, draft, "reclamation"), page(client, draft, "reclamant")
    assert 'name="policy_number"' in subject
    assert 'name="claim_reference"' not in subject
    assert 'name="nir"' in person
    assert 'name="cin"' not in person


def test_another_company_than_those_listed_is_named(client):
    draft = begin(client, DeskFactory(asks=["respondent"]))
    category = str(draft.desk.categories.values_list("pk", flat=True)[0])
    typed = {"category": category, "respondent": "other"}
    assert "Indiquez le nom de l’organisme concerné." in client.post(at(draft, "reclamation"), typed).content.decode()


@pytest.mark.req("C32", "F32")
def test_the_story_and_the_wish_are_told_in_ones_own_words(client, desk):
    complaint = file(client, desk, faits={"facts": "L’été  dernier…\n\nبعد ذلك", "desired_outcome": "Des excuses."})
    assert complaint.facts == "L’été  dernier…\n\nبعد ذلك"
    assert complaint.desired_outcome == "Des excuses."


def test_a_story_that_is_too_long_is_told_by_how_much(client, draft):
    shown = client.post(at(draft, "faits"), {"facts": "a" * 20_001}).content.decode()
    assert "20" in shown
    assert "Raccourcissez-le" in shown


@pytest.mark.parametrize(("day", "told"), [("2999-01-01", "dans le futur"), ("1850-01-01", "trop ancienne")])
def test_an_impossible_date_is_said(client, draft, day, told):
    assert told in client.post(at(draft, "faits"), {"facts": "x", "event_date": day}).content.decode()


@pytest.mark.req("A24", "A34", "C24", "C25")
def test_an_e_mail_or_a_mobile_is_needed_and_one_is_enough(client, draft):
    person = {"quality": "insured", "last_name": "El Amrani", "first_name": "Amina"}
    shown = client.post(at(draft, "reclamant"), person).content.decode()
    assert "l’un des deux ouvre le suivi" in shown
    assert client.post(at(draft, "reclamant"), person | {"mobile": "0612345678"}).status_code == 302
    assert client.post(at(draft, "reclamant"), person | {"email": "amina@exemple.ma"}).status_code == 302


@pytest.mark.req("A24", "C20", "C21", "C24")
def test_name_first_name_and_a_whole_address_are_asked_for(client, draft):
    shown = client.post(at(draft, "reclamant"), {"email": "amina@"}).content.decode()
    for told in ("Indiquez votre nom.", "Indiquez votre prénom.", "Cette adresse e-mail n’est pas complète"):
        assert told in shown


@pytest.mark.req("A24")
def test_who_acts_for_somebody_says_for_whom(client, draft):
    person = {"quality": "agent", "last_name": "Alami", "first_name": "Karim", "email": "karim@exemple.ma"}
    assert "que vous représentez" in client.post(at(draft, "reclamant"), person).context["form"].errors.as_text()
    assert client.post(at(draft, "reclamant"), person | {"represented_name": "Amina El Amrani"}).status_code == 302


def test_an_heir_may_name_the_late_insured_person_and_reads_it_again(client, draft):
    answer_all(client, draft, reclamant={"quality": "heir", "represented_name": "Ahmed Bennani"})
    assert "Ahmed Bennani" in page(client, draft, "verification")


# --- The check page -----------------------------------------------------------------------------------------------


@pytest.mark.req("N3")
def test_the_check_page_leads_back_to_what_is_missing(client, draft):
    assert client.get(at(draft, "verification")).headers["Location"] == at(draft, "demande") + "?revoir"


def test_the_check_page_shows_everything_with_the_way_to_change_it(client, draft):
    answer_all(client, draft)
    shown = page(client, draft, "verification")
    for words in ("Retard de remboursement", "amina@exemple.ma", "15 janvier 2026", "Aucun document joint."):
        assert words in shown
    for step in ("reclamation", "faits", "reclamant", "ayants-droit", "pieces"):
        assert f'href="{at(draft, step)}?revoir"' in shown


@pytest.mark.req("A25")
def test_the_people_already_added_show_with_what_ties_them(client, draft):
    child = {"last_name": "El Amrani", "first_name": "Yasmine", "relation": "child", "action": "add"}
    client.post(at(draft, "ayants-droit"), child)
    shown = page(client, draft, "ayants-droit").split('class="files people"', 1)[1].split("</ul>", 1)[0]
    assert "Yasmine El Amrani" in shown
    assert "Enfant" in shown


def test_who_changes_one_page_comes_back_to_the_check(client, draft):
    answer_all(client, draft)
    answer = client.post(at(draft, "faits") + "?revoir", {"facts": "Autrement dit."})
    assert answer.headers["Location"] == at(draft, "verification")


@pytest.mark.req("N3", "N6")
def test_a_mandate_that_is_missing_is_a_warning_and_no_refusal(client, draft):
    answer_all(client, draft, reclamant={"quality": "agent", "represented_name": "Amina El Amrani"})
    assert "aucun mandat n’est joint" in page(client, draft, "verification")
    assert send(client, draft).headers["Location"] == at(draft, "fait")


@pytest.mark.req("N3")
def test_a_joined_mandate_silences_the_warning(client, draft):
    answer_all(client, draft, reclamant={"quality": "agent", "represented_name": "Amina El Amrani"})
    client.post(at(draft, "pieces"), {"kind": "mandate", "files": [upload()]})
    assert "aucun mandat n’est joint" not in page(client, draft, "verification")


@pytest.mark.parametrize("step", ["pieces", "verification"])
def test_what_a_joined_file_shows_is_said_beside_it(client, draft, step):
    answer_all(client, draft)
    client.post(at(draft, "pieces"), {"kind": "mandate", "files": [upload()]})
    assert 'file-facts">Mandat ou procuration · ' in page(client, draft, step)


@pytest.mark.req("N3")
def test_an_answer_already_received_is_asked_for(client, draft):
    answer_all(client, draft, faits={"prior_answer": "On m’a dit non."})
    assert "réponse déjà reçue" in page(client, draft, "verification")
    client.post(at(draft, "pieces"), {"kind": "prior-answer", "files": [upload()]})
    assert "joignez-la si vous l’avez" not in page(client, draft, "verification")


def test_a_file_that_we_cannot_keep_is_said_to_be_our_fault_and_stops_nobody(client, draft, tmp_path):
    answer_all(client, draft)
    (tmp_path / "private").write_text("a file where the folder of private files should be")
    answer = client.post(at(draft, "pieces"), {"kind": "evidence", "action": "upload", "files": [upload()]})
    assert "le problème vient de nous" in answer.content.decode()
    assert send(client, draft).headers["Location"] == at(draft, "fait")


@pytest.mark.req("F7")
def test_the_same_thing_told_again_by_the_same_person_is_a_warning_and_no_refusal(client, desk):
    file(client, desk)
    retold = " Mon remboursement n’ARRIVE pas depuis  trois mois."
    draft = answer_all(client, begin(client, desk), faits={"facts": retold})
    assert "Vous avez déjà déposé la même réclamation" in page(client, draft, "verification")
    assert send(client, draft).headers["Location"] == at(draft, "fait")
    assert Complaint.objects.count() == 2


@pytest.mark.req("F7")
def test_the_same_words_of_somebody_else_are_no_repetition(client, desk):
    file(client, desk)
    draft = answer_all(client, begin(client, desk), reclamant={"email": "youssef@exemple.ma"})
    assert "déjà déposé" not in page(client, draft, "verification")


def test_another_story_of_the_same_person_is_no_repetition(client, desk):
    file(client, desk)
    draft = answer_all(client, begin(client, desk), faits={"facts": "Autre chose."})
    assert "déjà déposé" not in page(client, draft, "verification")


def test_without_consent_nothing_is_sent_and_it_is_said(client, draft):
    answer_all(client, draft)
    assert "Cochez cette case" in send(client, draft, consent="").content.decode()
    assert not Complaint.objects.exists()


def test_the_text_somebody_agreed_to_is_kept_with_its_version(client, desk):
    old = LegalText.objects.get(organisation=desk.organisation)
    complaint = file(client, desk)
    ConsentTextFactory(organisation=desk.organisation, version="2")
    complaint.refresh_from_db()
    assert complaint.consent_text == old
    assert complaint.consented_at is not None


def test_sms_are_offered_to_who_gave_a_mobile_only(client, draft):
    answer_all(client, draft)
    assert 'name="wants_sms"' in page(client, draft, "verification")
    answer_all(client, draft, reclamant={"mobile": ""})
    assert 'name="wants_sms"' not in page(client, draft, "verification")


def test_who_asked_for_sms_gets_them_and_others_do_not(client, desk):
    for wanted in ("", "on"):
        draft = answer_all(client, begin(client, desk))
        send(client, draft, **({"wants_sms": wanted} if wanted else {}))
    assert list(Complaint.objects.order_by("pk").values_list("wants_sms", flat=True)) == [False, True]
    assert Message.objects.filter(channel="sms").count() == 1


def test_a_mobile_alone_is_told_by_sms(client, desk):
    complaint = file(client, desk, reclamant={"email": ""})
    assert complaint.wants_sms
    assert [each.channel for each in Message.objects.all()] == ["sms"]


# --- Sending ------------------------------------------------------------------------------------------------------


@pytest.mark.req("F36")
def test_who_sends_too_soon_without_javascript_is_told_to_wait(client, draft, settings):
    settings.PATIENCE_SECONDS = 20
    answer_all(client, draft)
    shown = send(client, draft)
    assert "Attendez encore" in shown.content.decode()
    assert not Complaint.objects.exists()
    with time_machine.travel(timezone.now() + timedelta(seconds=21)):
        assert send(client, draft, waiting=shown.context["waiting"]).status_code == 302


def test_the_browsers_proof_replaces_the_wait(client, draft, settings, monkeypatch):
    settings.PATIENCE_SECONDS = 20
    monkeypatch.setattr(human, "PROOF_EFFORT", 50)
    answer_all(client, draft)
    task = json.loads(client.get(at(draft, "verification")).context["challenge"])
    number = altcha.solve_challenge(task["challenge"], task["salt"], task["algorithm"], 50).number
    proof = base64.b64encode(json.dumps(task | {"number": number}).encode()).decode()
    assert send(client, draft, proof=proof, waiting="").status_code == 302


@pytest.mark.parametrize("scope", ["filing-address", "filing-patient-address"])
def test_filing_from_one_address_is_limited(client, draft, settings, scope):
    settings.THROTTLES = settings.THROTTLES | {scope: (0, 3600)}
    answer_all(client, draft)
    assert send(client, draft).status_code == 429
    assert not Complaint.objects.exists()
    assert Draft.objects.get().answers["faits"]


@pytest.mark.req("A12", "F2")
def test_the_confirmation_shows_the_number_and_what_comes_next(client, desk):
    complaint = file(client, desk)
    shown = client.get(f"/reclamations/depot/{complaint.draft_id}/fait/").content.decode()
    for words in (str(complaint), "amina@exemple.ma", "accuse.pdf", "Le service vous répond", "au plus tard le"):
        assert words in shown


@pytest.mark.req("F2")
def test_who_gave_no_address_is_told_to_note_the_number(client, desk):
    desk.procedure.offers_sms = False
    desk.procedure.save()
    complaint = file(client, desk, reclamant={"email": ""})
    Complaint.objects.update(wants_sms=False)
    shown = client.get(f"/reclamations/depot/{complaint.draft_id}/fait/").content.decode()
    assert "notez bien ce numéro" in shown


def test_the_confirmation_closes_with_the_right_to_follow(client, desk):
    complaint = file(client, desk)
    with time_machine.travel(timezone.now() + timedelta(minutes=31)):
        answer = client.get(f"/reclamations/depot/{complaint.draft_id}/fait/")
    assert answer.headers["Location"] == "/reclamations/suivi/"


def test_back_after_sending_leads_to_the_confirmation(client, desk):
    complaint = file(client, desk)
    draft = Draft.objects.get()
    for answer in (
        client.get(at(draft, "faits")),
        client.post(at(draft, "faits"), {"facts": "x"}),
        send(client, draft),
    ):
        assert answer.headers["Location"] == at(draft, "fait")
    assert Complaint.objects.get() == complaint
