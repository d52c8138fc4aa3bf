"""From the first page to a closed complaint: in both languages, on a phone and a desktop, with JavaScript or not."""

from __future__ import annotations

from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest
from playwright.sync_api import expect

from claims_portal.organisations.models import Desk
from complaints.models import Complaint, Outcome
from complaints.services import handling
from complaints.services.answers import Decision
from complaints.workflow import State
from tests.factories.complaints import AgentFactory

from . import filing
from .filing import Filed
from .visitor import Visitor

Visit = Callable[..., Visitor]

WAYS = [("fr", 390, True), ("ar", 1280, True), ("fr", 1280, False), ("ar", 390, False)]


@pytest.mark.req("A9", "A12", "A13", "A14", "A15", "A16", "A17", "A18", "A20", "A21", "A22", "A23", "A24", "A25")
@pytest.mark.req(
    "A34", "A36", "A37", "A38", "A39", "A40", "A41", "C13", "C20", "C21", "C24", "C25", "C32", "C33", "C36"
)
@pytest.mark.parametrize(("language", "width", "javascript"), WAYS)
def test_a_complaint_goes_from_the_first_page_to_its_end(
    visit: Visit, settings: Any, language: str, width: int, javascript: bool
) -> None:
    settings.PATIENCE_SECONDS = 1
    visitor = visit(language, width=width, javascript=javascript, inspecting=javascript)
    filed = file(visitor)
    download_the_receipt(visitor)
    follow_by_both_contacts(visitor, filed)
    answer_the_desk(visitor, filed)
    close_then_reopen(visitor, filed)
    assert visitor.french == {}


def file(visitor: Visitor) -> Filed:
    """Every step, with one mistake on the way, a dependant and two documents."""
    filing.begin(visitor)
    filing.go_on(visitor)
    visitor.expect_errors("Choisissez ce qui ressemble le plus à votre situation.")
    filing.say_it_is_a_complaint(visitor)
    filing.tell_the_subject(visitor)
    filing.tell_the_facts(visitor)
    filing.say_who(visitor)
    filing.add_a_child(visitor)
    filing.join(visitor, filing.photo())
    filing.join(visitor, filing.letter())
    filing.review(visitor)
    visitor.press("Envoyer ma réclamation")
    visitor.expect_errors("Cochez cette case pour pouvoir envoyer votre réclamation.")
    filing.consent(visitor)
    if not visitor.javascript:
        return send_patiently(visitor)
    return filing.send(visitor)


def send_patiently(visitor: Visitor) -> Filed:
    """Without JavaScript: press until the short wait is over. What was typed stays, the consent too."""
    visitor.press("Envoyer ma réclamation")
    while visitor.page.url.endswith("/verification/"):
        expect(visitor.page.locator("#id_consent")).to_be_checked()
        visitor.press("Envoyer ma réclamation")
    return filing.sent(visitor)


def download_the_receipt(visitor: Visitor) -> None:
    with visitor.page.expect_download() as started:
        visitor.follow("Télécharger l’accusé de réception")
    assert Path(started.value.path()).read_bytes().startswith(b"%PDF")


def follow_by_both_contacts(visitor: Visitor, filed: Filed) -> None:
    """By number and e-mail, then, on a browser that knows nothing, by number and mobile typed otherwise."""
    for contact in ({"email": filing.EMAIL.upper()}, {"mobile": "+212 612-345678"}):
        visitor.context.clear_cookies()
        filing.track(visitor, filed.shown, **contact)
        expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(filed.shown)
    visitor.examine()
    expect(visitor.page.get_by_role("main")).to_contain_text(filing.STORY[visitor.language])


def answer_the_desk(visitor: Visitor, filed: Filed) -> None:
    """The desk takes the case up and asks for a paper; the complainant sends it; the desk answers."""
    agent = AgentFactory.create(desks=Desk.objects.filter(code="acaps"))
    case = Complaint.objects.get(number=filed.number)
    handling.acknowledge_complaint(complaint_id=case.pk, user=agent)
    handling.ask_complement(complaint_id=case.pk, user=agent, body="رقم 4412")
    visitor.page.reload()
    expect(visitor.page.locator(".standing.is-turn")).to_be_visible()
    visitor.examine()
    visitor.follow("Envoyer le complément")
    filing.labelled(visitor, "Votre message").fill("4412")
    filing.labelled(visitor, "Joindre des documents").set_input_files(filing.letter())
    visitor.press("Envoyer")
    expect(visitor.page.get_by_role("status").first).to_contain_text(visitor.say("Votre message est envoyé."))
    expect(visitor.page.locator(".bubble.is-mine").last).to_contain_text("facture.pdf")
    visitor.examine()
    decision = Decision(Outcome.objects.get(code="favorable"))
    handling.answer_complaint(complaint_id=case.pk, user=agent, body="2 400 MAD", decision=decision)
    visitor.page.reload()
    expect(visitor.page.locator(".bubble.is-theirs").last).to_contain_text("2 400 MAD")
    visitor.examine()


def close_then_reopen(visitor: Visitor, filed: Filed) -> None:
    visitor.follow("Clôturer la réclamation")
    visitor.arrive("Clôturer ma réclamation")
    filing.labelled(visitor, "Très bien").check()
    visitor.press("Clôturer ma réclamation")
    expect(visitor.page.get_by_role("status").first).to_contain_text(
        visitor.say("Votre réclamation est clôturée. Merci de nous l’avoir dit.")
    )
    visitor.examine()
    case = Complaint.objects.get(number=filed.number)
    assert (case.state, case.satisfaction) == (State.CLOSED, 5)
    visitor.page.locator("summary", has_text=visitor.say("Rouvrir la réclamation")).click()
    filing.labelled(visitor, "Pourquoi rouvrir votre réclamation ?").fill(filing.STORY[visitor.language])
    visitor.press("Rouvrir")
    expect(visitor.page.get_by_role("status").first).to_contain_text(
        visitor.say("Votre réclamation est rouverte. Le service en est averti.")
    )
    assert Complaint.objects.get(number=filed.number).state == State.IN_PROGRESS
