"""An agent decides declarations at the keyboard, the pieces beside them."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from playwright.sync_api import expect

from health_claims.models import Declaration
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import DeclarationFactory
from tests.factories.health_claims_claims import give_reasons
from tests.factories.membership import MemberFactory

from .test_agents_journey import sign_in
from .visitor import Visitor


@pytest.mark.req("D147", "D150")
def test_an_agent_rejects_one_and_validates_the_next_without_the_mouse(visit: Callable[..., Visitor]) -> None:
    give_reasons()
    first = DeclarationFactory.create(documents=0)
    member = MemberFactory.create(policy=first.member.policy, activated=True)
    second = DeclarationFactory.create(member=member, documents=0)
    rights = ["health_claims.view_declaration", "health_claims.handle", "health_claims.read_medical"]
    agent = AgentFactory.create(desks=[first.desk], permissions=rights)
    visitor = visit(inspecting=True)
    page = visitor.page
    sign_in(visitor, agent.email)

    visitor.go("/gestion/health_claims/declaration/")
    page.keyboard.press("j")
    page.keyboard.press("Enter")
    visitor.arrive(first.number)
    page.keyboard.press("r")
    reason = page.get_by_role("combobox", name="Motif")
    expect(reason).to_be_focused()
    reason.select_option("Pièce illisible")
    visitor.examine()
    visitor.press("Rejeter")

    visitor.arrive(second.number)
    expect(page.locator(".messagelist")).to_contain_text("rejetée")
    page.keyboard.press("v")
    page.keyboard.press("Enter")
    visitor.arrive("Déclarations")
    expect(page.locator(".messagelist")).to_contain_text("le dossier est ouvert")
    assert list(Declaration.objects.order_by("pk").values_list("state", flat=True)) == ["rejected", "validated"]
