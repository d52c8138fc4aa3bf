"""Wrong CINs and passwords: guessing ends after a hundred, and no stranger keeps a member out."""

from __future__ import annotations

import re
from collections.abc import Iterator
from datetime import UTC, datetime
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from claims_portal.notifications.models import Message
from membership.access import SESSION_KEY
from membership.models import KnownBrowser, Member, MemberAccount
from tests.factories.membership import PASSWORD, MemberFactory, PolicyFactory, enter_as

from .conftest import last_code, say_cin, say_number, say_password, sign_in

pytestmark = pytest.mark.django_db
HOME, OFFICE = "105.66.1.1", "41.250.1.2"
IDENTITY, PASSWORD_PAGE = "membership:identity", "membership:password"
CODE_FIRST, BROWSER_CODE = "membership:code-first", "membership:browser-code"
WRONG = "ZZ000000"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Any]:
    """Windows begin on the hour: a test that runs across one must not notice."""
    with time_machine.travel(datetime(2026, 3, 3, 12, 0, tzinfo=UTC), tick=False) as moved:
        yield moved


@pytest.fixture
def few(settings: Any) -> None:
    """Six in a row instead of a hundred: what happens then is the same, and sooner."""
    settings.THROTTLES = settings.THROTTLES | {"sign-in-failures": (6, 30 * 24 * 3600)}


def test_an_account_has_a_hundred_tries_in_a_row(settings: Any):
    assert settings.THROTTLES["sign-in-failures"] == (100, 30 * 24 * 3600)


def browser_at(place: str) -> Client:
    return Client(REMOTE_ADDR=place)


def wrong_cin(member: Member, place: str) -> Any:
    return say_cin(browser_at(place), member, cin=WRONG)


def wrong_password(member: Member, place: str) -> Any:
    return say_password(browser_at(place), member, "faux")


def come_in_with_a_code_first(client: Client, member: Member) -> None:
    """The way of a member whose number others have tried too often."""
    assert client.post(reverse(CODE_FIRST), {"code": last_code()})["Location"] == reverse(PASSWORD_PAGE)
    answer = client.post(reverse(PASSWORD_PAGE), {"password": PASSWORD})
    assert answer["Location"] == reverse("membership:home")


def is_in(client: Client) -> bool:
    return SESSION_KEY in client.session


def spread(how_many: int) -> list[str]:
    """Addresses of a stranger who has fifty."""
    return [f"192.0.2.{number % 50}" for number in range(how_many)]


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("attack", [wrong_cin, wrong_password], ids=["CIN", "password"])
def test_a_month_of_attack_from_fifty_addresses_never_keeps_the_member_out(member: Member, clock: Any, attack: Any):
    known = browser_at(HOME)
    sign_in(known, member, remember="on")
    known.post(reverse("membership:sign-out"))
    for _day in range(30):
        clock.shift(24 * 3600)
        for place in spread(7):
            attack(member, place)
        assert say_password(known, member)["Location"] == reverse("membership:home")
        known.post(reverse("membership:sign-out"))
        new = browser_at(OFFICE)
        answer = say_cin(new, member)
        if answer["Location"] == reverse(PASSWORD_PAGE):
            answer = new.post(reverse(PASSWORD_PAGE), {"password": PASSWORD})
        assert answer["Location"] == reverse(CODE_FIRST)
        come_in_with_a_code_first(new, member)


@pytest.mark.usefixtures("few")
def test_six_wrong_passwords_in_a_row_are_the_last_that_are_compared(member: Member, monkeypatch: Any):
    compared = []
    check = type(member.account).check_password
    monkeypatch.setattr(
        type(member.account), "check_password", lambda self, raw: compared.append(raw) or check(self, raw)
    )
    answers = [wrong_password(member, place) for place in spread(20)]
    assert len(compared) == 6
    assert {answer["Location"] for answer in answers[6:]} == {reverse(CODE_FIRST)}


@pytest.mark.usefixtures("few")
def test_after_too_many_wrong_cins_the_right_one_looks_like_a_wrong_one(member: Member):
    for place in spread(6):
        wrong_cin(member, place)
    guesser = browser_at("192.0.2.60")
    pages = {}
    for name, cin in (("right", member.cin), ("wrong", WRONG)):
        answer = say_cin(guesser, member, cin=cin)
        shown = guesser.get(answer["Location"]).content.decode()
        refused = guesser.post(answer["Location"], {"code": "000000"}).content.decode()
        pages[name] = [answer["Location"], *(re.sub(r'value="\w{64}"', "", page) for page in (shown, refused))]
        assert guesser.get(reverse(PASSWORD_PAGE))["Location"] == reverse("membership:sign-in")
    assert pages["right"] == pages["wrong"]
    assert Message.objects.filter(channel="sms").count() == 1


@pytest.mark.usefixtures("few")
def test_a_number_that_nobody_has_gets_the_same_page_after_as_many_tries(member: Member):
    answers = [say_cin(browser_at(place), member, number="7654321") for place in spread(7)]
    assert [answer.status_code for answer in answers] == [200] * 6 + [302]
    assert answers[6]["Location"] == reverse(CODE_FIRST)
    assert not Message.objects.exists()


def test_ten_wrong_tries_at_one_address_ask_for_a_code_there_and_nowhere_else(member: Member):
    assert [wrong_cin(member, OFFICE).status_code for _ in range(11)] == [200] * 10 + [302]
    assert say_cin(browser_at(HOME), member)["Location"] == reverse(PASSWORD_PAGE)
    neighbour = browser_at(OFFICE)
    assert say_cin(neighbour, member)["Location"] == reverse(CODE_FIRST)
    come_in_with_a_code_first(neighbour, member)


def test_an_hour_later_no_code_is_asked_first(member: Member, clock: Any):
    for _ in range(11):
        wrong_password(member, OFFICE)
    assert say_password(browser_at(OFFICE), member)["Location"] == reverse(CODE_FIRST)
    clock.shift(3600)
    assert say_password(browser_at(OFFICE), member)["Location"] == reverse(BROWSER_CODE)


@pytest.mark.usefixtures("few")
@pytest.mark.parametrize("attack", [wrong_cin, wrong_password], ids=["CIN", "password"])
def test_coming_in_forgives_the_wrong_tries_of_others(member: Member, attack: Any):
    for place in spread(7):
        attack(member, place)
    new = browser_at(HOME)
    answer = say_password(new, member) if attack is wrong_password else say_cin(new, member)
    assert answer["Location"] == reverse(CODE_FIRST)
    come_in_with_a_code_first(new, member)
    assert say_password(browser_at(HOME), member)["Location"] == reverse(BROWSER_CODE)


def test_a_browser_can_be_made_known_with_the_code_that_comes_first(member: Member):
    for _ in range(11):
        wrong_cin(member, OFFICE)
    new = browser_at(OFFICE)
    say_cin(new, member)
    new.post(reverse(CODE_FIRST), {"code": last_code(), "remember": "on"})
    new.post(reverse(PASSWORD_PAGE), {"password": PASSWORD})
    new.post(reverse("membership:sign-out"))
    assert say_password(new, member)["Location"] == reverse("membership:home")


def test_the_code_that_comes_first_is_no_password(member: Member):
    for _ in range(11):
        wrong_cin(member, OFFICE)
    thief = browser_at(OFFICE)
    say_cin(thief, member)
    thief.post(reverse(CODE_FIRST), {"code": last_code()})
    answers = [thief.post(reverse(PASSWORD_PAGE), {"password": "faux"}).status_code for _ in range(11)]
    assert answers == [200] * 10 + [429]
    assert not is_in(thief)


def test_the_code_that_comes_first_is_bound_to_the_browser_that_asked(member: Member):
    for _ in range(11):
        wrong_cin(member, OFFICE)
    mine, other = browser_at(OFFICE), browser_at(OFFICE)
    say_cin(mine, member)
    say_cin(other, member, cin=WRONG)
    assert "ne sert plus" in other.post(reverse(CODE_FIRST), {"code": last_code()}).content.decode()
    assert other.get(reverse(PASSWORD_PAGE))["Location"] == reverse("membership:sign-in")


@pytest.mark.usefixtures("few")
def test_a_member_without_a_mobile_comes_in_from_another_address_after_too_many_wrong_tries():
    member = MemberFactory.create()
    for place in spread(7):
        wrong_cin(member, place)
    assert say_cin(browser_at(HOME), member)["Location"] == reverse("membership:home")


def test_ten_tries_an_hour_in_a_known_browser_are_told_without_naming_another_device(client: Client, member: Member):
    sign_in(client, member, remember="on")
    client.post(reverse("membership:sign-out"))
    answers = [say_password(client, member, "faux") for _ in range(11)]
    assert [answer.status_code for answer in answers] == [200] * 10 + [429]
    assert "déjà connecté à votre compte" not in answers[10].content.decode()


@pytest.mark.usefixtures("few")
def test_too_many_wrong_passwords_in_a_row_in_a_known_browser_make_it_unknown(client: Client, member: Member):
    sign_in(client, member, remember="on")
    client.post(reverse("membership:sign-out"))
    for _ in range(7):
        say_password(client, member, "faux")
    assert not KnownBrowser.objects.exists()
    assert say_password(client, member)["Location"] == reverse(BROWSER_CODE)


def test_a_stranger_who_does_not_know_the_cin_cannot_use_up_the_links_of_a_forgotten_password(member: Member, settings):
    def ask(cin: str) -> None:
        stranger = Client()
        page = stranger.get(reverse("membership:forgotten"))
        typed = {"policy": member.policy.number, "number": member.number, "cin": cin, "person": "on"}
        stranger.post(reverse("membership:forgotten"), typed | {"waiting": page.context["waiting"]})

    for _ in range(10):
        ask(WRONG)
    ask(member.cin)
    assert Message.objects.filter(channel="email").count() == 1


def test_forty_members_of_one_employer_with_a_slip_of_the_keyboard_all_come_in(settings):
    settings.THROTTLES = settings.THROTTLES | {"sign-in-address": (10, 600)}
    policy = PolicyFactory.create()
    hashed = make_password(PASSWORD, hasher="md5")
    for member in MemberFactory.create_batch(40, policy=policy, activated=True, account__password=hashed):
        MemberAccount.objects.filter(member=member).update(mobile=f"+2126{member.pk:08d}")
        client = browser_at(OFFICE)
        assert say_cin(client, member, cin=WRONG).status_code == 200
        assert say_password(client, member, "faux").status_code == 200
        assert client.post(reverse(PASSWORD_PAGE), {"password": PASSWORD})["Location"] == reverse(BROWSER_CODE)
        assert client.post(reverse(BROWSER_CODE), {"code": last_code()}).status_code == 302
        assert is_in(client)


def test_one_try_on_each_of_many_members_from_one_address_is_refused(settings):
    settings.THROTTLES = settings.THROTTLES | {"sign-in-address": (25, 600)}
    members = MemberFactory.create_batch(30, policy=PolicyFactory.create())
    statuses = [wrong_cin(member, OFFICE).status_code for member in members]
    assert statuses == [200] * 25 + [429] * 5


def test_saying_a_number_counts_for_nothing(member: Member, settings):
    settings.THROTTLES = settings.THROTTLES | {"sign-in-address": (0, 600)}
    assert [say_number(browser_at(OFFICE), member).status_code for _ in range(3)] == [302] * 3


def test_too_many_wrong_passwords_in_an_open_session_end_it_until_the_next_sign_in(client: Client, member, settings):
    settings.THROTTLES = settings.THROTTLES | {"sign-in-failures": (3, 30 * 24 * 3600)}
    enter_as(client, member)
    page = reverse("membership:change-mobile")
    typed = {"mobile": "0661000000", "password": "faux"}
    assert [client.post(page, typed).status_code for _ in range(3)] == [200] * 3
    assert client.post(page, typed)["Location"] == reverse("membership:sign-in")
    assert not is_in(client)
    sign_in(client, member)
    assert client.post(page, typed | {"password": PASSWORD}).status_code == 302
    assert is_in(client)
