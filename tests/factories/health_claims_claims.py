"""Claims and their statements, opened and computed by the services.

ClaimFactory(member=member)                                # opened, 500 MAD of the guarantee « reste à charge »
ClaimFactory(guarantee=guarantee, care_date=date(2026, 3, 3))
StatementFactory(claim=claim, lines=[line(spent="300")])   # computed through `compute_statement`
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from functools import cache
from typing import Any

import factory
from django.db import transaction

from health_claims.models import Claim, Reason, Statement
from health_claims.services.claims import open_claim
from health_claims.services.reasons import load_reasons
from health_claims.services.settling import make_batch, order_payment, pay_batch
from health_claims.services.statements import EnteredLine, compute_statement

from .complaints import AgentFactory
from .membership import GuaranteeFactory, MemberFactory

D = Decimal


def line(label: str = "Consultation", *, spent: str = "500", **given: Any) -> EnteredLine:
    """A line as an agent enters it; amounts as text: line(spent="300", flat_base="100", base_rate="70")."""
    amounts = {"coefficient", "flat_base", "base_rate", "base_paid", "asked"}
    read = {name: D(value) if name in amounts and value is not None else value for name, value in given.items()}
    return EnteredLine(label=label, spent=D(spent), **read)


@cache
def catalogue_of_reasons() -> list[dict[str, Any]]:
    """The values of the rows that `load_reasons` writes one by one: it checks each."""
    fields = [field.attname for field in Reason._meta.concrete_fields if not field.primary_key]
    with transaction.atomic():
        load_reasons(refresh=True)
        values = list(Reason.objects.filter(organisation=None).order_by("pk").values(*fields))
        transaction.set_rollback(True)
    return values


def give_reasons() -> None:
    """The reasons of the catalogue, in one query."""
    Reason.objects.bulk_create((Reason(**values) for values in catalogue_of_reasons()), ignore_conflicts=True)


class ClaimFactory(factory.Factory[Claim]):
    """A claim opened through `open_claim`, for the member themselves unless there is a `patient`."""

    class Meta:
        model = Claim

    member = factory.SubFactory(MemberFactory, activated=True)
    guarantee = factory.LazyAttribute(lambda made: GuaranteeFactory.create(policy=made.member.policy))
    desk = factory.LazyAttribute(lambda made: made.member.policy.desk)
    patient = None
    care_date = date(2026, 3, 3)
    amount = D("500.00")

    @classmethod
    def _create(cls, model_class: type[Claim], *args: Any, **given: Any) -> Claim:
        return open_claim(**given)


class StatementFactory(factory.Factory[Statement]):
    """A statement computed through the service; the reasons of the catalogue are there."""

    class Meta:
        model = Statement

    claim = factory.SubFactory(ClaimFactory)
    lines = factory.LazyFunction(lambda: [line()])
    agent = None  # made when none is given

    @classmethod
    def _create(cls, model_class: type[Statement], *args: Any, **given: Any) -> Statement:
        claim = given["claim"]
        if not Reason.objects.exists():
            give_reasons()
        agent = given["agent"] or AgentFactory.create(desks=[claim.desk])
        return compute_statement(claim_id=claim.pk, user=agent, lines=given["lines"])


def pay(claim: Claim) -> Claim:
    """Pay a computed claim in a batch of its own, as those who settle do."""
    agent = AgentFactory.create()
    batch = make_batch(organisation=claim.desk.organisation, desk_ids=[claim.desk_id], user=agent)
    order_payment(batch_id=batch.pk, user=agent)
    pay_batch(batch_id=batch.pk)
    claim.refresh_from_db()
    return claim
