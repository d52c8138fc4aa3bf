"""What is said before sending: each caution in its case, none in an ordinary one, and none that forbids."""

from __future__ import annotations

from datetime import date, timedelta
from decimal import Decimal
from typing import Any

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.wizards.models import Draft
from health_claims.cautions import SENTENCES, TITLES
from health_claims.models import Claim, SettlementBatch, Statement
from health_claims.services.declaring import cautions_for, send_declaration
from membership.models import Ceiling, Member
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import CARE_DATE, DeclarationDraftFactory, DeclarationFactory, typed
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def _in_march() -> Any:
    with time_machine.travel("2026-03-10", tick=True):
        yield


def draft(*, patient: str = "member", member: dict[str, Any] | None = None, **guarantee: Any) -> Draft:
    """A complete draft of a member, whose policy guarantees one prestation in this way."""
    insured = MemberFactory.create(activated=True, **(member or {}))
    version = GuaranteeFactory.create(policy=insured.policy, **guarantee)
    return DeclarationDraftFactory.create(member=insured, answers=typed(version, patient=patient))


def codes(made: Draft) -> list[str]:
    return [each.code for each in cautions_for(Draft.objects.select_related("desk__organisation").get(pk=made.pk))]


def claim(made: Draft, *, day: date, paid: str = "0") -> None:
    """A claim of the member with its statement."""
    member = Member.objects.get()
    guarantee = member.policy.guarantees.get()
    organisation = member.policy.organisation
    number = f"lot-{SettlementBatch.objects.count()}"
    batch = SettlementBatch.objects.create(
        number=number, organisation=organisation, made_at=timezone.now(), made_by=AgentFactory.create(), total=0
    )
    opened = Claim.objects.create(
        number=f"20260101{Claim.objects.count():06d}",
        desk=member.policy.desk,
        member=member,
        prestation=guarantee.prestation,
        guarantee=guarantee,
        care_date=day,
        amount=Decimal("5000"),
        state="paid",
        opened_at=timezone.now(),
        batch=batch,
        paid_at=timezone.now(),
    )
    Statement.objects.create(
        claim=opened, made_at=timezone.now(), spent=Decimal("5000"), base_paid=Decimal(0), paid=Decimal(paid)
    )


def test_an_ordinary_declaration_has_nothing_to_be_warned_of():
    assert codes(draft(declaration_days=60)) == []


@pytest.mark.req("N3")
@pytest.mark.parametrize(
    ("made", "expected"),
    [
        ({"declaration_days": 5}, ["late"]),
        ({"valid_from": date(2026, 3, 1)}, ["not-guaranteed"]),
        ({"needs_prior_approval": True}, ["prior-approval"]),
        ({"member": {"rights_from": date(2026, 3, 1)}}, ["no-rights"]),
        ({"member": {"rights_to": date(2026, 1, 31)}}, ["no-rights"]),
        ({"member": {"rights_from": date(2026, 2, 1)}, "waiting_days": 90}, ["waiting"]),
        ({"member": {"rib": ""}}, ["no-rib"]),
        ({"member": {"rib": "", "payment": "cheque"}}, []),
        ({"begun_before_age": 16}, ["age"]),
    ],
)
def test_each_caution_is_given_in_its_case(made, expected):
    assert codes(draft(**made)) == expected


@pytest.mark.req("F41")
def test_care_declared_before_is_told_for_the_same_person_only():
    made = draft()
    member = Member.objects.get()
    DeclarationFactory(member=member, patient=BeneficiaryFactory(member=member))
    DeclarationFactory(member=member, care_date=CARE_DATE - timedelta(days=1))
    DeclarationFactory(member=member, rejected=True)
    assert codes(made) == []
    DeclarationFactory(member=member)
    assert codes(made) == ["same-care"]


def test_a_frequency_that_has_not_elapsed_is_told():
    made = draft(frequency_months=24)
    claim(made, day=date(2024, 2, 20), paid="100")
    assert codes(made) == []
    claim(made, day=date(2024, 3, 1), paid="100")
    assert codes(made) == ["frequency"]


@pytest.mark.req("N3")
def test_a_ceiling_used_up_in_the_year_is_told():
    made = draft()
    member = Member.objects.get()
    Ceiling.objects.create(
        policy=member.policy, scope="person", amount=Decimal("2000"), period_months=12, valid_from=date(2020, 1, 1)
    )
    claim(made, day=date(2025, 12, 31), paid="2000")
    claim(made, day=date(2026, 1, 1), paid="1999.99")
    assert codes(made) == []
    claim(made, day=date(2026, 2, 1), paid="0.01")
    [caution] = cautions_for(Draft.objects.select_related("desk__organisation").get(pk=made.pk))
    assert caution.code == "ceiling"
    assert "2\u202f000,00\u00a0MAD" in caution.text.replace("2\u00a0000", "2\u202f000")


@pytest.mark.req("N3")
def test_cautions_cost_four_queries_and_forbid_nothing():
    made = draft(declaration_days=1, needs_prior_approval=True, member={"rib": "", "rights_to": date(2026, 1, 1)})
    fresh = Draft.objects.select_related("desk__organisation").get(pk=made.pk)
    with CaptureQueriesContext(connection) as captured:
        found = cautions_for(fresh)
    assert len(captured) <= 4 + 4  # the offer and the files beside
    assert all(each.title and "%(" not in each.text for each in found)
    declaration = send_declaration(draft_id=made.pk, member_id=Member.objects.get().pk)
    assert declaration.warnings == [each.code for each in found] == ["late", "no-rights", "prior-approval", "no-rib"]


def test_every_code_has_a_title_and_a_sentence_that_says_what_to_do():
    assert set(TITLES) == set(SENTENCES)
