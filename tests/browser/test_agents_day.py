"""A day at a desk: eight cases by five channels, each carried one step further through the pages an agent has."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.utils import timezone
from playwright.sync_api import expect

from claims_portal.organisations.models import Desk
from complaints.models import Complaint
from tests.factories.complaints import (
    AgentFactory,
    AnswerTemplateFactory,
    ComplaintFactory,
    DeskFactory,
    OutcomeFactory,
)

from .filing import letter, photo
from .test_agents_journey import LIST, sign_in
from .visitor import Visitor

PAPER = [("post", "Idrissi"), ("phone", "Bennani"), ("counter", "Alaoui"), ("email", "Tazi")]


def enter(visitor: Visitor, desk: Desk, channel: str, name: str) -> Complaint:
    """« Saisir une réclamation » for somebody who wrote, called or came; a letter comes with its scan."""
    page = visitor.page
    visitor.go(f"{LIST}saisie/{desk.code}/")
    page.locator("#id_reception-channel").select_option(channel)
    page.locator("#id_reception-received_on").fill(f"{timezone.localdate():%Y-%m-%d}")
    page.locator("#id_sujet-category").select_option(index=1)
    page.locator("#id_personne-quality").select_option("insured")
    page.locator("#id_personne-last_name").fill(name)
    page.locator("#id_personne-first_name").fill("Salma")
    if channel != "post":
        page.locator("#id_personne-email").fill(f"{name.lower()}@exemple.ma")
    page.locator("#id_faits-facts").fill("Mon remboursement de 1 250 MAD est bloqué depuis trois mois.")
    if channel == "post":
        page.locator("#id_pieces-scans").set_input_files([photo(), letter()])
    visitor.press("Enregistrer la réclamation")
    expect(page.locator(".case-title .case-person")).to_contain_text(name)
    return Complaint.objects.get(complainant__last_name=name)


def act(visitor: Visitor, case: Complaint, action: str, said: str, **filled: Any) -> None:
    """Open a case, fill one of its blocks (text, outcome, or a template put in), press, and read what was done."""
    page = visitor.page
    visitor.go(f"{LIST}{case.pk}/")
    block = page.locator(f"[data-action={action}]")
    block.locator("summary").click()
    if filled.get("template"):
        block.get_by_role("button", name="Insérer").click()
        expect(block.locator("textarea")).to_have_value(filled["template"])
    if "text" in filled:
        block.locator("textarea").fill(filled["text"])
    if "outcome" in filled:
        block.locator("select[name=outcome]").select_option(label=filled["outcome"])
    block.locator("button.default").click()
    expect(page.locator(".messagelist")).to_contain_text(said)


def look_at_the_scan(visitor: Visitor, case: Complaint) -> None:
    """Photograph and PDF show beside the facts, and Escape gives the page back."""
    page = visitor.page
    visitor.go(f"{LIST}{case.pk}/")
    link, invoice = page.locator(".case-aside [data-shows]").all()
    link.click()
    shown = page.get_by_role("dialog")
    expect(shown).to_contain_text("courrier.jpg")
    expect(shown.get_by_role("img")).to_have_js_property("complete", True)
    assert shown.get_by_role("img").evaluate("image => image.naturalWidth") > 0
    page.keyboard.press("Escape")
    expect(shown).to_be_hidden()
    expect(link).to_be_focused()
    invoice.click()
    expect(shown.get_by_title("facture.pdf")).to_be_visible()
    shown.get_by_role("button", name="Fermer").click()
    expect(invoice).to_be_focused()


@pytest.mark.req("F15", "F25")
def test_an_agent_carries_eight_cases_by_five_channels_through_a_day(visit: Callable[..., Visitor]) -> None:
    AnswerTemplateFactory.create(body_fr="Bonjour {nom}, votre remboursement part demain.")
    OutcomeFactory.create(name_fr="Favorable, par exemple")
    desk = DeskFactory.create()
    other = DeskFactory.create(organisation=desk.organisation, categories=["Pension"])
    agent = AgentFactory.create(desks=[desk])
    web = ComplaintFactory.create_batch(4, desk=desk)
    visitor = visit()
    page = visitor.page
    sign_in(visitor, agent.email)

    post, phone, counter, mail = [enter(visitor, desk, channel, name) for channel, name in PAPER]
    look_at_the_scan(visitor, post)
    act(visitor, post, "acknowledge", "Le dossier est pris en charge.")
    act(visitor, phone, "ask_complement", "Le complément est demandé.", text="Merci d’envoyer la facture acquittée.")
    act(visitor, counter, "message", "Le message est envoyé.", text="Votre dossier est au service médical.")
    promise = "Bonjour Salma Tazi, votre remboursement part demain."
    act(visitor, mail, "answer", "La réponse est envoyée.", template=promise, outcome="Favorable, par exemple")
    act(visitor, web[0], "answer", "La réponse est envoyée.", text="C’est réglé.", outcome="Favorable, par exemple")
    act(visitor, web[0], "close", "Le dossier est clôturé.")

    visitor.go(f"{LIST}{web[1].pk}/reunir/")
    page.get_by_label("Numéro du dossier où tout continue").fill(web[2].number)
    visitor.press("Réunir les deux dossiers")
    expect(page.locator(".merged-case")).to_contain_text(str(web[1]))

    visitor.go(f"{LIST}{web[3].pk}/transmettre/")
    page.get_by_label("Guichet et catégorie").select_option(label="Pension")
    page.get_by_label("Pourquoi ce guichet").fill("Ce service traite les pensions.")
    visitor.press("Transmettre")
    expect(page.locator(".messagelist")).to_contain_text("Le dossier est transmis.")

    states = dict(Complaint.objects.values_list("pk", "state"))
    assert [states[case.pk] for case in (post, phone, counter, mail)] == [
        "in-progress",
        "complement",
        "received",
        "answered",
    ]
    assert states[web[0].pk] == states[web[1].pk] == "closed"
    assert Complaint.objects.get(pk=web[3].pk).desk == other
    assert set(Complaint.objects.values_list("channel", flat=True)) == {"web", "post", "phone", "counter", "email"}
