"""A day at a desk: forty cases by five channels, carried one step further one by one and by the page."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

import pytest
from django.db import transaction
from django.utils import timezone
from playwright.sync_api import expect

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from complaints.models import Complaint
from tests.factories.complaints import (
    AgentFactory,
    AnswerTemplateFactory,
    ComplaintFactory,
    DeskFactory,
    OutcomeFactory,
)

from .filing import consent, fill_in, letter, photo, send
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
    # The headless shell shows no PDF itself; what the page does in a browser that can is the same.
    page.add_init_script("Object.defineProperty(Navigator.prototype, 'pdfViewerEnabled', {get: () => true})")
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


@dataclass
class Day:
    """The desk, who works there, and what came in: one case a channel through the browser, the others before."""

    desk: Desk
    agent: User
    colleague: User
    entered: dict[str, Complaint]
    new: list[Complaint]
    answered: list[Complaint]

    @classmethod
    @transaction.atomic
    def begun(cls) -> Day:
        """Thirty-five cases are there when the agent signs in; five of them have their answer."""
        AnswerTemplateFactory.create(body_fr="Bonjour {nom}, votre remboursement part demain.")
        OutcomeFactory.create(name_fr="Favorable, par exemple")
        desk = DeskFactory.create(categories=["Retard", "Refus", "Accueil"], asks=["policy_number"])
        agent, colleague = AgentFactory.create_batch(2, desks=[desk])
        web = {"desk": desk, "facts__policy_number": "ATL-7"}
        paper = {"desk": desk, "entered_by": agent, "complainant__email": ""}
        new = ComplaintFactory.create_batch(14, **web)
        for channel, _name in PAPER:
            new += ComplaintFactory.create_batch(4, channel=channel, **paper)
        answered = ComplaintFactory.create_batch(5, state="answered", agent=agent, **web)
        return cls(desk, agent, colleague, {}, new, answered)

    def act_on_one_of_each(self, visitor: Visitor) -> None:
        """What may be done with one case, each on another."""
        act(visitor, self.entered["post"], "acknowledge", "Le courrier qui l’annonce est à imprimer.")
        missing = "Merci d’envoyer la facture acquittée."
        act(visitor, self.entered["phone"], "ask_complement", "Le complément est demandé.", text=missing)
        act(visitor, self.entered["counter"], "message", "Le message est envoyé.", text="Le service médical vous lit.")
        said = "La réponse est envoyée."
        promise = "Bonjour Salma Tazi, votre remboursement part demain."
        act(visitor, self.entered["email"], "answer", said, template=promise, outcome="Favorable, par exemple")
        act(visitor, self.entered["web"], "answer", said, text="C’est réglé.", outcome="Favorable, par exemple")
        act(visitor, self.entered["web"], "close", "Le dossier est clôturé.")


def file_online(visitor: Visitor, desk: Desk) -> Complaint:
    """Somebody complains by themselves."""
    visitor.go(f"/reclamations/{desk.code}/")
    visitor.press("Commencer la démarche")
    visitor.arrive("Est-ce bien une réclamation ?")
    fill_in(visitor)
    consent(visitor)
    return Complaint.objects.get(number=send(visitor).number)


def merge_and_transfer(visitor: Visitor, merged: Complaint, into: Complaint, moved: Complaint, to: str) -> None:
    page = visitor.page
    visitor.go(f"{LIST}{merged.pk}/reunir/")
    page.get_by_label("Numéro du dossier où tout continue").fill(into.number)
    visitor.press("Réunir les deux dossiers")
    expect(page.locator(".merged-case")).to_contain_text(str(merged))
    visitor.go(f"{LIST}{moved.pk}/transmettre/")
    page.get_by_label("Guichet et catégorie").select_option(label=to)
    page.get_by_label("Pourquoi ce guichet").fill("Ce service traite les pensions.")
    visitor.press("Transmettre")
    expect(page.locator(".messagelist")).to_contain_text("Le dossier est transmis.")


def press_for_the_page(visitor: Visitor, queue: str, button: str, said: str) -> None:
    """« Choisir toute la page » of a queue, then one button for all its lines."""
    visitor.go(f"{LIST}?file={queue}")
    visitor.page.get_by_label("Choisir toute la page").check()
    visitor.press(button)
    expect(visitor.page.locator(".messagelist")).to_contain_text(said)


def share_out(visitor: Visitor, day: Day) -> None:
    """The first page of what has no agent is mine, what is left is given to a colleague."""
    left = Complaint.objects.open().filter(desk=day.desk, assigned_to=None).count()
    press_for_the_page(visitor, "non-attribuees", "Me les attribuer", "C’est fait pour 25 dossiers.")
    visitor.page.get_by_label("Choisir toute la page").check()
    visitor.page.get_by_label("ou à").select_option(label=str(day.colleague))
    visitor.press("Les attribuer")
    expect(visitor.page.locator(".messagelist")).to_contain_text(f"C’est fait pour {left - 25}")
    expect(visitor.page.get_by_role("main")).to_contain_text("Chaque dossier ouvert a son agent.")


def take_home(visitor: Visitor, shown: int) -> None:
    """A view kept and opened again, two cases on paper, and the whole queue as a table."""
    page = visitor.page
    visitor.go(f"{LIST}?file=toutes")
    page.get_by_text("Garder cette vue").click()
    page.get_by_label("Nom", exact=True).fill("Tout le jour")
    visitor.press("Garder")
    page.get_by_role("link", name="Tout le jour").click()
    for tick in page.locator("input[name=case]").all()[:2]:
        tick.check()
    with page.expect_download() as printed:
        visitor.press("Les imprimer")
    assert printed.value.path().read_bytes().startswith(b"%PDF")
    with page.expect_download() as exported:
        visitor.press("Exporter cette file en CSV")
    assert len(exported.value.path().read_text("utf-8-sig").splitlines()) == 1 + shown


@pytest.mark.req("F15", "F25")
def test_an_agent_carries_forty_cases_by_five_channels_through_a_day(visit: Callable[..., Visitor]) -> None:
    day = Day.begun()
    other = DeskFactory.create(organisation=day.desk.organisation, categories=["Pension"])
    day.entered["web"] = file_online(visit(), day.desk)
    visitor = visit()
    sign_in(visitor, day.agent.email)
    day.entered |= {channel: enter(visitor, day.desk, channel, name) for channel, name in PAPER}
    assert Complaint.objects.count() == 40
    assert set(Complaint.objects.values_list("channel", flat=True)) == {"web", "post", "phone", "counter", "email"}

    look_at_the_scan(visitor, day.entered["post"])
    day.act_on_one_of_each(visitor)
    merged, into, moved = day.new[:3]
    merge_and_transfer(visitor, merged, into, moved, "Pension")
    share_out(visitor, day)
    press_for_the_page(visitor, "en-attente", "Clôturer ceux qui ont une réponse", "C’est fait pour 6 dossiers.")
    phone = day.entered["phone"]
    expect(visitor.page.locator(".messagelist")).to_contain_text(f"Rien n’a changé pour {phone}")
    take_home(visitor, shown=39)

    states = dict(Complaint.objects.values_list("pk", "state"))
    closed = [*day.answered, day.entered["web"], day.entered["email"], merged]
    assert {states[case.pk] for case in closed} == {"closed"}
    assert [states[day.entered[channel].pk] for channel in ("post", "phone", "counter")] == [
        "in-progress",
        "complement",
        "received",
    ]
    assert Complaint.objects.get(pk=moved.pk).desk == other
    assert not Complaint.objects.open().filter(desk=day.desk, assigned_to=None).exists()
