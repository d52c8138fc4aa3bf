"""« À qui de jouer » : the clock of each party, and what a silence of the desk opens by itself."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from complaints.models import Complaint, Event, EventKind
from complaints.presentation import standing
from complaints.printing import case_html
from complaints.services import following
from complaints.workflow import State
from tests.factories.complaints import AgentFactory, ComplaintFactory, MediationFactory, lead_to

from .public import dashboard, follow

pytestmark = pytest.mark.django_db
OVER = timedelta(days=120)
LATE = "elle est en retard"


def shown(complaint: Complaint, prefix: str = "") -> str:
    client = Client()
    follow(client, complaint)
    return client.get(prefix + dashboard(complaint)).content.decode()


@pytest.fixture
def complaint() -> Complaint:
    return ComplaintFactory.create(complainant__email="amina@exemple.ma")


@pytest.mark.req("N7", "N2")
def test_an_answer_that_is_late_opens_the_next_recourse_on_the_dashboard_and_on_paper(complaint):
    mediator = MediationFactory(desk=complaint.desk).mediator
    assert mediator.name_fr not in shown(complaint)
    assert mediator.name_fr not in case_html(complaint)
    with time_machine.travel(timezone.now() + OVER):
        page, paper = shown(complaint), case_html(Complaint.objects.with_case().get(pk=complaint.pk))
        arabic = shown(complaint, "/ar")
    assert LATE in page
    assert "Réponse en retard" in paper
    for read in (page, paper):
        assert mediator.name_fr in read
        assert mediator.when_fr in read
    assert mediator.name_ar in arabic


@pytest.mark.req("N7")
@pytest.mark.parametrize(("risk_bearer", "named", "left"), [("insurer", "Un", "Deux"), ("provident", "Deux", "Un")])
def test_the_recourse_is_that_of_whoever_bears_the_risk(complaint, risk_bearer, named, left):
    MediationFactory(desk=complaint.desk, risk_bearer="insurer", mediator__name_fr="Médiateur Un")
    MediationFactory(desk=complaint.desk, risk_bearer="provident", mediator__name_fr="Médiateur Deux")
    complaint.desk.categories.update(risk_bearer=risk_bearer)
    with time_machine.travel(timezone.now() + OVER):
        page = shown(complaint)
    assert f"Médiateur {named}" in page
    assert f"Médiateur {left}" not in page


@pytest.mark.req("N7")
def test_a_desk_without_a_mediator_says_to_whom_to_write_after_a_reminder(complaint):
    complaint.desk.postal_address_fr = "1, rue des Exemples\nRabat"
    complaint.desk.save()
    with time_machine.travel(timezone.now() + OVER):
        page = shown(complaint)
    assert "Relancer le service" in page
    assert "1, rue des Exemples<br>Rabat" in page


@pytest.mark.req("N7")
@pytest.mark.parametrize("state", [State.COMPLEMENT, State.ANSWERED, State.CLOSED])
def test_nothing_is_late_while_the_desk_has_nothing_to_answer(complaint, state):
    lead_to(complaint, state, agent=AgentFactory.create(desks=[complaint.desk]))
    with time_machine.travel(timezone.now() + OVER):
        assert LATE not in shown(complaint)


@pytest.mark.req("N7", "A13")
@pytest.mark.parametrize(
    ("kind", "may_reopen", "said"),
    [
        (EventKind.REFERRED, True, "Un autre organisme s’occupe maintenant"),
        (EventKind.MERGED, False, "sous un autre numéro"),
        (EventKind.CLOSED, True, "est clôturée."),
        (EventKind.CLOSED_IN_SILENCE, False, "le délai pour la rouvrir est passé"),
    ],
)
def test_a_closed_case_says_how_it_ended(kind, may_reopen, said):
    ends = [Event(kind=kind, from_state=State.ANSWERED, to_state=State.CLOSED), Event(kind=EventKind.ARCHIVED)]
    assert said in standing(Complaint(state=State.CLOSED), ends, may_reopen=may_reopen)


@pytest.mark.req("N7")
def test_the_time_the_person_was_waited_for_is_their_clock_then_a_pause_with_its_days(complaint):
    lead_to(complaint, State.COMPLEMENT, agent=AgentFactory.create(desks=[complaint.desk]))
    page = shown(complaint)
    assert "Votre complément est attendu depuis le" in page
    assert "Délai de réponse en pause" in page
    with time_machine.travel(timezone.now() + timedelta(days=4)):
        following.write_to_desk(complaint_id=complaint.pk, body="Voici la facture.")
        page, paper = shown(complaint), case_html(Complaint.objects.with_case().get(pk=complaint.pk))
    assert "attendu depuis" not in page
    for read in (page, paper):
        assert "Pause du " in read
        assert "le service attendait un complément" in read
