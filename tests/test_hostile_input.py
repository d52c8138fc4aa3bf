"""Whatever stands in an address or in a form is ignored or answered with a sentence: no page breaks.

The walk draws from every address of `test_permissions` and every page of the back-office, and undoes each request.
`HOSTILE_SEED=<number>` repeats a walk.
"""

from __future__ import annotations

import os
import random
from dataclasses import dataclass, field
from html.parser import HTMLParser
from typing import Any
from urllib.parse import urlencode

import pytest
from django.conf import settings as portal
from django.contrib import admin
from django.db import transaction
from django.test import Client
from django.urls import NoReverseMatch, reverse

from claims_portal.notifications.models import Message
from health_claims.models import Claim, Declaration
from membership.models import Member
from tests import test_permissions
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import DeclarationDraftFactory, DeclarationFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons
from tests.factories.membership import GuaranteeFactory, MemberFactory, enter_as
from tests.test_permissions import GET, POST, World

SEED = int(os.environ.get("HOSTILE_SEED") or random.SystemRandom().randrange(10**6))
PAGES, REQUESTS = 100, 500  # of the several hundred thousand that can be made: some seconds
VALUES = [
    *("\x00", "a\x00b", "\ud800", "²", "٣", "NaN", "Infinity", "1_000", "1e999999", "-1", "9" * 20, "9" * 5000),
    *("0000-01-01", "9999-12-31", "99999-01-01", "0001-01-01T00:00:00+23:59", "x" * 10_000, "__class__", "%s{0}", ""),
]
# What the code reads without showing an input of that name.
NAMES = [
    *("q", "p", "o", "e", "all", "file", "recherche", "apres", "avant", "_popup", "_to_field", "_changelist_filters"),
    *("next", "guichet", "organisme", "avec", "patient", "prestation", "periode", "du", "au", "compte", "term"),
    *("case", "letter", "seen", "action", "_selected_action", "remove", "again", "kept", "intake", "number", "waiting"),
    *("proof", "form_id", "decision", "organisation", "preview", "insert", "texte", "reason", "note", "drop"),
]
world = test_permissions.world


@dataclass
class Inputs(HTMLParser):
    """The fields of the forms of a page, with what they hold."""

    values: dict[str, str] = field(default_factory=dict)

    def __post_init__(self) -> None:
        super().__init__()

    def handle_starttag(self, tag: str, attrs: list[tuple[str, str | None]]) -> None:
        given = dict(attrs)
        if tag in ("input", "select", "textarea", "button") and given.get("name"):
            self.values.setdefault(str(given["name"]), given.get("value") or "")


@dataclass(frozen=True)
class Walker:
    """A browser that keeps its session whatever it asks for."""

    browser: Client
    session: str

    def ask(self, address: str, sent: dict[str, str] | None = None) -> Any:
        """Open the address, or send a form to it; nothing of it stays."""
        if self.session:
            self.browser.cookies[portal.SESSION_COOKIE_NAME] = self.session
        with transaction.atomic():
            if sent is None:
                answer = self.browser.get(address)
            else:
                answer = self.browser.post(address, encoded(sent), content_type="application/x-www-form-urlencoded")
            transaction.set_rollback(True)
        return answer


Request = tuple[Walker, str, dict[str, str] | None]


def encoded(values: dict[str, str]) -> str:
    return urlencode(values, errors="surrogatepass")


def walker(browser: Client) -> Walker:
    browser.raise_request_exception = False
    kept = browser.cookies.get(portal.SESSION_COOKIE_NAME)
    return Walker(browser, kept.value if kept else "")


@pytest.fixture
def member(world: World) -> Member:
    """Somebody insured, with a draft, a declaration and a claim that was computed."""
    give_reasons()
    made: Member = MemberFactory.create(activated=True)
    GuaranteeFactory.create(policy=made.policy)
    DeclarationFactory.create(member=made)
    StatementFactory.create(claim=ClaimFactory.create(member=made))
    DeclarationDraftFactory.create(member=made)
    return made


@pytest.fixture
def walkers(world: World, member: Member) -> dict[str, Walker]:
    """By role. The first two walk outside the back-office, the others inside."""
    holder, inside = Client(), Client()
    test_permissions.give(holder, world.complaint, world.draft, world.sent_draft)
    enter_as(inside, member)
    agent = AgentFactory.create(desks=[world.complaint.desk, member.policy.desk])
    superuser = AgentFactory.create(is_superuser=True, permissions=[], desks=[world.complaint.desk])
    browsers = {"holder": holder, "member": inside, "agent": signed_in(agent), "superuser": signed_in(superuser)}
    return {role: walker(browser) for role, browser in browsers.items()}


def addresses(world: World, member: Member) -> dict[str, str]:
    """Every address by name, those of health with the rows of the member."""
    declaration, claim = Declaration.objects.get(member=member), Claim.objects.get(member=member)
    rows = {"20260704000001": declaration.number, "20260303000001": claim.number}
    found = {}
    for name, (arguments, _statuses) in (GET | POST).items():
        given = [rows.get(argument, argument) for argument in arguments(world)]
        if name.startswith("admin:health_claims_") and given:
            given[0] = (declaration if "_declaration_" in name else claim).pk
        found[name] = reverse(name, args=given)
    for model in admin.site._registry:
        row = model._default_manager.order_by("pk").first()
        for kind in ("changelist", "add", "history", "delete", "change"):
            name = f"admin:{model._meta.app_label}_{model._meta.model_name}_{kind}"
            try:
                found[name] = reverse(name, args=[] if kind in ("changelist", "add") else [row.pk if row else 1])
            except NoReverseMatch:
                continue  # this model has no such page
    return found


def drawn_requests(walkers: dict[str, Walker], found: dict[str, str]) -> list[Request]:
    """So many requests, each with one hostile value: in the address, or in a form that is otherwise as on its page."""
    draw = random.Random(SEED)
    possible = []
    for name, address in draw.sample(sorted(found.items()), PAGES):
        roles = ("agent", "superuser") if address.startswith("/gestion/") else ("holder", "member")
        for walker in (walkers[role] for role in roles):
            answer = walker.ask(address)
            page = Inputs()
            if answer.status_code == 200 and not answer.streaming and answer["Content-Type"].startswith("text/html"):
                page.feed(answer.content.decode())
            names = sorted({*NAMES, *page.values} - {"csrfmiddlewaretoken"})
            possible.append((walker, address, name, names, page.values))
    requests: list[Request] = []
    while len(requests) < REQUESTS:
        walker, address, name, names, shown = draw.choice(possible)
        hostile = {draw.choice(names): draw.choice(VALUES)}
        if name == "admin:logout":
            continue
        if draw.random() < 0.6:
            requests.append((walker, address, shown | hostile))
        else:
            requests.append((walker, f"{address}?{encoded(hostile)}", None))
    return requests


def test_nothing_that_is_sent_breaks_a_page(world: World, member: Member, walkers: dict[str, Walker]):
    broken = [
        (address[:200], sent)
        for walker, address, sent in drawn_requests(walkers, addresses(world, member))
        if walker.ask(address, sent).status_code >= 500
    ]
    assert broken == [], f"HOSTILE_SEED={SEED}"


@pytest.mark.parametrize(
    ("name", "key"),
    [
        ("admin:complaints_letter_print", "letter"),
        ("admin:complaints_complaint_print_many", "case"),
        ("admin:complaints_complaint_bulk", "case"),
        ("admin:organisations_sector_changelist", "_selected_action"),
        ("admin:membership_guarantee_add", "policy"),
    ],
)
def test_a_row_named_by_something_else_than_its_key_breaks_nothing(walkers, name: str, key: str):
    for value in VALUES:
        sent = {key: value, "action": "delete_selected", "index": "0"}
        assert walkers["superuser"].ask(reverse(name), sent).status_code < 500, value[:20]


@pytest.mark.parametrize("query", ["nom=%00", "%00=nom", "q=a%00b", "nom=%FF", "nom=%ED%A0%80", "nom=%C3"])
@pytest.mark.parametrize("address", ["/", "/ar/", "/gestion/login/", "/reclamations/suivi/"])
def test_a_query_string_that_is_not_legible_is_answered_with_a_sentence(client, db, address: str, query: str):
    answer = client.get(f"{address}?{query}")
    assert answer.status_code == 400
    assert ("قراءة" if address == "/ar/" else "Nous n’avons pas pu lire cette demande") in answer.content.decode()


@pytest.mark.parametrize("charset", ["rot13", "hex", "utf-7", "cp037"])
@pytest.mark.parametrize("address", ["/", "/ar/", "/gestion/login/", "/reclamations/suivi/"])
def test_a_page_asked_for_in_another_encoding_is_answered_with_a_sentence(client, db, address: str, charset: str):
    answer = client.get(address, CONTENT_TYPE=f"text/plain; charset={charset}")
    assert answer.status_code == 400
    assert ("قراءة" if address == "/ar/" else "Nous n’avons pas pu lire cette demande") in answer.content.decode()


def test_a_nul_that_another_encoding_hides_in_a_query_string_is_refused(client, db):
    address = "/reclamations/suivi-en-ligne/?guichet=%2BAAA-"
    assert client.get(address).status_code == 200
    assert client.get(address, CONTENT_TYPE="text/plain; charset=utf-7").status_code == 400


@pytest.mark.parametrize("charset", ["rot13", "utf-7"])
def test_a_form_sent_in_another_encoding_is_answered_with_a_sentence(client, db, charset: str):
    body = b'--x\r\nContent-Disposition: form-data; name="number"\r\n\r\n+AAA-\r\n--x--\r\n'
    sent = f"multipart/form-data; boundary=x; charset={charset}"
    answer = client.generic("POST", "/reclamations/suivi/", body, content_type=sent)
    assert answer.status_code == 400
    assert "Nous n’avons pas pu lire cette demande" in answer.content.decode()


@pytest.mark.parametrize("charset", ["utf-8", "UTF-8", "utf8"])
def test_a_page_asked_for_in_utf_8_is_shown(client, db, charset: str):
    assert client.get("/?ville=F%C3%A8s", CONTENT_TYPE=f"text/plain; charset={charset}").status_code == 200


@pytest.mark.parametrize("value", [r'"\000abcdefghijklmnop"', r'"\012abcdefghijklmnop"', "x" * 4000, "²" * 32])
@pytest.mark.parametrize("address", ["/", "/reclamations/suivi/1/", "/gestion/", "/sante/"])
def test_an_odd_cookie_is_no_session_and_breaks_no_page(client, db, address: str, value: str):
    names = [portal.SESSION_COOKIE_NAME, portal.KNOWN_BROWSER_COOKIE_NAME, portal.AGENT_BROWSER_COOKIE_NAME]
    cookies = "; ".join(f"{name}={value}" for name in names)
    expected = client.get(address).status_code
    assert Client(headers={"cookie": cookies}).get(address).status_code == expected


def test_an_address_with_words_in_any_script_is_legible(client, db):
    assert client.get("/?nom=%D8%B4%D9%83%D8%A7%D9%8A%D8%A9&ville=F%C3%A8s&%E9%A1%8C=+").status_code == 200


@pytest.mark.parametrize("model", ["organisations/desk", "accounts/user", "notifications/message", "membership/member"])
def test_the_page_of_an_odd_key_is_that_of_no_row(walkers, model: str):
    for key in ("0", "-1", "²", "9" * 20, "9" * 5000, "%00", "_5F", "x" * 3000, "NaN", "1_000"):
        for page in ("change", "history", "delete"):
            assert walkers["superuser"].ask(f"/gestion/{model}/{key}/{page}/").status_code in (302, 403, 404)


CHOICES = [
    {"app_label": "\x00", "model_name": "guarantee", "field_name": "policy"},
    {"app_label": "membership", "model_name": "guarantee", "field_name": "policy", "term": "\x00"},
    {"app_label": "membership", "model_name": "guarantee", "field_name": "policy", "term": "a " * 5000},
    {"app_label": "membership", "model_name": "guarantee", "field_name": "policy", "page": "9" * 5000},
    {"app_label": "membership", "model_name": "guarantee", "field_name": "policy__organisation"},
    {"app_label": "accounts", "model_name": "recoverycode", "field_name": "user"},
    {"app_label": "accounts", "model_name": "user", "field_name": "password"},
]


def test_the_choices_of_an_input_take_any_words(walkers):
    for query in CHOICES:
        assert walkers["superuser"].ask(f"{reverse('admin:autocomplete')}?{encoded(query)}").status_code < 500, query


def test_no_list_nor_history_shows_or_finds_what_a_code_or_a_link_says(walkers, world: World):
    """The outbox of a code: its list, its search, its page and its history."""
    secret = "482913"
    Message.objects.filter(pk=world.message).update(sensitive=True, body_text=secret, body_html=secret)
    outbox = "/gestion/notifications/message/"
    queries = ["", f"?body_text__contains={secret}", f"?body_html={secret}", "?dedup_key__startswith=a"]
    paths = [
        *(outbox + query for query in queries),
        *(f"{outbox}{world.message}/{page}/" for page in ("change", "history")),
    ]
    paths.append(f"/gestion/complaints/complaint/{world.complaint.pk}/messages/{world.message}/copie/")
    for path in paths:
        answer = walkers["superuser"].ask(path)
        assert answer.status_code in (200, 302)
        assert secret not in answer.content.decode()
    found = walkers["superuser"].ask(f"{outbox}?q={secret}")
    assert list(found.context["cl"].result_list) == []
