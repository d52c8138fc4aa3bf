"""Care that needs a prior approval, and care declared late: cut as the contract says, told, and never by surprise."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts.models import AuditEntry
from claims_portal.documents.models import Document
from health_claims.computation import Cut
from health_claims.explanation import explain
from health_claims.models import Claim, Declaration, PriorApproval
from health_claims.services import approving, declaring
from health_claims.services.approving import Asked, Decided, enter_approval
from health_claims.services.estimating import Quote, estimate
from health_claims.services.statements import compute_statement
from health_claims.services.usage import Care
from membership.models import Member
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.documents import DocumentFactory, upload
from tests.factories.health_claims import DeclarationDraftFactory, DeclarationFactory, typed
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory
from tests.together import at_once

pytestmark = pytest.mark.django_db
DAY = date(2026, 3, 3)
GRANTED = Decided("granted", date(2026, 2, 10), "EP-77", date(2026, 2, 15), date(2026, 12, 31))


@pytest.fixture
def claim(db: None) -> Claim:
    """Of 3 March, under a contract that asks for a prior approval."""
    member = MemberFactory.create(activated=True)
    give_reasons()
    return ClaimFactory.create(
        member=member, guarantee=GuaranteeFactory.create(policy=member.policy, needs_prior_approval=True)
    )


def approve(claim: Claim, decided: Decided | None = GRANTED, *, patient: Any = None) -> PriorApproval:
    asked = Asked(claim.member, claim.prestation, date(2026, 2, 1), patient)
    return enter_approval(asked=asked, user=AgentFactory.create(), decided=decided)


def told(claim: Claim) -> str:
    """The computation of the newest statement in words."""
    steps = claim.statements.first().lines.get().steps
    return " ".join(explain(steps=steps, reasons={})).replace("<bdi>", "").replace("</bdi>", "")


@pytest.mark.parametrize(
    ("decided", "paid"),
    [
        (GRANTED, 500),
        (Decided("granted", date(2026, 2, 10), "EP-77", date(2026, 3, 4)), 0),
        (Decided("granted", date(2026, 1, 10), "EP-77", date(2026, 1, 15), date(2026, 3, 2)), 0),
        (Decided("refused", date(2026, 2, 10)), 0),
        (None, 0),
    ],
)
def test_care_is_paid_when_an_approval_holds_on_its_day(claim: Claim, decided: Decided | None, paid: int):
    approve(claim, decided)
    assert StatementFactory.create(claim=claim).paid == paid
    assert ("un accord est valable à leur date" in told(claim)) == (paid == 0)


def test_the_approval_of_somebody_else_or_a_cancelled_one_does_not_count(claim: Claim):
    approve(claim, patient=BeneficiaryFactory.create(member=claim.member))
    mine = approve(claim)
    approving.cancel_approval(approval_id=mine.pk, user=AgentFactory.create(), reason="Erreur")
    assert StatementFactory.create(claim=claim).paid == 0
    with pytest.raises(approving.ApprovalSettled):
        approving.decide_approval(approval_id=mine.pk, decided=GRANTED)
    with pytest.raises(declaring.NotTheirs):
        approve(claim, patient=BeneficiaryFactory.create())


def test_care_declared_late_is_cut_with_both_days_unless_the_agent_accepts_why():
    give_reasons()
    member = MemberFactory.create(activated=True)
    guarantee = GuaranteeFactory.create(policy=member.policy, declaration_days=60)
    sent = DeclarationFactory.create(member=member, guarantee=guarantee, care_date=DAY)
    Declaration.objects.update(opened_at=timezone.make_aware(timezone.datetime(2026, 5, 3, 10)))
    sent.refresh_from_db()
    claim = ClaimFactory.create(member=member, guarantee=guarantee, declaration=sent, care_date=DAY)
    assert StatementFactory.create(claim=claim).paid == 0
    assert "à déclarer le 2 mai 2026 au plus tard, et l’ont été le 3 mai 2026" in told(claim)
    accepted = compute_statement(claim_id=claim.pk, user=AgentFactory.create(), lines=[line()], accept_late=True)
    assert accepted.paid == 500
    assert claim.events.last().body == "Retard de déclaration accepté."


def test_a_cut_by_hand_for_the_same_reason_is_told_without_days():
    give_reasons()
    claim = ClaimFactory.create()
    StatementFactory.create(claim=claim, lines=[line(cuts=(Cut("late", Decimal(100)),))])
    assert "late\xa0: 100,00\xa0MAD en moins." in told(claim)


def test_the_warning_is_for_who_has_none_and_tells_a_stranger_nothing(claim: Claim):
    member = claim.member
    answers = typed(claim.guarantee) | {"donnees": {"care_date": ["2026-03-05"], "amount": ["100"]}}

    def codes() -> list[str]:
        return [each.code for each in declaring.cautions_for(DeclarationDraftFactory.create(answers=answers, member=m))]

    m = Member.objects.get(pk=member.pk)
    assert codes() == ["prior-approval"]
    approve(claim)
    assert codes() == []
    member.account.identity_checked_at = None
    member.account.save()
    assert codes() == ["prior-approval"]


def test_an_estimate_counts_on_an_approval_that_can_still_be_asked(claim: Claim):
    care = Care(claim.member, None, claim.prestation, date(2026, 9, 1))
    found = estimate(care=care, guarantee=claim.guarantee, quote=Quote(Decimal(500), Decimal(0)))
    assert found.outcome.paid == 500


@pytest.mark.django_db(transaction=True)
def test_an_approval_whose_button_is_pressed_twice_is_one(claim: Claim):
    user = AgentFactory.create()
    pressed = [
        Asked(claim.member, claim.prestation, DAY, document=DocumentFactory.create(sha256="a" * 64))
        for _each in range(2)
    ]
    ends = at_once(*[lambda asked=asked: enter_approval(asked=asked, user=user, decided=GRANTED) for asked in pressed])
    assert ends[0] == ends[1] == PriorApproval.objects.get()
    assert Document.objects.count() == 1


def test_two_quotes_of_one_day_are_two_approvals(claim: Claim):
    user = AgentFactory.create()
    for document in (DocumentFactory.create(sha256="a" * 64), DocumentFactory.create(sha256="b" * 64), None):
        enter_approval(asked=Asked(claim.member, claim.prestation, DAY, document=document), user=user)
    assert PriorApproval.objects.count() == 3
    assert Document.objects.count() == 2


@pytest.mark.req("E58")
def test_an_agent_finds_the_member_enters_decides_and_cancels(claim: Claim):
    member = claim.member
    rights = ["health_claims.handle", "health_claims.view_claim", "health_claims.read_medical"]
    staff = signed_in(AgentFactory.create(desks=[claim.desk], permissions=rights))
    elsewhere = signed_in(AgentFactory.create(permissions=rights))
    find = reverse("admin:health_claims_priorapproval_add")
    asked = {"policy": member.policy.number, "number": member.number}
    assert staff.post(find, asked | {"number": "9999999"}).status_code == 422
    enter = staff.post(find, asked)["Location"]
    assert elsewhere.get(enter).status_code == 404
    given = {"patient": "member", "prestation": claim.prestation.code, "asked_on": "2026-02-01", "decision": "pending"}
    assert staff.post(enter, given | {"decision": "granted"}).status_code == 422
    page = staff.post(enter, given | {"file": upload(name="accord.pdf")})["Location"]
    assert elsewhere.get(page).status_code == elsewhere.get(f"{page}document/").status_code == 404
    assert staff.get(f"{page}document/").status_code == 200
    assert AuditEntry.objects.get(action="document-read").desk == claim.desk
    decision = {"decision": "granted", "decided_on": "2026-02-10", "number": "EP-9", "valid_from": "2026-02-15"}
    staff.post(page, decision)
    assert PriorApproval.objects.in_force(DAY).get().number == "EP-9"
    shown = staff.get(reverse("admin:health_claims_claim_change", args=[claim.pk])).content.decode()
    assert "EP-9" in shown and "Saisir un accord préalable" in shown
    assert "EP-9" in staff.get(reverse("admin:health_claims_priorapproval_changelist")).content.decode()
    assert (
        staff.post(f"{page}annuler/").status_code == staff.post(f"{page}annuler/", {"reason": " "}).status_code == 422
    )
    assert PriorApproval.objects.in_force(DAY).exists()
    staff.post(f"{page}annuler/", {"reason": "Saisi deux fois"})
    assert not PriorApproval.objects.in_force(DAY).exists()
    shown = staff.get(page).content.decode()
    entry = AuditEntry.objects.get(action="approval-cancelled")
    assert (entry.reference, entry.desk, entry.details) == ("EP-9", claim.desk, {})
    assert PriorApproval.objects.get().cancelled_by == entry.user
    assert "Annulé par" in shown and str(entry.user) in shown and "Saisi deux fois" in shown


def test_an_approval_is_not_cancelled_without_a_reason(claim: Claim):
    approval = approve(claim)
    with pytest.raises(ValueError):
        approving.cancel_approval(approval_id=approval.pk, user=AgentFactory.create(), reason=" ")
    approval.refresh_from_db()
    assert (approval.decision, AuditEntry.objects.filter(action="approval-cancelled").count()) == ("granted", 0)


def test_the_agent_reads_the_lateness_and_accepts_it_on_the_page(client: Client):
    give_reasons()
    member = MemberFactory.create(activated=True)
    guarantee = GuaranteeFactory.create(policy=member.policy, declaration_days=5)
    sent = DeclarationFactory.create(member=member, guarantee=guarantee, care_date=DAY)
    claim = ClaimFactory.create(member=member, guarantee=guarantee, declaration=sent, care_date=DAY)
    rights = ["health_claims.handle", "health_claims.view_claim"]
    staff = signed_in(AgentFactory.create(desks=[claim.desk], permissions=rights))
    address = reverse("admin:health_claims_claim_statement", args=[claim.pk])
    assert "Accepter le retard" in staff.get(address).content.decode()
    lines = {"lignes-TOTAL_FORMS": "1", "lignes-INITIAL_FORMS": "0", "lignes-0-label": "Acte", "lignes-0-spent": "300"}
    staff.post(address, lines | {"action": "compute", "seen": claim.events.last().pk, "retard": "1"})
    assert claim.statements.get().paid == 300
