"""The demonstration's contracts: two policies side by side, their rules dated and sourced."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import date
from typing import Any

import pytest
from django.db import transaction
from django.test import Client
from django.urls import reverse

from complaints.management.commands.load_demo import CATALOGUE as INSTITUTIONS
from complaints.services.catalogue import load_catalogue
from membership.demo import CATALOGUE, load_membership
from membership.models import Guarantee, KeyLetter, Member, Policy, PracticalText
from membership.services.catalogue import load_policies
from tests.factories.health_claims import DeclarationDraftFactory, typed
from tests.factories.membership import GuaranteeFactory, MemberFactory, enter_as
from tests.factories.papers import papers_of


@pytest.fixture(scope="module")
def demo(django_db_setup: None, django_db_blocker: Any) -> Iterator[None]:
    """Loaded once for the tests of this module, which only read it."""
    with django_db_blocker.unblock(), transaction.atomic():
        load_catalogue(folder=INSTITUTIONS)
        load_membership()
        yield
        transaction.set_rollback(True)


@pytest.mark.django_db
@pytest.mark.usefixtures("demo")
class TestDemo:
    @pytest.mark.req("D7")
    def test_several_policies_are_open_side_by_side(self):
        assert {policy.number for policy in Policy.objects.open()} == {"2000GRP0001380", "2000GRP0009900"}

    @pytest.mark.req("D1", "D6")
    def test_the_guide_in_pictures_is_there_to_take_away(self):
        guide = PracticalText.objects.get(policy__number="2000GRP0001380", document__isnull=False)
        assert guide.is_public
        assert (guide.document.content_type, guide.document.pages) == ("application/pdf", 8)

    @pytest.mark.req("D77", "D78", "D79", "D80", "D81", "D82", "D83", "D84", "D85", "D86", "D87")
    def test_the_policy_of_the_guide_guarantees_the_ten_prestations(self):
        guaranteed = Guarantee.objects.on(date(2026, 1, 1)).filter(policy__number="2000GRP0001380")
        assert [guarantee.prestation.name_fr for guarantee in guaranteed] == [
            "Accouchement normal",
            "Accouchement par césarienne",
            "Hospitalisation",
            "IRM",
            "ODF",
            "Optique",
            "Prothèses auditives",
            "Rééducation",
            "Scanner",
            "Soins liés aux ALD et ALC",
        ]

    @pytest.mark.req("D92", "D93")
    def test_the_page_of_optics_asks_for_the_two_pieces_of_the_guide(self, client: Client):
        optics = Guarantee.objects.get(policy__number="2000GRP0001380", prestation__code="optique")
        member = MemberFactory.create(policy=optics.policy, activated=True)
        papers_of(member)
        enter_as(client, member)
        client.post(reverse("membership:terms"), {"certified": "on"})
        draft = DeclarationDraftFactory.create(member=member, answers=typed(optics), documents=0)
        page = client.get(f"/sante/declaration/{draft.pk}/pieces/").content.decode()
        assert "feuille de soins du régime mutualiste de base" in page
        assert "La copie de la facture acquittée de l’opticien" in page

    @pytest.mark.req("D92", "D93")
    def test_optics_asks_for_the_two_pieces_of_the_guide(self):
        optics = Guarantee.objects.get(policy__number="2000GRP0001380", prestation__code="optique")
        assert [piece.text_fr for piece in optics.pieces.all()] == [
            "Copie de la feuille de soins du régime mutualiste de base dûment rempli et cacheté par "
            "l’ophtalmologue et l’opticien",
            "La copie de la facture acquittée de l’opticien",
        ]

    def test_every_rule_says_where_it_comes_from(self):
        assert not Guarantee.objects.filter(source="").exists()
        assert not KeyLetter.objects.filter(source="").exists()

    def test_values_signed_but_not_applied_are_kept_apart(self):
        values = KeyLetter.objects.filter(letter="Cs", regime__code="amo-cnops").values_list("value", "is_in_force")
        assert {(str(value), applied) for value, applied in values} == {("150.00", True), ("250.00", False)}

    def test_members_are_there_with_their_families(self):
        salma = Member.objects.get(policy__number="2000GRP0001380", number="100001")
        assert [str(person) for person in salma.beneficiaries.all()] == [
            "Karim Exemple",
            "Yassine Exemple",
            "Anas Exemple",
        ]

    def test_loading_twice_changes_nothing(self):
        before = list(Guarantee.objects.values())
        load_policies(folder=CATALOGUE)
        assert list(Guarantee.objects.values()) == before


@pytest.mark.django_db
class TestVersions:
    def test_the_newest_rule_that_has_begun_is_in_force(self):
        old = GuaranteeFactory(valid_from=date(2020, 1, 1))
        new = GuaranteeFactory(policy=old.policy, prestation=old.prestation, valid_from=date(2026, 1, 1))
        assert [list(old.policy.guarantees.on(date(year, 6, 1))) for year in (2019, 2025, 2026)] == [[], [old], [new]]

    def test_an_ended_rule_does_not_bring_the_one_before_back(self):
        old = GuaranteeFactory(valid_from=date(2020, 1, 1))
        GuaranteeFactory(
            policy=old.policy, prestation=old.prestation, valid_from=date(2025, 1, 1), valid_to=date(2025, 6, 30)
        )
        assert not old.policy.guarantees.on(date(2025, 7, 1)).exists()
