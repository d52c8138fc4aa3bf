"""A second look at some claims, by rules that are data, and one question to the insured once they are paid."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import pytest
from django.test import Client
from django.urls import reverse

from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.notifications.models import Message
from health_claims.models import Claim, ReviewRule
from health_claims.services import reviewing, settling
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons
from tests.factories.membership import GuaranteeFactory, MemberFactory, enter_as

pytestmark = pytest.mark.django_db
HANDLES = ["health_claims.view_claim", "health_claims.handle"]


def rule(policy: Any, **given: Any) -> ReviewRule:
    return ReviewRule.objects.create(
        **{"policy": policy, "name": "Gros montants", "valid_from": date(2020, 1, 1)} | given
    )


@pytest.fixture
def chosen(db: None) -> Claim:
    """A claim that a rule chose, with its statement; its member is asked once it is paid."""
    give_reasons()
    member = MemberFactory.create(activated=True)
    rule(member.policy, asks_feedback=True)
    claim = ClaimFactory.create(member=member)
    StatementFactory.create(claim=claim)
    claim.refresh_from_db()
    return claim


def pay(claim: Claim) -> None:
    agent = AgentFactory.create()
    batch = settling.make_batch(organisation=claim.desk.organisation, desk_ids=[claim.desk_id], user=agent)
    settling.order_payment(batch_id=batch.pk, user=agent)
    settling.pay_batch(batch_id=batch.pk)
    claim.refresh_from_db()


@pytest.mark.req("F40")
def test_a_rule_chooses_by_amount_and_share_and_the_same_number_always_falls_the_same_way():
    guarantee = GuaranteeFactory.create()
    other = GuaranteeFactory.create(policy=guarantee.policy)
    half = rule(guarantee.policy, share=50, min_amount=300)
    rule(guarantee.policy, prestation=other.prestation)
    rule(guarantee.policy, valid_to=date(2021, 1, 1))
    rule(GuaranteeFactory.create().policy)
    assert reviewing.rules_for(guarantee=guarantee, amount=Decimal("299.99"), day=date(2026, 3, 3)) == []
    assert reviewing.rules_for(guarantee=guarantee, amount=Decimal(300), day=date(2026, 3, 3)) == [half]
    numbers = [f"20260303{number:06d}" for number in range(400)]
    drawn = [reviewing.chosen_by(rules=[half], number=each) for each in numbers]
    assert 140 < sum(each is half for each in drawn) < 260
    assert drawn == [reviewing.chosen_by(rules=[half], number=each) for each in numbers]


def test_what_was_chosen_is_flagged_and_waits_in_no_batch_until_it_was_looked_at(chosen: Claim):
    staff = signed_in(AgentFactory.create(desks=[chosen.desk], permissions=HANDLES))
    queue = reverse("admin:health_claims_claim_changelist") + "?file=controle"
    page = reverse("admin:health_claims_claim_change", args=[chosen.pk])
    assert chosen.number in staff.get(queue).content.decode()
    assert "À contrôler avant règlement" in staff.get(page).content.decode()
    with pytest.raises(settling.NothingToPay):
        pay(chosen)
    review = {"seen": chosen.events.last().pk, "body": "Facture vérifiée auprès du cabinet"}
    staff.post(f"{page}controle/", review)
    assert chosen.number not in staff.get(queue).content.decode()
    pay(chosen)
    assert chosen.state == "paid"
    assert not chosen.events.get(kind="review").is_public
    with pytest.raises(TransitionNotAllowed):
        reviewing.record_review(claim_id=chosen.pk, user=AgentFactory.create(), body="Encore")


def test_the_insured_is_asked_once_and_a_no_brings_the_claim_back_to_the_desk(client: Client, chosen: Claim):
    enter_as(client, chosen.member)
    page, answer = (reverse(f"health_claims:{name}", args=[chosen.number]) for name in ("claim", "claim-feedback"))
    client.post(answer, {"agrees": "oui"})  # not asked yet
    reviewing.record_review(claim_id=chosen.pk, user=AgentFactory.create(), body="Vu")
    pay(chosen)
    told = Message.objects.get(notice="health_claims.feedback")
    assert chosen.number in told.body_text and "500" not in told.body_text and "Optique" not in told.body_text
    assert "Votre avis sur ce dossier" in client.get(page).content.decode()
    assert "Répondez par oui ou par non" in client.post(answer, {"words": "?"}).content.decode()
    client.post(answer, {"agrees": "non", "words": "Je n’ai reçu qu’une paire"})
    client.post(answer, {"agrees": "oui"})  # the Back button
    chosen.refresh_from_db()
    assert (chosen.feedback_agrees, chosen.is_to_review) == (False, True)
    assert "Votre avis sur ce dossier" not in client.get(page).content.decode()
    staff = signed_in(AgentFactory.create(desks=[chosen.desk], permissions=HANDLES))
    shown = staff.get(reverse("admin:health_claims_claim_change", args=[chosen.pk])).content.decode()
    assert "Soins non conformes au décompte" in shown and "Je n’ai reçu qu’une paire" in shown
