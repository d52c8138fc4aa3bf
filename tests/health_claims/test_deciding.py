"""What the desk decides about declarations: one claim, a coded reason, one message, and only as it was seen."""

from __future__ import annotations

import threading
from typing import Any

import pytest
from django.db import connection

from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.services.assignment import assign_case
from claims_portal.cases.services.changes import as_seen
from claims_portal.notifications.models import Message
from health_claims.models import Claim, Declaration, Reason
from health_claims.services import claims, deciding, giving_back, papers
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import DeclarationFactory, ReasonFactory
from tests.factories.health_claims_claims import ClaimFactory
from tests.factories.organisations import OrganisationFactory
from tests.factories.papers import PaperFactory

pytestmark = pytest.mark.django_db


@pytest.fixture
def declaration(db: None) -> Declaration:
    return DeclarationFactory.create()


@pytest.fixture
def agent(declaration: Declaration) -> Any:
    return AgentFactory.create(desks=[declaration.desk])


@pytest.mark.req("D147", "E5")
def test_a_validated_declaration_opens_one_claim_with_what_was_declared(declaration, agent):
    claim = deciding.validate_declaration(declaration_id=declaration.pk, user=agent)
    declaration.refresh_from_db()
    assert (declaration.state, declaration.decided_by) == ("validated", agent)
    assert (claim.declaration, claim.amount, claim.care_date) == (
        declaration,
        declaration.amount,
        declaration.care_date,
    )
    assert claim.number != ""
    with pytest.raises(TransitionNotAllowed):
        deciding.validate_declaration(declaration_id=declaration.pk, user=agent)
    assert Claim.objects.count() == 1


@pytest.mark.req("D148", "D151", "D153", "E126", "E127")
@pytest.mark.parametrize("decision", ["validate", "reject", "ask"])
def test_each_change_is_told_once_without_a_word_about_the_care(declaration, agent, decision):
    before = set(Message.objects.values_list("pk", flat=True))
    match decision:
        case "validate":
            told = deciding.validate_declaration(declaration_id=declaration.pk, user=agent).number
        case "reject":
            reason = ReasonFactory.create()
            deciding.reject_declaration(declaration_id=declaration.pk, user=agent, reason=reason, note="Optique floue")
            told = declaration.number
        case _:
            deciding.ask_declaration_complement(declaration_id=declaration.pk, user=agent, note="Optique : la facture")
            told = declaration.number
    message = Message.objects.exclude(pk__in=before).get()
    assert told in message.body_text
    for secret in (declaration.prestation.name, "Optique", "2100", declaration.member.last_name):
        assert secret not in message.body_text + message.subject


@pytest.mark.req("D150", "D152")
def test_a_rejection_keeps_its_reason_and_opens_nothing(declaration, agent):
    reason = ReasonFactory.create()
    deciding.reject_declaration(declaration_id=declaration.pk, user=agent, reason=reason, note="Page 2")
    declaration.refresh_from_db()
    assert (declaration.state, declaration.reason, declaration.reason_note) == ("rejected", reason, "Page 2")
    assert not Claim.objects.exists()


def test_a_reason_of_another_organisation_or_use_is_refused(declaration, agent):
    foreign = ReasonFactory.create(organisation=OrganisationFactory.create(), code="other")
    wrong = ReasonFactory.create(use=Reason.Use.COMPLEMENT)
    for reason in (foreign, wrong):
        with pytest.raises(ValueError, match="of this organisation"):
            deciding.reject_declaration(declaration_id=declaration.pk, user=agent, reason=reason)
    declaration.refresh_from_db()
    assert declaration.state == "created"


@pytest.mark.parametrize("use", ["complement", "refusal", "paper", "account"])
def test_whatever_is_decided_names_a_reason_of_its_own_use_and_organisation(agent, use):
    paper, claim = PaperFactory.create(), ClaimFactory.create()

    def decide(reason: Reason) -> Any:
        match use:
            case "complement":
                return claims.ask_claim_complement(claim_id=claim.pk, user=agent, reason=reason)
            case "refusal":
                return claims.refuse_claim(claim_id=claim.pk, user=agent, reason=reason)
            case "paper":
                return papers.refuse_paper(paper_id=paper.pk, user=agent, reason=reason)
            case _:
                return giving_back.give_back(account_id=claim.member.account.pk, user=agent, reason=reason)

    foreign = ReasonFactory.create(organisation=OrganisationFactory.create(), use=use)
    for wrong in (foreign, ReasonFactory.create(use=Reason.Use.ABATEMENT)):
        with pytest.raises(ValueError, match="of this organisation"):
            decide(wrong)
    assert decide(ReasonFactory.create(use=use))


def test_a_complement_says_what_is_asked_and_leaves_the_declaration_created(declaration, agent):
    with pytest.raises(ValueError, match="what is asked"):
        deciding.ask_declaration_complement(declaration_id=declaration.pk, user=agent, note="  ")
    deciding.ask_declaration_complement(declaration_id=declaration.pk, user=agent, note="La facture acquittée.")
    declaration.refresh_from_db()
    assert (declaration.state, declaration.assigned_to) == ("created", agent)
    assert declaration.complement_asked_at is not None


def test_what_was_seen_before_a_change_is_not_acted_on(declaration, agent):
    seen = declaration.events.last().pk
    assign_case(Declaration, case_id=declaration.pk, user=agent)
    act = as_seen(Declaration, case_id=declaration.pk, last_event_id=seen)
    with pytest.raises(ChangedMeanwhile) as caught, act:
        pytest.fail("Nothing is done on a page that is not true any more.")
    assert [event.kind for event in caught.value.events] == ["assign"]


@pytest.mark.django_db(transaction=True)
def test_two_agents_at_the_same_moment_open_one_claim():
    declaration = DeclarationFactory.create()
    agents = AgentFactory.create_batch(2, desks=[declaration.desk])
    results: list[str] = []
    together = threading.Barrier(2)

    def decide(user: Any) -> None:
        together.wait()
        try:
            results.append(deciding.validate_declaration(declaration_id=declaration.pk, user=user).number)
        except TransitionNotAllowed:
            results.append("too late")
        finally:
            connection.close()

    threads = [threading.Thread(target=decide, args=(each,)) for each in agents]
    for each in threads:
        each.start()
    for each in threads:
        each.join()
    assert sorted(results) == sorted([Claim.objects.get().number, "too late"])
