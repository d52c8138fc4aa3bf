"""What PostgreSQL itself keeps true of claims, and the rows that nobody deletes by deleting another."""

from __future__ import annotations

from importlib import import_module

import pytest
from django.apps import apps
from django.db import IntegrityError, connection, transaction
from django.db.models import ProtectedError
from django.utils import timezone

from health_claims.models import AccountReturn, Claim, IdentityPaper, ReviewRule
from tests.factories.complaints import AgentFactory
from tests.factories.documents import DocumentFactory
from tests.factories.health_claims import DeclarationFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory
from tests.factories.membership import MemberFactory, PolicyFactory

pytestmark = pytest.mark.django_db
MIGRATION = import_module("health_claims.migrations.0019_claim_says_why_and_how_it_ended")


@pytest.mark.parametrize(
    ("values", "constraint"),
    [
        ({"amount": -1}, "claim_amount_is_not_negative"),
        ({"state": "refused"}, "refusal_has_a_reason"),
        ({"state": "paid"}, "paid_claim_has_a_batch_and_a_date"),
        ({"state": "paid", "paid_at": timezone.now()}, "paid_claim_has_a_batch_and_a_date"),
    ],
)
def test_a_claim_that_does_not_say_why_or_how_it_ended_is_refused_by_the_database(values, constraint):
    claim = ClaimFactory.create()
    with pytest.raises(IntegrityError, match=constraint), transaction.atomic():
        Claim.objects.filter(pk=claim.pk).update(**values)


def test_the_migration_counts_the_claims_to_correct_and_names_them():
    claim = ClaimFactory.create()
    StatementFactory.create()
    with connection.cursor() as cursor:
        cursor.execute("SET CONSTRAINTS ALL IMMEDIATE")
        for name, _, _ in MIGRATION.RULES:
            cursor.execute(f"ALTER TABLE health_claims_claim DROP CONSTRAINT {name}")
    Claim.objects.filter(pk=claim.pk).update(state="refused", amount=-1)
    with connection.schema_editor(atomic=False) as editor, pytest.raises(ValueError) as error:
        MIGRATION.require_valid_claims(apps, editor)
    assert str(error.value) == (
        "Claims to correct before this migration: "
        f"1 with a negative amount (claim_amount_is_not_negative), such as {claim.number}; "
        f"1 with a refusal without a reason (refusal_has_a_reason), such as {claim.number}."
    )


def test_a_member_whose_papers_or_account_were_examined_cannot_be_deleted():
    shown, returned = MemberFactory.create(activated=True), MemberFactory.create()
    IdentityPaper.objects.create(member=shown, kind="cin", document=DocumentFactory.create())
    AccountReturn.objects.create(member=returned, user=AgentFactory.create(), note="Vu au guichet")
    for member in (shown, returned):
        with pytest.raises(ProtectedError):
            member.delete()


def test_a_declaration_with_pieces_cannot_be_deleted():
    declaration = DeclarationFactory.create()
    with pytest.raises(ProtectedError) as error:
        declaration.delete()
    assert set(declaration.documents.all()) <= error.value.protected_objects


def test_a_policy_with_review_rules_cannot_be_deleted():
    rule = ReviewRule.objects.create(policy=PolicyFactory.create(), name="Essai", valid_from="2026-01-01")
    with pytest.raises(ProtectedError):
        rule.policy.delete()
