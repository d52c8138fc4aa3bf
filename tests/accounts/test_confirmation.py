"""« Confirmez que c’est vous »: the password once more, and the code, before exports, rights and disposals."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.test import Client
from django.utils import timezone
from django_otp.oath import totp

from claims_portal.accounts import second_factor
from claims_portal.accounts.confirmation import CONFIRMED
from claims_portal.accounts.models import AuditEntry, Authenticator, User
from tests.factories.complaints import PASSWORD, AgentFactory, ComplaintFactory

PAGE, EXPORT = "/gestion/confirmation/", "/gestion/tableau-de-bord/dossiers/csv/"


@pytest.fixture(autouse=True)
def _quick(settings: Any) -> None:
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def administrator(db: None) -> User:
    return AgentFactory.create(is_superuser=True, permissions=[], password=make_password(PASSWORD))


@pytest.fixture
def browser(administrator: User) -> Client:
    """Signed in a while ago."""
    client = Client()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_an_export_asks_for_the_password_then_leads_back_and_goes_through(browser: Client):
    asked = browser.post(EXPORT, {"file": "toutes"})
    assert asked["Location"].startswith(PAGE)
    assert browser.post(asked["Location"], {"password": "autre chose"}).status_code == 422
    confirmed = browser.post(asked["Location"], {"password": PASSWORD})
    assert confirmed["Location"] == "/gestion/complaints/complaint/?file=toutes"
    assert browser.post(EXPORT, {"file": "toutes"})["Content-Type"].startswith("text/csv")


def test_signing_in_is_a_confirmation_for_ten_minutes(administrator: User):
    client = Client()
    start = timezone.now()
    client.post("/gestion/login/", {"username": administrator.email, "password": PASSWORD})
    assert client.post(EXPORT).status_code == 200
    with time_machine.travel(start + timedelta(minutes=11)):
        assert client.post(EXPORT).status_code == 302


@pytest.mark.parametrize("page", ["accounts/user/add/", "accounts/user/{user}/change/", "auth/group/{group}/change/"])
def test_rights_are_given_after_a_confirmation_only(browser: Client, administrator: User, page: str):
    group = Group.objects.create(name="Relecteurs")
    address = "/gestion/" + page.format(user=administrator.pk, group=group.pk)
    assert browser.get(address)["Location"].startswith(PAGE)
    refused = browser.post(address, {"name": "Autre nom", "email": "x@exemple.ma"})
    assert "Confirmez que c’est vous" in refused.content.decode()
    assert not Group.objects.filter(name="Autre nom").exists()


def test_the_code_of_the_second_factor_is_asked_too_where_it_is_on(browser: Client, administrator: User, settings: Any):
    settings.STAFF_SECOND_FACTOR = True
    key = second_factor.new_key()
    with time_machine.travel(timezone.now() - timedelta(hours=1)):
        code = f"{totp(bytes.fromhex(key)):06}"
        device, _codes = second_factor.enrol(user=administrator, key=key, code=code, address="127.0.0.1")
    session = browser.session
    session["otp_device_id"] = device.persistent_id
    session.save()
    assert browser.post(PAGE, {"password": PASSWORD}).status_code == 422
    code = f"{totp(Authenticator.objects.get().bin_key):06}"
    assert browser.post(PAGE, {"password": PASSWORD, "code": code}).status_code == 302
    assert CONFIRMED in browser.session


def test_wrong_passwords_are_logged_and_close_the_page(browser: Client, administrator: User, settings: Any):
    settings.THROTTLES = settings.THROTTLES | {"confirmation": (2, 900)}
    statuses = [browser.post(PAGE, {"password": "autre chose"}).status_code for _try in range(3)]
    assert statuses == [422, 422, 429]
    assert AuditEntry.objects.filter(user=administrator, details={"confirmation": True}).count() == 2


def test_it_never_leads_to_another_site(browser: Client):
    answer = browser.post(f"{PAGE}?next=https://ailleurs.example/", {"password": PASSWORD})
    assert answer["Location"] == "/gestion/"


@pytest.mark.parametrize("page", ["complaints/complaint/en-lot/imprimer/", "complaints/letter/imprimer/"])
def test_printing_many_papers_asks_for_the_password_first(browser: Client, page: str):
    case = ComplaintFactory(channel="post", complainant__email="", entered_by=AgentFactory())
    letter = case.letters.get()
    sent = {"case": case.number, "letter": letter.pk}
    asked = browser.post(f"/gestion/{page}", sent)
    assert asked["Location"].startswith(PAGE)
    letter.refresh_from_db()
    assert letter.printed_at is None
    assert not AuditEntry.objects.filter(action__in=["case-printed", "letter-printed"]).exists()
    browser.post(asked["Location"], {"password": PASSWORD})
    assert browser.post(f"/gestion/{page}", sent)["Content-Type"] == "application/pdf"
