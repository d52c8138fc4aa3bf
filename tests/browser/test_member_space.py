"""A member comes into the space from a telephone, and reads what covers the family."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from tests.factories.membership import PASSWORD, BeneficiaryFactory, GuaranteeFactory, MemberFactory
from tests.membership.conftest import last_code

from .visitor import Visitor


@pytest.mark.req("D7", "D10", "D11", "D36", "D41", "T5")
def test_a_member_signs_in_from_a_telephone_and_reads_the_cover(visit: Callable[..., Visitor]) -> None:
    member = MemberFactory.create(activated=True)
    BeneficiaryFactory.create(member=member, first_name="Aya")
    GuaranteeFactory.create(policy=member.policy, prestation__code="optique")
    visitor = visit(width=390, inspecting=True)
    page = visitor.page
    visitor.go("/")
    visitor.follow("Espace Assurance Maladie Complémentaire")
    visitor.arrive("Bienvenue dans l’espace de l’Assurance Maladie Complémentaire")
    page.get_by_label("DRPP").fill(member.number)
    page.get_by_label("Je ne suis pas un robot").check()
    visitor.press("Connectez Vous")
    visitor.arrive("Confirmez votre identité")
    page.get_by_label("N° de CIN").fill(member.cin)
    visitor.press("Suivant")
    page.get_by_label("Mot de passe").fill(PASSWORD)
    visitor.press("Connectez Vous")
    visitor.arrive("Saisissez le code reçu par SMS")
    page.get_by_label("Code de vérification").fill(last_code())
    visitor.press("Connectez Vous")
    visitor.arrive("Bonjour Salma Essai")
    page.locator(".member-menu summary").click()
    page.get_by_role("link", name="Consulter mon adhésion").first.click()
    visitor.arrive("Consulter mon adhésion")
    expect(page.get_by_role("main")).to_contain_text("Essai Aya")
    expect(page.get_by_role("main")).to_contain_text("Tout ce qui reste à votre charge")
