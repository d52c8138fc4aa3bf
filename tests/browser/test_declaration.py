"""A member declares optician's costs of a child without JavaScript, by the labels of the guide, and follows them."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path

from playwright.sync_api import expect

from health_claims.models import Declaration
from tests.factories.documents import pdf_bytes
from tests.factories.membership import BeneficiaryFactory, GuaranteeFactory, MemberFactory
from tests.factories.papers import papers_of

from .test_activation import come_in
from .visitor import Visitor


def test_a_declaration_is_sent_in_five_etapes_and_followed(visit: Callable[..., Visitor], tmp_path: Path) -> None:
    member = MemberFactory.create(activated=True)
    papers_of(member)
    BeneficiaryFactory.create(member=member, first_name="Yassine")
    GuaranteeFactory.create(policy=member.policy, prestation__code="optique", prestation__drawing="optique", pieces=2)
    invoice = tmp_path / "Facture opticien.pdf"
    invoice.write_bytes(pdf_bytes())
    visitor = visit("fr", width=390, javascript=False)
    come_in(visitor, member)
    visitor.go("/sante/envoi/")
    visitor.arrive("Choisissez la nature du dossier")
    visitor.page.get_by_label("Optique").check()
    visitor.press("Suivant")
    visitor.arrive("Prière de vous assurer que vous avez bien en votre possession")
    visitor.page.get_by_label("Choisir un fichier").set_input_files(invoice)
    visitor.press("Charger")
    expect(visitor.page.locator(".file")).to_contain_text("Facture opticien.pdf")
    visitor.press("Suivant")
    visitor.arrive("Prière de choisir le membre de votre famille à charge concerné par le dossier")
    visitor.page.get_by_label("Yassine").check()
    visitor.press("Suivant")
    visitor.arrive("Prière de compléter les données suivantes")
    visitor.page.get_by_label("Date de consultation de médecin").fill("2026-02-27")
    visitor.page.get_by_label("Frais engagés (MAD)").fill("2 100,50")
    visitor.press("Suivant")
    visitor.arrive("Prière de valider les éléments du dossier que vous voulez déclarer")
    visitor.press("Terminer")
    declaration = Declaration.objects.get()
    expect(visitor.page.get_by_role("main")).to_contain_text(f"Votre demande référence {declaration.number}")
    visitor.follow("Terminer")
    visitor.arrive("Suivi des dossiers envoyés")
    expect(visitor.page.get_by_role("table")).to_contain_text(declaration.number)
