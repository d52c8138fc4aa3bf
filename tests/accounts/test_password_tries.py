"""Wrong passwords of the staff: how many a browser, an address and an account have, counted before any hashing."""

from __future__ import annotations

from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import MD5PasswordHasher, make_password
from django.test import Client

from claims_portal.accounts.models import AuditEntry, User
from tests.factories.complaints import PASSWORD, AgentFactory

LOGIN, OWN_PASSWORD = "/gestion/login/", "/gestion/password_change/"
OFFICE, ELSEWHERE = "41.250.1.2", "41.250.9.9"
pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """Windows begin on the hour: a test that runs across one must not notice."""
    with time_machine.travel(datetime(2026, 3, 3, 12, 0, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture(autouse=True)
def hashed(settings: Any, monkeypatch: pytest.MonkeyPatch) -> list[str]:
    """The passwords that were hashed since the test began, with a quick hasher."""
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]
    passwords: list[str] = []
    encode = MD5PasswordHasher.encode

    def note(self: MD5PasswordHasher, password: str, salt: str) -> str:
        passwords.append(password)
        return encode(self, password, salt)

    monkeypatch.setattr(MD5PasswordHasher, "encode", note)
    return passwords


def agents(how_many: int) -> list[User]:
    return AgentFactory.create_batch(how_many, password=make_password(PASSWORD))


def sign_in(client: Client, email: str, password: str = PASSWORD, place: str = OFFICE) -> int:
    return client.post(LOGIN, {"username": email, "password": password}, REMOTE_ADDR=place).status_code


def test_one_password_tried_on_thirty_accounts_is_refused_before_the_last(hashed: list[str]):
    victims = agents(30)
    hashed.clear()
    statuses = [sign_in(Client(), victim.email, "Azerty-2026", ELSEWHERE) for victim in victims]
    assert statuses == [200] * 25 + [429] * 5
    assert hashed == ["Azerty-2026"] * 25


def test_names_that_nobody_has_are_refused_and_hashed_as_often(hashed: list[str]):
    statuses = [sign_in(Client(), f"nul{number}@atlas.example", "Azerty-2026") for number in range(30)]
    assert statuses == [200] * 25 + [429] * 5
    assert hashed == ["Azerty-2026"] * 25


def test_a_refusal_looks_the_same_for_an_account_and_for_a_name_that_nobody_has():
    known = agents(1)[0].email
    pages = []
    for name in (known, "nul@atlas.example"):
        for _try in range(5):
            sign_in(Client(), name, "non")
        answer = Client().post(LOGIN, {"username": name, "password": PASSWORD}, REMOTE_ADDR=OFFICE)
        reference = answer.content.decode().split('<bdi class="code">')[1][:8]
        pages.append((answer.status_code, answer.content.decode().replace(reference, "")))
    assert pages[0] == pages[1]
    assert pages[0][0] == 429


def test_tries_from_fifty_addresses_are_cut_short_and_the_agent_comes_in(hashed: list[str], clock: Any):
    agent = agents(1)[0]
    browser = Client()
    assert sign_in(browser, agent.email) == 302
    browser.post("/gestion/logout/")
    hashed.clear()
    statuses = [sign_in(Client(), agent.email, "non", f"41.0.0.{number % 50}") for number in range(300)]
    assert statuses.count(200) == len(hashed) == 50
    assert sign_in(browser, agent.email) == 302
    assert sign_in(Client(), agent.email) == 429
    clock.shift(3600)
    assert sign_in(Client(), agent.email) == 302


def test_a_stranger_at_one_address_stops_the_agent_at_no_other():
    agent = agents(1)[0]
    assert [sign_in(Client(), agent.email, "non", ELSEWHERE) for _ in range(20)].count(429) == 15
    assert sign_in(Client(), agent.email) == 302


def test_forty_agents_of_one_office_with_a_slip_of_the_keyboard_all_come_in():
    for agent in agents(40):
        browser = Client()
        assert sign_in(browser, agent.email, "faute") == 200
        assert sign_in(browser, agent.email) == 302


def test_an_agent_comes_in_with_a_known_browser_while_the_address_is_closed():
    agent = agents(1)[0]
    browser = Client()
    sign_in(browser, agent.email)
    browser.post("/gestion/logout/")
    for number in range(30):
        sign_in(Client(), f"nul{number}@atlas.example", "non")
    assert sign_in(Client(), agent.email) == 429
    assert sign_in(browser, agent.email) == 302


def test_a_known_browser_has_no_count_of_its_own_for_another_account():
    mine, other = agents(2)
    browser = Client()
    sign_in(browser, mine.email)
    browser.post("/gestion/logout/")
    assert [sign_in(browser, other.email, "non") for _ in range(6)] == [200] * 5 + [429]


def test_a_known_browser_has_ten_tries_an_hour():
    agent = agents(1)[0]
    browser = Client()
    sign_in(browser, agent.email)
    browser.post("/gestion/logout/")
    assert [sign_in(browser, agent.email, "non") for _ in range(11)] == [200] * 10 + [429]


def test_the_cookie_of_a_known_browser_tells_nobody_whose_it_is():
    agent = agents(1)[0]
    browser = Client()
    sign_in(browser, agent.email)
    cookie = browser.cookies["agent-browser"]
    assert (cookie["httponly"], cookie["samesite"]) == (True, "Lax")
    assert "@" not in cookie.value
    assert browser.get("/gestion/").status_code == 200
    browser.cookies.pop("portal")
    assert browser.get("/gestion/").status_code == 302  # it opens nothing


def test_what_a_shared_address_reached_is_said_and_another_device_is_named():
    for number in range(26):
        page = Client().post(LOGIN, {"username": f"nul{number}@atlas.example", "password": "non"}, REMOTE_ADDR=OFFICE)
    text = page.content.decode()
    assert "partagent votre connexion à internet" in text
    assert "déjà connecté à votre compte" in text


def test_a_refused_password_is_in_the_audit_log_with_the_account_and_the_address():
    agent = agents(1)[0]
    sign_in(Client(), agent.email, "non")
    line = AuditEntry.objects.get()
    assert (line.action, line.user, line.address) == ("sign-in-refused", agent, OFFICE)


def test_the_present_password_is_not_guessed_on_the_page_that_changes_it(hashed: list[str], settings: Any):
    settings.THROTTLES = settings.THROTTLES | {"confirmation": (2, 900)}
    agent = agents(1)[0]
    browser = Client()
    sign_in(browser, agent.email)
    hashed.clear()
    typed = {"old_password": "non", "new_password1": "Un-autre-mot-7", "new_password2": "Un-autre-mot-7"}
    assert [browser.post(OWN_PASSWORD, typed).status_code for _ in range(3)] == [200, 200, 429]
    assert hashed == ["non"] * 2


def test_ones_own_new_password_is_in_the_audit_log():
    agent = agents(1)[0]
    browser = Client()
    sign_in(browser, agent.email)
    typed = {"old_password": PASSWORD, "new_password1": "Un-autre-mot-7", "new_password2": "Un-autre-mot-7"}
    assert browser.post(OWN_PASSWORD, typed).status_code == 302
    line = AuditEntry.objects.get(action="password-changed")
    assert (line.user, line.object_id) == (agent, str(agent.pk))
