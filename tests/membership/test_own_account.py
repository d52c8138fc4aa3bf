"""A password forgotten or changed, another mobile, another address: each needs its proofs."""

from __future__ import annotations

import re

import pytest
from django.test import Client
from django.urls import reverse

from claims_portal.notifications.models import Message
from membership.models import KnownBrowser, MemberAccount
from membership.services.signing_in import remember_browser
from tests.factories.membership import PASSWORD, MemberFactory, enter_as

from .conftest import last_code, say_password

pytestmark = pytest.mark.django_db
NEW = {"password": "Citron-88", "confirmation": "Citron-88"}


def forget(client: Client, member, **changes: str):
    page = client.get(reverse("membership:forgotten"))
    said = {"policy": member.policy.number, "number": member.number, "cin": member.cin, "person": "on"}
    return client.post(reverse("membership:forgotten"), said | {"waiting": page.context["waiting"]} | changes)


def mailed_path() -> str:
    """The path of the link in the last e-mail."""
    text = Message.objects.filter(channel="email").latest("pk").body_text
    return "/sante/" + re.findall(r"/sante/(\S+)", text)[0]


@pytest.mark.req("T5")
def test_a_forgotten_password_needs_the_link_and_the_code(client: Client, member) -> None:
    remember_browser(account=member.account)
    forget(client, member)
    path = mailed_path()
    assert client.get(path).status_code == 200  # a mail scanner opens it: nothing is sent yet
    assert not Message.objects.filter(channel="sms").exists()
    assert client.post(path)["Location"] == reverse("membership:forgotten-new")
    assert client.post(path).status_code == 404
    address = reverse("membership:forgotten-new")
    assert "Ce code n’est pas le bon" in client.post(address, NEW | {"code": "000000"}).content.decode()
    assert client.post(address, NEW | {"code": last_code()})["Location"] == reverse("membership:home")
    account = MemberAccount.objects.get(pk=member.account.pk)
    assert account.check_password("Citron-88")
    assert not KnownBrowser.objects.exists()
    told = Message.objects.filter(channel="email").latest("pk")
    assert "vient d’être changé" in told.body_text
    assert member.last_name not in told.body_text


@pytest.mark.parametrize("changes", [{"cin": "ZZ000000"}, {"number": "7654321"}])
def test_asking_for_nobody_looks_the_same_and_sends_nothing(client: Client, member, changes) -> None:
    known = forget(client, member)
    Message.objects.all().delete()
    unknown = forget(client, member, **changes)
    assert (known.status_code, len(known.content)) == (unknown.status_code, len(unknown.content))
    assert not Message.objects.exists()


def test_who_never_chose_a_password_gets_no_link(client: Client) -> None:
    forget(client, MemberFactory())
    assert not Message.objects.exists()


def test_the_new_password_is_asked_of_nobody_without_the_link(client: Client, member) -> None:
    assert client.get(reverse("membership:forgotten-new"))["Location"] == reverse("membership:forgotten")


def test_a_changed_password_ends_the_other_sessions_and_keeps_this_one(client: Client, member) -> None:
    other = Client()
    for browser in (client, other):
        enter_as(browser, member)
    address = reverse("membership:change-password")
    assert "pas le bon" in client.post(address, NEW | {"current": "faux"}).content.decode()
    assert client.post(address, NEW | {"current": PASSWORD}).status_code == 302
    assert client.get(reverse("membership:home")).status_code == 200
    assert other.get(reverse("membership:home")).status_code == 302


def test_a_mobile_that_received_no_code_is_never_the_verified_one(client: Client, member, settings) -> None:
    """After too many codes the next number gets none: the code of the last one does not prove it."""
    settings.THROTTLES = settings.THROTTLES | {"code-subject": (1, 900)}
    enter_as(client, member)
    address = reverse("membership:change-mobile")
    client.post(address, {"mobile": "0661000000", "password": PASSWORD})
    code = last_code()
    assert client.post(address, {"mobile": "0662000000", "password": PASSWORD}).status_code == 429
    client.post(reverse("membership:change-mobile-code"), {"code": code})
    assert MemberAccount.objects.get(member=member).mobile == "+212661000000"


def test_a_gateway_that_is_down_is_told_wherever_a_code_is_awaited(client: Client, member) -> None:
    forget(client, member)
    client.post(mailed_path())
    say_password(client, member)
    other = Client()
    enter_as(other, member)
    other.post(reverse("membership:change-mobile"), {"mobile": "0661000000", "password": PASSWORD})
    awaited = [(client, "forgotten-new"), (client, "browser-code"), (other, "change-mobile-code")]
    pages = [(browser, reverse(f"membership:{name}")) for browser, name in awaited]
    assert all("Un code vient de partir" in browser.get(page).content.decode() for browser, page in pages)
    Message.objects.filter(channel="sms").update(state=Message.State.RETRY)
    for browser, page in pages:
        shown = browser.get(page).content.decode()
        assert "Le SMS n’a pas pu partir pour l’instant." in shown and "vient de partir" not in shown


def test_another_mobile_counts_once_its_code_came_back_and_the_member_is_told(client: Client, member) -> None:
    enter_as(client, member)
    address = reverse("membership:change-mobile")
    assert client.post(address, {"mobile": "0661000000", "password": "faux"}).status_code == 200
    assert not Message.objects.exists()
    client.post(address, {"mobile": "0661000000", "password": PASSWORD})
    assert MemberAccount.objects.get(member=member).mobile == "+212612345678"
    client.post(reverse("membership:change-mobile-code"), {"code": last_code()})
    assert MemberAccount.objects.get(member=member).mobile == "+212661000000"
    assert Message.objects.filter(channel="email", recipient="salma.essai@exemple.ma").count() == 1


def test_another_address_counts_once_its_own_last_link_was_used(client: Client, member) -> None:
    enter_as(client, member)
    address = reverse("membership:change-email")
    client.post(address, {"email": "premiere@exemple.ma", "password": PASSWORD})
    first = mailed_path()
    client.post(address, {"email": "seconde@exemple.ma", "password": PASSWORD})
    second = mailed_path()
    assert client.post(first).status_code == 404
    assert client.get(second).status_code == 200
    assert MemberAccount.objects.get(member=member).email == "salma.essai@exemple.ma"
    assert client.post(second).status_code == 200
    assert MemberAccount.objects.get(member=member).email == "seconde@exemple.ma"
    assert Message.objects.filter(recipient="salma.essai@exemple.ma").exists()
