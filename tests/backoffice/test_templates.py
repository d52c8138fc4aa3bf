"""Templates of texts: put into an action, filled in, seen beforehand, written in the back-office (F15)."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from complaints.models import AnswerTemplate, Complaint, Event
from complaints.roles import PROCEDURES
from tests.factories.complaints import (
    AnswerTemplateFactory,
    ComplaintFactory,
    DeskFactory,
    MediationFactory,
    OutcomeFactory,
    ReasonFactory,
)

from .conftest import signed_in
from .test_actions import last_event, press
from .test_roles import holder

LIST = "/gestion/complaints/complaint/"
PERSON = {"complainant__first_name": "Amina", "complainant__last_name": "El Amrani"}


@pytest.mark.req("F15")
def test_a_template_is_put_after_what_was_typed_and_nothing_is_sent(staff, desk):
    template = AnswerTemplateFactory()
    complaint = ComplaintFactory(desk=desk, **PERSON)
    events = Event.objects.count()
    page = press(staff, complaint, "answer", body="Déjà écrit.", template=template.pk, insert="1")
    block = next(each for each in page.context["blocks"] if each["action"].name == "answer")
    assert block["text"] == f"Déjà écrit.\n\nBonjour Amina El Amrani, au sujet de {complaint} : {{a_completer}}."
    assert (page.status_code, block["errors"], block["begun"]) == (200, {}, str(template.pk))
    assert Event.objects.count() == events


@pytest.mark.req("F15")
def test_the_script_gets_the_text_in_the_language_of_the_person(staff, desk):
    template = AnswerTemplateFactory()
    complaint = ComplaintFactory(desk=desk, language="ar", **PERSON)
    text = staff.get(f"{LIST}{complaint.pk}/modeles/{template.pk}/").content.decode()
    assert text == "السلام عليكم Amina El Amrani"


def test_a_text_with_a_variable_left_is_refused_and_one_without_counts_its_template(staff, desk):
    template = AnswerTemplateFactory()
    complaint = ComplaintFactory(desk=desk)
    page = press(staff, complaint, "answer", body="Voici : {a_completer}.", begun=template.pk)
    assert page.status_code == 422
    assert "entre accolades : {a_completer}." in page.content.decode()
    press(staff, complaint, "answer", body="Voici : c’est réglé.", begun=template.pk)
    template.refresh_from_db()
    assert template.used == 1


def test_a_desk_begins_only_from_its_own_templates_and_those_of_all(staff, desk):
    theirs = AnswerTemplateFactory(organisation=DeskFactory().organisation)
    complaint = ComplaintFactory(desk=desk)
    assert staff.get(f"{LIST}{complaint.pk}/modeles/{theirs.pk}/").status_code == 404
    own = AnswerTemplateFactory(organisation=desk.organisation, desk=desk, title_fr="À nous")
    beside = AnswerTemplateFactory(organisation=desk.organisation, desk=DeskFactory(organisation=desk.organisation))
    assert list(AnswerTemplate.objects.of_desk(desk)) == [own]
    assert beside.is_active


def test_a_preview_shows_the_page_the_e_mail_and_the_letter_and_writes_nothing(staff, desk, agent):
    MediationFactory(desk=desk)
    complaint = ComplaintFactory(desk=desk, channel="post", entered_by=agent)
    before = Event.objects.count()
    given = {"body": "Voici notre réponse.", "seen": last_event(complaint)}
    page = staff.post(f"{LIST}{complaint.pk}/answer/", given | {"preview": "page"}).content.decode()
    assert page.count("Le médiateur de l’assurance") == 2  # the page and the e-mail
    assert "Voici notre réponse." in page
    assert "Le service vous répond" not in page  # it will have answered
    assert "Vous pouvez encore rouvrir votre réclamation" in page
    letter = staff.post(f"{LIST}{complaint.pk}/answer/", given | {"preview": "letter"})
    assert letter["Content-Type"] == "application/pdf"
    assert Event.objects.count() == before
    assert Complaint.objects.get(pk=complaint.pk).state == "received"


@pytest.mark.parametrize("control", ["\u202a", "\u202e", "\u2066", "\u2067", "\0"], ids=ascii)
@pytest.mark.parametrize("action", ["acknowledge", "ask_complement", "message", "answer", "close"])
def test_a_preview_shows_nothing_that_turns_its_text_around(staff, desk, action, control):
    complaint = ComplaintFactory(desk=desk)
    body = f"رقم {control}الملف{control} facture.{control}fdp.exe"
    answer = staff.post(
        f"{LIST}{complaint.pk}/{action}/", {"body": body, "seen": last_event(complaint), "preview": "page"}
    )
    page = answer.content.decode()
    assert answer.status_code == 200
    assert control not in page
    assert "رقم الملف facture.fdp.exe" in page


def test_the_answer_form_asks_for_the_outcome_and_the_thread_tells_it_to_the_desk(staff, desk):
    outcome, reason = OutcomeFactory(kind="unfavourable", name_fr="Défavorable"), ReasonFactory()
    complaint = ComplaintFactory(desk=desk)
    page = press(staff, complaint, "answer", body="Non.", outcome=outcome.pk)
    assert page.status_code == 422
    assert "au moins un motif" in page.content.decode()
    page = press(staff, complaint, "answer", body="Non.", outcome=outcome.pk, reasons=[reason.pk])
    assert "Défavorable : Hors garantie" in page.content.decode()
    assert Complaint.objects.get(pk=complaint.pk).state == "answered"


# --- Written in the back-office


def test_unknown_variables_are_refused_with_their_names():
    template = AnswerTemplateFactory.build(body_fr="{nom} {user.password} {0}")
    with pytest.raises(ValidationError, match=r"\{user.password\}, \{0\}"):
        template.clean()


def test_a_letter_that_leaves_by_itself_asks_nothing_of_an_agent():
    with pytest.raises(ValidationError, match="part sans agent"):
        AnswerTemplateFactory.build(use="late", body_fr="Nous sommes en retard. {agent}").clean()


def test_who_keeps_the_procedures_writes_templates_and_sees_them_on_an_example(desk):
    writer = signed_in(holder(PROCEDURES, desk))
    added = writer.get("/gestion/complaints/answertemplate/add/").content.decode()
    assert "{date_reception}" in added
    sent = {"title_fr": "Accusé", "use": "acknowledge", "body_fr": "Bonjour {nom}", "code": "accuse", "position": 1}
    sent["organisation"] = desk.organisation_id
    assert writer.post("/gestion/complaints/answertemplate/add/", sent).status_code == 302
    template = AnswerTemplate.objects.get(code="accuse")
    shown = writer.get(f"/gestion/complaints/answertemplate/{template.pk}/apercu/").content.decode()
    assert "Bonjour Prénom Nom" in shown


def test_a_supervisor_sees_a_template_on_the_latest_case(administrator, desk):
    complaint = ComplaintFactory(desk=desk, **PERSON)
    template = AnswerTemplateFactory()
    shown = signed_in(administrator).get(f"/gestion/complaints/answertemplate/{template.pk}/apercu/").content.decode()
    assert f"Bonjour Amina El Amrani, au sujet de {complaint}" in shown
