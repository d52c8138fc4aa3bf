"""Signing in, being locked out, being forgotten after a while; and what nobody sees without signing in."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.contrib.sessions.models import Session
from django.test import Client, RequestFactory
from django.urls import URLPattern, URLResolver, get_resolver
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.views import PublicView
from membership.access import MemberView
from tests.factories.complaints import PASSWORD, AgentFactory

LOGIN = "/gestion/login/"
PLACE, ELSEWHERE = "41.250.1.2", "41.250.9.9"


@pytest.fixture
def agent(db: None, settings) -> User:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in costs time on purpose
    return AgentFactory.create(email="salma@atlas.example", password=make_password(PASSWORD))


def sign_in(client: Client, *, email: str = "salma@atlas.example", password: str = PASSWORD, place: str = PLACE):
    return client.post(LOGIN, {"username": email, "password": password}, REMOTE_ADDR=place)


def is_in(client: Client) -> bool:
    return client.get("/gestion/", REMOTE_ADDR=PLACE).status_code == 200


def test_an_agent_signs_in_with_an_e_mail_address_in_any_capitals(agent, client):
    assert sign_in(client, email="Salma@Atlas.example").status_code == 302
    assert is_in(client)


def test_a_new_sign_in_has_a_new_session(agent, client):
    client.get(LOGIN)
    session = client.session
    session["before"] = True
    session.save()
    client.cookies["portal"] = session.session_key
    sign_in(client)
    assert client.session.session_key != session.session_key


def test_signing_out_ends_the_session_on_the_server(agent, client):
    sign_in(client)
    key = client.session.session_key
    assert "Vous êtes déconnecté" in client.post("/gestion/logout/").content.decode()
    assert not Session.objects.filter(session_key=key).exists()


def test_an_unknown_address_and_a_wrong_password_are_told_the_same(agent, client):
    wrong, unknown = sign_in(client, password="non"), sign_in(client, email="nul@atlas.example", password="non")
    told = [answer.context["form"].non_field_errors() for answer in (wrong, unknown)]
    assert told[0] == told[1]
    assert "n’ouvrent pas l’espace des agents" in str(told[0])
    assert wrong.status_code == unknown.status_code == 200


def test_five_wrong_passwords_from_one_place_close_the_account_there(agent, client):
    for _ in range(5):
        sign_in(client, password="non")
    assert sign_in(client).status_code == 429
    assert not is_in(client)


def test_another_address_of_the_same_ipv6_network_is_no_way_around_the_lock(agent, client):
    for last in range(5):
        sign_in(Client(), password="non", place=f"2001:db8:1:2::{last}")
    assert sign_in(client, place="2001:db8:1:2:3:4:5:6").status_code == 429
    assert sign_in(Client(), place="2001:db8:1:3::1").status_code == 302


def test_a_stranger_cannot_lock_an_agent_out(agent, client):
    for _ in range(6):
        sign_in(Client(), password="non", place=ELSEWHERE)
    assert sign_in(client).status_code == 302


def test_the_lock_opens_after_an_hour(agent, client):
    for _ in range(5):
        sign_in(client, password="non")
    with time_machine.travel(timezone.now() + timedelta(minutes=61)):
        assert sign_in(client).status_code == 302


def test_a_right_password_forgives_the_wrong_ones_before(agent, client):
    for _ in range(4):
        sign_in(client, password="non")
    sign_in(client)
    for _ in range(4):
        sign_in(Client(), password="non")
    assert sign_in(Client()).status_code == 302


def test_capitals_are_no_way_around_the_lock(agent, client):
    for number in range(5):
        sign_in(client, email=["SALMA@atlas.example", "Salma@Atlas.example"][number % 2], password="non")
    assert sign_in(client).status_code == 429


def test_fifteen_idle_minutes_sign_an_agent_out(agent, client):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        sign_in(client)
        assert is_in(client)
    with time_machine.travel(now + timedelta(minutes=15), tick=False):
        assert is_in(client)
    with time_machine.travel(now + timedelta(minutes=30, seconds=1), tick=False):
        assert not is_in(client)


def test_what_is_sent_once_the_session_has_ended_is_given_back(agent, client):
    sign_in(client)
    assert is_in(client)
    long_text = "Une réponse longue, écrite pendant plus de quinze minutes."
    later = timezone.now() + timedelta(minutes=16)
    here, elsewhere = ({"Sec-Fetch-Site": site} for site in ("same-origin", "cross-site"))
    with time_machine.travel(later, tick=False):
        answer = client.post("/gestion/complaints/complaint/1/message/", {"body": long_text}, headers=here)
        assert answer.status_code == 403
        assert "Votre session a pris fin" in answer.content.decode()
        assert f"{long_text}</textarea>" in answer.content.decode()
        answer = client.post("/gestion/complaints/complaint/1/message/", {"body": long_text}, headers=elsewhere)
        assert answer.headers["Location"].startswith(LOGIN)


def test_who_works_stays_signed_in(agent, client):
    now = timezone.now()
    for minutes in range(0, 120, 14):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            if not minutes:
                sign_in(client)
            assert is_in(client)


def test_the_session_of_an_agent_ends_twelve_hours_after_sign_in_however_active(agent, client):
    now = timezone.now()
    for minutes in range(0, 12 * 60 + 1, 15):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            if not minutes:
                sign_in(client)
            assert is_in(client)
    long_text = "Une réponse commencée avant la fin de la journée, envoyée juste après."
    with time_machine.travel(now + timedelta(hours=12, seconds=1), tick=False):
        answer = client.post(
            "/gestion/complaints/complaint/1/message/", {"body": long_text}, headers={"Sec-Fetch-Site": "same-origin"}
        )
        assert answer.status_code == 403
        assert f"{long_text}</textarea>" in answer.content.decode()
        assert not is_in(client)


def test_signing_in_again_begins_the_twelve_hours_again(agent, client):
    now = timezone.now()
    for minutes in range(0, 13 * 60, 15):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            if minutes in (0, 6 * 60):
                sign_in(client)
            assert is_in(client)


def test_working_writes_the_session_at_most_once_a_minute(agent, client):
    now = timezone.now()
    with time_machine.travel(now, tick=False):
        sign_in(client)
        is_in(client)
    seen = Session.objects.get(session_key=client.session.session_key).session_data
    with time_machine.travel(now + timedelta(seconds=59), tick=False):
        is_in(client)
    assert Session.objects.get(session_key=client.session.session_key).session_data == seen


def test_an_idle_visitor_without_an_account_keeps_the_session(db, client):
    session = client.session
    session["drafts"] = ["x"]
    session.save()
    with time_machine.travel(timezone.now() + timedelta(days=3)):
        client.get("/")
        assert client.session["drafts"] == ["x"]


def test_a_page_asks_to_sign_in_unless_it_says_that_anybody_may_open_it(client, db):
    for address in ("/gestion/", "/gestion/complaints/complaint/", "/gestion/accounts/user/1/change/"):
        answer = client.get(address)
        assert answer.status_code == 302
        assert answer.headers["Location"].startswith(LOGIN)


def test_every_subclass_of_a_public_page_is_public(rf: RequestFactory):
    class Page(PublicView):
        pass

    class Under(Page):
        pass

    assert [view.as_view().login_required for view in (Page, Under)] == [False, False]


PUBLIC = {"live", "ready", "home", "sector", "legal-texts", "legal-text", "later", "resume", "demo_messages", "my-data"}
# The way into the member space; every other page of it asks for a member.
WAY_IN = {
    *("membership:sign-in", "membership:identity", "membership:password", "membership:browser-code"),
    "membership:code-first",
    *("membership:forgotten", "membership:forgotten-new", "membership:forgotten-link", "membership:email-link"),
    "membership:not-me",
    *("membership:terms", "membership:sign-out", "membership:downloads", "membership:download"),
    "health_claims:activation-link",
    "membership:card-check",  # whoever holds a card reads its code: the code is the right
}


def patterns(resolver: URLResolver, space: str = "") -> list[tuple[str, URLPattern]]:
    found = []
    for each in resolver.url_patterns:
        if isinstance(each, URLResolver):
            found += patterns(each, each.namespace or space)
        else:
            found.append((f"{space}:{each.name}".removeprefix(":"), each))
    return found


def test_no_page_is_open_by_oversight():
    pages = dict(patterns(get_resolver()))
    opened = {name for name, each in pages.items() if not getattr(each.callback, "login_required", True)}
    members = {name for name in opened if issubclass(getattr(pages[name].callback, "view_class", object), MemberView)}
    assert {name for name in opened - members if not name.startswith(("complaints:", "admin:"))} <= PUBLIC | WAY_IN
    assert {name for name in opened if name.startswith("admin:")} <= {"admin:login", "admin:jsi18n", "admin:logout"}


def test_a_password_is_hashed_slowly_in_production(settings, production_hashing):
    assert settings.PASSWORD_HASHERS[0] == "django.contrib.auth.hashers.PBKDF2PasswordHasher"
    assert production_hashing >= 600_000  # what OWASP asks of PBKDF2 with SHA-256
