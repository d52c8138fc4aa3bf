"""A case that goes on elsewhere has a coded outcome, so that figures tell it from one that still waits."""

from __future__ import annotations

import pytest

from claims_portal.backoffice.periods import Period
from complaints.answering import answering_of
from complaints.figures import figures
from complaints.models import Answer, Complaint, Outcome, Recipient
from complaints.services.following import reopen_complaint, withdraw_complaint
from complaints.services.linking import merge_complaint
from complaints.services.referring import refer_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory, OutcomeFactory

pytestmark = pytest.mark.django_db
PERSON = {"complainant__email": "amina@exemple.ma"}


@pytest.fixture
def desk():
    return DeskFactory()


@pytest.fixture
def agent(desk):
    return AgentFactory(desks=[desk])


def referred(desk, agent) -> Complaint:
    to = Recipient.objects.create(
        organisation=desk.organisation, name_fr="CNSS", treats_fr="AMO", postal_address_fr="Rue"
    )
    complaint = ComplaintFactory(desk=desk)
    refer_complaint(complaint_id=complaint.pk, user=agent, recipient_id=to.pk, body="")
    return complaint


def standing(complaint: Complaint) -> list[str]:
    return list(Answer.objects.filter(complaint=complaint, stands=True).values_list("outcome__kind", flat=True))


def test_a_merged_case_ends_as_merged_even_when_it_was_answered_before(desk, agent):
    OutcomeFactory()
    ends, goes_on = ComplaintFactory(desk=desk, state="answered", **PERSON), ComplaintFactory(desk=desk, **PERSON)
    assert standing(ends) == ["favourable"]
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    assert (standing(ends), standing(goes_on)) == (["merged"], [])


def test_a_referred_case_ends_as_referred_until_it_is_reopened(desk, agent):
    complaint = referred(desk, agent)
    assert standing(complaint) == ["referred"]
    reopen_complaint(complaint_id=complaint.pk, reason="Ce n’est pas eux.")
    assert standing(complaint) == []


def test_the_outcome_is_made_once_in_both_languages_and_no_answer_offers_it(desk, agent):
    other = AgentFactory(desks=[elsewhere := DeskFactory()])
    referred(desk, agent), referred(elsewhere, other)
    outcome = Outcome.objects.get(kind="referred")
    assert outcome.name_fr == "Transmise à un autre organisme"
    assert outcome.name_ar
    assert answering_of(desk).outcomes == ()


@pytest.mark.req("F37")
def test_what_ended_without_an_answer_no_longer_waits_for_one(desk, agent):
    referred(desk, agent)
    withdraw_complaint(complaint_id=ComplaintFactory(desk=desk).pk)
    ComplaintFactory(desk=desk)
    ComplaintFactory(desk=desk, state="closed")
    found = figures(Complaint.objects.all(), Period.latest())
    assert (found.total.received, found.total.answered, found.total.closed) == (4, 1, 2)
    kinds = dict(Outcome.objects.values_list("pk", "kind"))
    assert [(kinds[line.key], line.received, line.closed) for line in found.by_outcome] == [("referred", 1, 1)]
