"""What an answer decides, why, and which mediators it names."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from claims_portal.backoffice.periods import Period
from claims_portal.notifications.models import Message
from claims_portal.notifications.notices import framed
from complaints import access
from complaints.answering import recourse
from complaints.figures import figures
from complaints.models import Answer, Complaint
from complaints.printing import letter_html
from complaints.services.answers import Decision, Unfinished
from complaints.services.following import reopen_complaint
from complaints.services.handling import answer_complaint, send_message
from tests.complaints.public import right_to
from tests.factories.complaints import (
    AgentFactory,
    ComplaintFactory,
    DeskFactory,
    MediationFactory,
    OutcomeFactory,
    ReasonFactory,
)

pytestmark = pytest.mark.django_db


def answered(complaint: Complaint, decision: Decision | None = None, body: str = "Voici notre réponse.") -> Answer:
    agent = AgentFactory(desks=[complaint.desk])
    answer_complaint(complaint_id=complaint.pk, user=agent, body=body, decision=decision)
    return Answer.objects.get(complaint=complaint, stands=True)


# --- Outcome and reasons (F37)


@pytest.mark.req("F37")
def test_an_answer_keeps_its_outcome_and_its_reasons():
    outcome, reason = OutcomeFactory(kind="unfavourable"), ReasonFactory()
    answer = answered(ComplaintFactory(), Decision(outcome, [reason]))
    assert (answer.outcome, list(answer.reasons.all())) == (outcome, [reason])


@pytest.mark.req("F37")
@pytest.mark.parametrize("kind", ["partial", "unfavourable"])
def test_what_is_not_wholly_given_needs_a_reason(kind):
    outcome = OutcomeFactory(kind=kind)
    ReasonFactory()
    complaint = ComplaintFactory()
    with pytest.raises(Unfinished, match="au moins un motif"):
        answered(complaint, Decision(outcome))
    complaint.refresh_from_db()
    assert complaint.state == "received"


def test_an_outcome_is_asked_for_where_there_are_some():
    OutcomeFactory()
    with pytest.raises(Unfinished, match="Choisissez l’issue"):
        answered(ComplaintFactory())


def test_an_outcome_of_another_organisation_is_refused():
    theirs = OutcomeFactory(organisation=DeskFactory().organisation)
    with pytest.raises(Unfinished, match="n’est plus proposé"):
        answered(ComplaintFactory(), Decision(theirs))


def test_the_figures_count_the_answer_that_stands_and_each_of_its_reasons():
    no, yes = OutcomeFactory(kind="unfavourable"), OutcomeFactory()
    first, second = ReasonFactory.create_batch(2)
    complaint = ComplaintFactory()
    answered(complaint, Decision(no, [first, second]))
    assert counted("by_outcome") == {no.pk: 1}
    assert counted("by_reason") == {first.pk: 1, second.pk: 1}
    reopen_complaint(complaint_id=complaint.pk, reason="Il manque un mois.")
    assert counted("by_outcome") == {}
    answered(complaint, Decision(yes))
    assert (counted("by_outcome"), counted("by_reason")) == ({yes.pk: 1}, {})


def counted(part: str) -> dict[int, int]:
    return {line.key: line.answered for line in getattr(figures(Complaint.objects.all(), Period.latest()), part)}


# --- Words that wait


@pytest.mark.parametrize("act", [send_message, answer_complaint])
def test_a_text_that_still_holds_a_variable_does_not_leave(act):
    complaint = ComplaintFactory()
    with pytest.raises(Unfinished, match=r"\{a_completer\}"):
        act(complaint_id=complaint.pk, user=AgentFactory(desks=[complaint.desk]), body="Voici : {a_completer}.")


# --- Mediators (rows C40–C46, K2)


@pytest.fixture
def two_mediators():
    desk = DeskFactory()
    MediationFactory(desk=desk, risk_bearer="insurer", mediator__name_fr="Médiateur de l’assurance")
    MediationFactory(desk=desk, risk_bearer="provident", mediator__name_fr="Médiateur du CTIP")
    return desk


@pytest.mark.req("C41", "C44", "K2")
@pytest.mark.parametrize(
    ("risk_bearer", "named", "left"),
    [
        ("insurer", ["Médiateur de l’assurance"], ["CTIP", "Si votre contrat"]),
        ("provident", ["Médiateur du CTIP"], ["l’assurance", "Si votre contrat"]),
        ("", ["porté par un assureur :\nMédiateur de l’assurance", "de prévoyance :\nMédiateur du CTIP"], []),
    ],
)
def test_the_risk_bearer_says_which_mediator_an_answer_names(two_mediators, risk_bearer, named, left):
    complaint = ComplaintFactory(desk=two_mediators)
    text = answered(complaint, Decision(OutcomeFactory(), risk_bearer=risk_bearer)).recourse
    assert all(words in text for words in named)
    assert not any(words in text for words in left)
    complaint.refresh_from_db()
    assert complaint.risk_bearer == risk_bearer


def test_the_category_says_the_risk_bearer_where_the_agent_does_not(two_mediators):
    two_mediators.categories.update(risk_bearer="provident")
    assert "assurance" not in answered(ComplaintFactory(desk=two_mediators)).recourse


@pytest.mark.req("C40")
def test_even_a_favourable_answer_names_the_mediator_by_e_mail_on_paper_and_on_the_dashboard(client):
    desk = DeskFactory()
    mediator = MediationFactory(desk=desk).mediator
    complaint = ComplaintFactory(desk=desk)
    event = answered(complaint, Decision(OutcomeFactory())).event
    session = client.session
    session[access.SESSION_KEY] = {complaint.number: right_to(complaint)}
    session.save()
    mail = Message.objects.get(notice="complaints.answered")
    dashboard = client.get(f"/reclamations/suivi/{complaint.number}/").content.decode()
    for paper in (mail.body_text, framed(mail), letter_html(event), dashboard):
        assert mediator.name_fr in paper
        assert "TSA 50110, 75441 Paris Cedex 09" in paper


def test_an_answer_keeps_the_words_that_were_sent_in_the_persons_language():
    desk = DeskFactory()
    mediator = MediationFactory(desk=desk).mediator
    answer = answered(ComplaintFactory(desk=desk, language="ar"))
    mediator.name_ar = "وسيط آخر"
    mediator.save()
    answer.refresh_from_db()
    assert "وسيط التأمين" in answer.recourse


def test_a_paragraph_the_agent_already_wrote_is_not_said_twice():
    desk = DeskFactory()
    MediationFactory(desk=desk)
    body = "Voici.\r\n\r\n" + recourse(desk).replace("\n", "\r\n")
    assert answered(ComplaintFactory(desk=desk), body=body).recourse == ""


def test_a_mediator_is_named_only_while_it_is_valid():
    desk = DeskFactory()
    MediationFactory(desk=desk, mediator__valid_to=timezone.localdate() - timedelta(days=1))
    assert recourse(desk) == ""
