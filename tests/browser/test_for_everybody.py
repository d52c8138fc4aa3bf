"""Keyboard only, dark screens, large letters, small screens, and what a first visit weighs."""

from __future__ import annotations

import gzip
from collections.abc import Callable

import pytest
from playwright.sync_api import Locator, Request, expect

from claims_portal.organisations.models import Desk
from complaints.models import Complaint
from tests.factories.complaints import ComplaintFactory

from . import filing
from .checks import assert_accessible, assert_fits
from .filing import labelled
from .visitor import Visitor

Visit = Callable[..., Visitor]

MAIN_PAGES = [
    "/",
    "/secteurs/assurance/",
    "/reclamations/",
    "/reclamations/acaps/",
    "/reclamations/acaps/suivre/",
    "/reclamations/suivi/",
    "/reclamations/mes-reclamations/",
    "/textes/legal-notice/",
    "/textes/data-protection/",
    "/nulle-part/",
]
MOST_BYTES = 100_000


def a_case() -> Complaint:
    """A case that holds something of everything."""
    return ComplaintFactory.create(
        desk=Desk.objects.get(code="acaps"),
        complainant__email=filing.EMAIL,
        documents=2,
        messages=3,
        dependants=1,
        state="complement",
    )


def open_case(visitor: Visitor, case: Complaint) -> None:
    filing.track(visitor, case.number, email=filing.EMAIL)
    expect(visitor.page.get_by_role("heading", level=1)).to_contain_text(str(case))


def tab_to(visitor: Visitor, wanted: Locator, *, most: int) -> None:
    """Press Tab until the wanted field or button has the focus, so many times at most."""
    for _press in range(most):
        visitor.page.keyboard.press("Tab")
        if wanted.evaluate("each => each === document.activeElement"):
            return
    expect(wanted).to_be_focused()


def test_questions_are_answered_with_the_keyboard_alone(visit: Visit) -> None:
    visitor = visit()
    filing.begin(visitor)
    keys = visitor.page.keyboard
    tab_to(visitor, visitor.page.get_by_role("link", name="Aller au contenu"), most=1)
    keys.press("Enter")
    tab_to(visitor, labelled(visitor, "Je suis mécontent"), most=2)
    keys.press("Space")
    tab_to(visitor, visitor.page.get_by_role("button", name="Continuer", exact=True), most=1)
    keys.press("Enter")
    visitor.arrive("Sur quoi porte votre réclamation ?")
    for list_of_choices in ("Sujet", "Quel organisme est concerné ?"):
        tab_to(visitor, labelled(visitor, list_of_choices, exact=True), most=3)
        keys.press("ArrowDown")
        expect(labelled(visitor, list_of_choices, exact=True)).not_to_have_value("")
    tab_to(visitor, labelled(visitor, "Référence du dossier ou du sinistre"), most=3)
    keys.press("Enter")  # in a text field: sends the form, as everywhere
    visitor.arrive("Que s’est-il passé ?")


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_pages_outside_the_journey_are_usable_by_everybody_too(visit: Visit, language: str) -> None:
    visitor = visit(language, inspecting=True)
    visitor.expected = {404}
    for path in MAIN_PAGES:
        visitor.go(path)
        visitor.examine()
    assert visitor.french == {}


def test_dark_screens_keep_the_contrast(visit: Visit) -> None:
    case = a_case()
    visitor = visit(width=390, color_scheme="dark")
    visitor.expected = {404}
    for path in MAIN_PAGES:
        visitor.go(path)
        assert_accessible(visitor.page)
    open_case(visitor, case)
    assert_accessible(visitor.page)
    filing.begin(visitor)
    filing.go_on(visitor)
    visitor.expect_errors()
    assert_accessible(visitor.page)


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_letters_twice_as_large_need_no_sideways_scroll(visit: Visit, language: str) -> None:
    case = a_case()
    visitor = visit(language, width=640, device_scale_factor=2)  # a 1280 px screen at 200 %
    visitor.expected = {404}
    double = "() => { document.documentElement.style.fontSize = '200%' }"
    for path in MAIN_PAGES:
        visitor.go(path)
        assert_fits(visitor.page, width=640)
        visitor.page.evaluate(double)
        assert_fits(visitor.page, width=1280)
    open_case(visitor, case)
    visitor.page.evaluate(double)
    assert_fits(visitor.page, width=1280)


def test_a_first_visit_weighs_less_than_100_kb_and_asks_no_other_host(visit: Visit) -> None:
    """Style, scripts and pictures as WhiteNoise sends them (Brotli); pages compressed as the proxy in front does."""
    visitor = visit(width=390)
    open_case(visitor, a_case())
    addresses = [visitor.address(path) for path in MAIN_PAGES[:-1]] + [visitor.page.url]
    filing.begin(visitor)
    addresses.append(visitor.page.url.replace("/demande/", "/faits/"))
    for address in addresses:
        weights = {request.url: weight(request) for request in first_load(visitor, address)}
        assert len(weights) >= 4, "a page, its two style sheets and its script"
        assert sum(weights.values()) < MOST_BYTES, weights


def first_load(visitor: Visitor, address: str) -> list[Request]:
    """All that a browser asks for which has nothing of this site in its cache."""
    loaded: list[Request] = []

    def note(request: Request) -> None:
        loaded.append(request)

    visitor.context.new_cdp_session(visitor.page).send("Network.clearBrowserCache")
    visitor.page.on("requestfinished", note)
    visitor.page.goto(address, wait_until="networkidle")
    visitor.page.remove_listener("requestfinished", note)
    return loaded


def weight(request: Request) -> int:
    """Bytes on the wire."""
    response = request.response()
    assert response is not None
    if request.resource_type == "document":
        return len(gzip.compress(response.body(), 6))
    return request.sizes()["responseBodySize"]


def test_the_proof_of_work_is_done_beside_the_page(visit: Visit) -> None:
    visitor = visit()
    with visitor.page.expect_worker() as worker:
        visitor.go("/mes-donnees/")
    assert "proof-worker" in worker.value.url
    expect(visitor.page.locator(".proof")).to_have_text(visitor.say("Vérification anti-robot terminée."))
    expect(visitor.page.locator("input[name=proof]")).not_to_have_value("")


def test_where_no_worker_runs_a_person_waits_instead(visit: Visit) -> None:
    visitor = visit()
    visitor.page.add_init_script("delete window.Worker")
    visitor.go("/mes-donnees/")
    expect(visitor.page.locator("input[name=proof]")).to_have_value("")
    expect(visitor.page.locator(".proof")).to_have_text("")
