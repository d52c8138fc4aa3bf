"""Nothing typed is lost: mistakes, Back, two tabs, another device, a lost number."""

from __future__ import annotations

import re
from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from claims_portal.notifications.models import Message
from complaints.models import Complaint

from . import filing
from .filing import labelled
from .visitor import Visitor

Visit = Callable[..., Visitor]


def link_in(message: Message) -> str:
    """The first address of a message's text."""
    found = re.search(r"https?://\S+", message.body_text)
    assert found, message.body_text
    return found.group()


def test_a_mistake_is_told_in_a_summary_whose_links_lead_to_the_fields_and_loses_nothing(visit: Visit) -> None:
    visitor = visit(width=390)
    filing.begin(visitor)
    filing.say_it_is_a_complaint(visitor)
    filing.tell_the_subject(visitor)
    filing.tell_the_facts(visitor)
    labelled(visitor, "Nom", exact=True).fill("El Amrani")
    labelled(visitor, "Adresse e-mail").fill("amina@exemple")
    labelled(visitor, "Téléphone portable").fill("0612")
    filing.go_on(visitor)
    visitor.expect_errors("Choisissez à quel titre vous réclamez.", "Indiquez votre prénom.")
    for label in ("Prénom", "Adresse e-mail", "Téléphone portable", "À quel titre réclamez-vous ?"):
        field = labelled(visitor, label)
        expect(field).to_have_attribute("aria-invalid", "true")
        visitor.page.locator(f".error-summary a[href='#{field.get_attribute('id')}']").click()
        expect(field).to_be_focused()
        expect(field).to_be_in_viewport()
    expect(labelled(visitor, "Nom", exact=True)).to_have_value("El Amrani")
    expect(labelled(visitor, "Téléphone portable")).to_have_value("0612")
    filing.say_who(visitor)
    expect(visitor.page).to_have_url(re.compile("/ayants-droit/$"))  # at its top, which has a field « Nom » too
    visitor.page.go_back()
    expect(labelled(visitor, "Prénom", exact=True)).to_have_value("Amina")


def test_back_and_a_second_tab_find_the_answers_and_send_them_only_once(visit: Visit) -> None:
    visitor = visit()
    filing.begin(visitor)
    filing.say_it_is_a_complaint(visitor)
    filing.tell_the_subject(visitor)
    filing.tell_the_facts(visitor)
    visitor.page.go_back()
    expect(labelled(visitor, "Votre récit")).to_have_value(filing.STORY["fr"])
    filing.go_on(visitor)
    filing.say_who(visitor)
    visitor.follow("Précédent")
    expect(labelled(visitor, "Prénom", exact=True)).to_have_value("Amina")
    filing.go_on(visitor)
    filing.go_on(visitor)
    filing.go_on(visitor)
    visitor.arrive("Relisez, puis envoyez")
    other = visitor.context.new_page()
    other.goto(visitor.page.url)
    other.get_by_label("J’ai lu comment mes données").check()
    filing.consent(visitor)
    visitor.page.get_by_role("button", name="Envoyer ma réclamation").dblclick()
    filed = filing.sent(visitor)
    other.get_by_role("button", name="Envoyer ma réclamation").click()
    expect(other.locator(".confirmation .number")).to_have_text(filed.shown)
    visitor.page.go_back()
    expect(visitor.page.locator(".confirmation .number")).to_have_text(filed.shown)
    assert Complaint.objects.count() == 1


def test_an_answer_is_changed_from_the_check_page_and_comes_back_there(visit: Visit) -> None:
    visitor = visit(width=390)
    filing.begin(visitor)
    filing.fill_in(visitor)
    visitor.page.get_by_role("link", name="Modifier : Les faits").click()
    labelled(visitor, "Votre récit").fill("Tout autre chose.")
    visitor.press("Enregistrer et revenir à la vérification")
    visitor.arrive("Relisez, puis envoyez")
    expect(visitor.page.get_by_role("main")).to_contain_text("Tout autre chose.")


def test_a_draft_goes_on_in_another_browser_with_the_link_received_by_e_mail(visit: Visit) -> None:
    visitor = visit()
    filing.begin(visitor)
    filing.say_it_is_a_complaint(visitor)
    filing.tell_the_subject(visitor)
    visitor.inspecting = True
    labelled(visitor, "Votre récit").fill("À moitié raconté")
    visitor.press("Enregistrer et continuer plus tard")
    visitor.arrive("Tout est enregistré")
    labelled(visitor, "e-mail").fill(filing.EMAIL)
    visitor.press("Recevoir le lien")
    expect(visitor.page.get_by_role("status").first).to_contain_text("Le lien est parti.")
    link = link_in(Message.objects.get(recipient=filing.EMAIL))
    elsewhere = visit(width=390, inspecting=True)
    elsewhere.page.goto(link)
    elsewhere.arrive("Reprendre votre brouillon")
    elsewhere.inspecting = False
    elsewhere.press("Ouvrir mon brouillon")
    elsewhere.arrive("Qui êtes-vous ?")
    elsewhere.follow("Précédent")
    expect(labelled(elsewhere, "Votre récit")).to_have_value("À moitié raconté")
    elsewhere.expected = {404}
    elsewhere.inspecting = True
    elsewhere.page.goto(link)
    elsewhere.arrive("Ce lien ne fonctionne plus")


def test_who_lost_the_number_finds_the_complaints_through_a_link_received_by_e_mail(visit: Visit) -> None:
    visitor = visit(width=390)
    filing.begin(visitor)
    filing.fill_in(visitor)
    filing.consent(visitor)
    filed = filing.send(visitor)
    elsewhere = visit(inspecting=True)
    elsewhere.go("/reclamations/suivi/")
    elsewhere.follow("J’ai perdu mon numéro")
    elsewhere.arrive("Retrouver mes réclamations")
    labelled(elsewhere, "Votre adresse e-mail").fill(filing.EMAIL)
    elsewhere.press("Recevoir le lien")
    elsewhere.arrive("Consultez votre messagerie")
    elsewhere.page.goto(link_in(Message.objects.get(recipient=filing.EMAIL, notice="complaints.mine")))
    elsewhere.arrive("Mes réclamations")
    elsewhere.press("Voir mes réclamations")
    expect(elsewhere.page.get_by_role("table")).to_contain_text(filed.shown)
    elsewhere.examine()
    elsewhere.press("Ouvrir")
    expect(elsewhere.page.get_by_role("heading", level=1)).to_contain_text(filed.shown)


@pytest.mark.req("A34")
def test_a_wrong_number_or_contact_is_told_in_one_sentence_that_tells_nothing_more(visit: Visit) -> None:
    visitor = visit(width=390, inspecting=True)
    filing.track(visitor, "1234")
    visitor.expect_errors(
        "Ce numéro contient une erreur : il compte 12 chiffres. Vérifiez-le sur votre accusé.",
        "Indiquez l’adresse e-mail ou le téléphone portable donné lors du dépôt.",
    )
