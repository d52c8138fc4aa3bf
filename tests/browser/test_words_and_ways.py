"""What a person reads on the way, the shorter way for who only asks, and files that cannot be taken."""

from __future__ import annotations

from collections.abc import Callable

import pikepdf
import pytest
from playwright.sync_api import FilePayload, expect

from tests.factories.documents import new_pdf, saved

from . import filing
from .filing import labelled
from .visitor import Visitor

Visit = Callable[..., Visitor]


def locked_letter() -> FilePayload:
    """A PDF that asks for a password."""
    data = saved(new_pdf(), encryption=pikepdf.Encryption(owner="a", user="secret"))
    return {"name": "relevé.pdf", "mimeType": "application/pdf", "buffer": data}


@pytest.mark.req("A1", "A16", "A18", "A19", "A20", "A21", "A22", "A26", "A27", "A28", "A29", "A30", "A31", "A32")
@pytest.mark.req("A33", "A35", "A43", "A44")
def test_the_words_of_the_institution_lead_to_filing_and_to_tracking(visit: Visit) -> None:
    visitor = visit(width=390, inspecting=True)
    page = visitor.page
    visitor.go("/")
    expect(page).to_have_title("E-services · Plateforme de gestion des réclamations")
    expect(page.get_by_role("link", name="E-services")).to_have_attribute("aria-current", "page")
    expect(page.get_by_role("link", name="E-réclamation Prévoyance Sociale")).to_be_visible()
    visitor.follow("E-réclamation Assurance")
    visitor.follow("Déposer une réclamation")
    expect(page.get_by_role("button", name="Commencer la démarche")).to_be_visible()
    expect(page.get_by_role("main")).to_contain_text("helpdesk_reclamation@acaps.ma")
    tabs = page.get_by_role("navigation", name="Vos démarches")
    expect(tabs.get_by_role("link")).to_have_text(["Soumettre une réclamation", "Suivre ma réclamation"])
    tabs.get_by_role("link", name="suivre ma réclamation").click()
    visitor.examine()
    visitor.follow("Accéder")
    expect(page.get_by_role("heading", level=1)).to_have_text("Suivi de ma réclamation :")
    sentence = "le numéro ainsi que l’adresse email ou le téléphone saisis lors du dépôt."
    expect(page.get_by_role("main")).to_contain_text(f"Veuillez saisir ci-dessous {sentence}")
    expect(page.locator("main label")).to_have_text(["Numéro :", "Email :", "Téléphone portable :"])
    expect(page.locator("main .or")).to_have_text("ou")
    expect(page.get_by_role("button", name="Valider")).to_be_visible()


@pytest.mark.req("C4", "C5", "C6", "C7", "C9", "C11", "C13")
def test_who_only_wants_to_know_is_shown_a_shorter_way_and_may_still_complain(visit: Visit) -> None:
    visitor = visit()
    filing.begin(visitor)
    visitor.inspecting = True
    labelled(visitor, "Je cherche une information").check()
    filing.go_on(visitor)
    visitor.arrive("Pour une information, contactez directement le service")
    visitor.follow("Changer ma réponse")
    labelled(visitor, "Je veux vérifier").check()
    filing.go_on(visitor)
    visitor.arrive("Pour une confirmation, contactez directement le service")
    visitor.follow("Continuer ma réclamation")
    visitor.arrive("Sur quoi porte votre réclamation ?")


@pytest.mark.req("A15", "C33")
def test_a_file_that_cannot_be_taken_says_why_and_the_others_stay(visit: Visit) -> None:
    visitor = visit(width=390)
    filing.begin(visitor)
    filing.say_it_is_a_complaint(visitor)
    visitor.page.goto(visitor.page.url.replace("/reclamation/", "/pieces/"))
    filing.join(visitor, filing.letter())
    visitor.inspecting = True
    labelled(visitor, "Joindre des documents").set_input_files(locked_letter())
    visitor.press("Charger")
    visitor.expect_errors("mot de passe")
    expect(visitor.page.locator(".file")).to_have_count(1)
    large: FilePayload = {"name": "film.pdf", "mimeType": "application/pdf", "buffer": bytes(10_485_761)}
    labelled(visitor, "Joindre des documents").set_input_files(large)
    told = "« \u2068film.pdf\u2069 » : Ce fichier dépasse 10\u00a0Mo. Reprenez la photo"
    expect(visitor.page.get_by_role("alert")).to_contain_text(told)
    expect(visitor.page.locator(".error-summary, #id_files_error")).to_have_count(0)  # said of another file
    expect(visitor.page.locator(".drop-names")).not_to_contain_text("film.pdf")  # one may go on without it
    visitor.press("Supprimer")
    expect(visitor.page.locator(".file")).to_have_count(0)
    visitor.press("Charger")
    visitor.expect_errors("Choisissez un fichier, puis chargez-le.")
