"""An agent at the keyboard: from the queue to the answer, with axe on every page."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from complaints.models import Complaint
from tests.factories.complaints import PASSWORD, AgentFactory, ComplaintFactory, DeskFactory, OutcomeFactory

from .visitor import Visitor

LIST = "/gestion/complaints/complaint/"


def sign_in(visitor: Visitor, email: str) -> None:
    visitor.go("/gestion/")
    visitor.page.locator("#id_username").fill(email)
    visitor.page.locator("#id_password").fill(PASSWORD)
    visitor.page.locator("[type=submit]").click()
    visitor.arrive("Vos dossiers")


@pytest.mark.req("C34", "A38")
def test_an_agent_finds_opens_and_answers_a_case_without_the_mouse(visit: Callable[..., Visitor]) -> None:
    desk = DeskFactory.create()
    agent = AgentFactory.create(desks=[desk])
    OutcomeFactory.create(name_fr="Favorable, par exemple")
    older = ComplaintFactory.create(desk=desk, documents=1, dependants=1, messages=1)
    ComplaintFactory.create(desk=desk)
    visitor = visit(inspecting=True)
    page = visitor.page
    sign_in(visitor, agent.email)

    page.get_by_role("link", name="À traiter").click()
    visitor.arrive("Réclamations")
    for key in "jjk":  # what is due first stands first
        page.keyboard.press(key)
    expect(page.get_by_role("link", name=str(older))).to_be_focused()
    page.keyboard.press("Enter")
    visitor.arrive(str(older))

    page.keyboard.press("r")
    answer = page.get_by_label("La réponse du service")
    expect(answer).to_be_focused()
    answer.type("Votre remboursement part demain, jour ouvrable.")
    page.keyboard.press("Tab")
    page.get_by_label("Issue", exact=True).select_option(label="Favorable, par exemple")
    visitor.examine()
    visitor.press("Répondre")
    expect(page.locator(".messagelist")).to_contain_text("La réponse est envoyée.")
    assert Complaint.objects.get(pk=older.pk).state == "answered"

    page.keyboard.press("u")
    visitor.arrive("Réclamations")
    page.keyboard.press("?")
    expect(page.get_by_role("dialog")).to_contain_text("Au clavier")
    page.keyboard.press("Escape")
    page.keyboard.press("/")
    page.keyboard.type(older.number)
    page.keyboard.press("Enter")
    visitor.arrive(str(older))


def test_an_agent_works_without_javascript_and_on_a_telephone(visit: Callable[..., Visitor]) -> None:
    desk = DeskFactory.create()
    agent = AgentFactory.create(desks=[desk])
    complaint = ComplaintFactory.create(desk=desk)
    visitor = visit(width=390, javascript=False)
    sign_in(visitor, agent.email)
    visitor.go(f"{LIST}{complaint.pk}/")
    visitor.page.locator("[data-action=acknowledge] summary").click()
    visitor.page.locator("[data-action=acknowledge] button.default").click()
    expect(visitor.page.locator(".messagelist")).to_contain_text("Le dossier est pris en charge.")
    assert Complaint.objects.get(pk=complaint.pk).state == "in-progress"


def test_the_agents_pages_are_written_from_right_to_left_in_arabic(visit: Callable[..., Visitor]) -> None:
    desk = DeskFactory.create()
    agent = AgentFactory.create(desks=[desk])
    complaint = ComplaintFactory.create(desk=desk, documents=1, messages=2, state="answered", agent=agent)
    visitor = visit("ar")
    sign_in(visitor, agent.email)
    for path in (LIST, f"{LIST}?file=toutes", f"{LIST}{complaint.pk}/"):
        visitor.go(path)
        visitor.examine()
