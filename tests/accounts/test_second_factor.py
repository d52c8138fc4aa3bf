"""The second factor of the staff: enrolling, giving a code at each sign-in, paper codes, and losing everything."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.contrib.auth.hashers import make_password
from django.core.management import call_command
from django.test import Client
from django_otp.oath import totp
from django_otp.plugins.otp_totp.models import TOTPDevice

from claims_portal.accounts import second_factor
from claims_portal.accounts.models import AuditEntry, Authenticator, RecoveryCode, User
from tests.factories.complaints import PASSWORD, AgentFactory

PAGE, CODES = "/gestion/second-facteur/", "/gestion/second-facteur/codes/"
NOW = datetime(2026, 3, 2, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def _asked(settings) -> None:
    settings.STAFF_SECOND_FACTOR = True
    settings.PASSWORD_HASHERS = ["django.contrib.auth.hashers.MD5PasswordHasher"]  # signing in costs time on purpose


@pytest.fixture
def clock():
    with time_machine.travel(NOW, tick=False) as moved:
        yield moved


@pytest.fixture
def agent(db, clock) -> User:
    return AgentFactory.create(password=make_password(PASSWORD))


@pytest.fixture
def enrolled(agent) -> list[str]:
    """The agent has a device since yesterday; gives the recovery codes."""
    key = second_factor.new_key()
    at = (NOW - timedelta(days=1)).timestamp()
    with time_machine.travel(at, tick=False):
        return second_factor.enrol(user=agent, key=key, code=code_of(key), address="127.0.0.1")[1]


def code_of(key: str) -> str:
    """What the application shows now."""
    return f"{totp(bytes.fromhex(key)):06}"


def current(agent: User) -> str:
    return code_of(Authenticator.objects.get(user=agent).bin_key.hex())


def wrong(agent: User) -> str:
    key = Authenticator.objects.get(user=agent).bin_key
    near = {totp(key, drift=drift) for drift in (-1, 0, 1)}
    return next(f"{each:06}" for each in range(10) if each not in near)


def sign_in(client: Client, agent: User) -> Client:
    client.post("/gestion/login/", {"username": agent.email, "password": PASSWORD})
    return client


def give(client: Client, code: str):
    return client.post(PAGE, {"code": code})


def is_in(client: Client) -> bool:
    return client.get("/gestion/complaints/complaint/").status_code == 200


# --- Enrolling


@pytest.mark.req("F50")
def test_the_password_alone_leads_to_enrolment_and_opens_nothing(agent, client):
    answer = sign_in(client, agent).get("/gestion/complaints/complaint/?file=a-moi")
    assert answer.status_code == 302
    assert answer["Location"] == f"{PAGE}?next=/gestion/complaints/complaint/%3Ffile%3Da-moi"
    shown = client.get(PAGE).content.decode()
    assert "data:image/svg+xml" in shown
    assert not TOTPDevice.objects.exists()


def test_a_first_code_enrols_shows_ten_codes_once_and_lets_in(agent, client):
    sign_in(client, agent).get(PAGE)
    before = client.session.session_key
    shown = give(client, code_of(client.session["second_factor_key"]))
    assert len(shown.context["codes"]) == 10
    assert shown.headers["Cache-Control"].count("no-store") == 1
    assert is_in(client)
    assert client.session.session_key != before
    assert client.get(PAGE).status_code == 302
    assert AuditEntry.objects.filter(action="factor-enrolled", user=agent).count() == 1


def test_a_wrong_first_code_enrols_nobody_and_keeps_the_key(agent, client):
    sign_in(client, agent).get(PAGE)
    key = client.session["second_factor_key"]
    refused = give(client, "abc")
    assert "n’est pas le bon" in refused.content.decode()
    assert client.session["second_factor_key"] == key
    assert not TOTPDevice.objects.exists()
    assert not is_in(client)


def test_somebody_who_has_a_device_cannot_enrol_another(agent, enrolled):
    key = second_factor.new_key()
    with pytest.raises(second_factor.CodeRefused):
        second_factor.enrol(user=agent, key=key, code=code_of(key), address="127.0.0.1")
    assert Authenticator.objects.get().bin_key.hex() != key


def test_the_secret_is_sealed_in_the_database(agent):
    key = second_factor.new_key()
    second_factor.enrol(user=agent, key=key, code=code_of(key), address="127.0.0.1")
    stored = TOTPDevice.objects.get()
    assert key not in stored.key
    assert Authenticator.objects.get().bin_key.hex() == key
    assert second_factor.device_with(user=agent, key=key).key != stored.key


def test_a_key_sealed_before_the_secret_key_changed_opens_and_is_sealed_anew(agent, enrolled, settings):
    code, sealed = current(agent), TOTPDevice.objects.get().key
    settings.SECRET_KEY_FALLBACKS = [settings.SECRET_KEY]
    settings.SECRET_KEY = "une autre clé, assez longue pour en être une vraie 0123456789"
    second_factor.verify(user=agent, code=code, address="127.0.0.1")
    assert TOTPDevice.objects.get().key != sealed
    settings.SECRET_KEY_FALLBACKS = []
    assert current(agent) == code


def test_the_secret_is_kept_from_the_administration(agent, enrolled, client):
    User.objects.update(is_superuser=True)
    give(sign_in(client, agent), current(agent))
    assert client.get("/gestion/otp_totp/totpdevice/").status_code == 404


# --- At each sign-in


def test_the_code_of_the_moment_lets_in_with_a_new_session(agent, enrolled, client):
    before = sign_in(client, agent).session.session_key
    assert "Votre code" in client.get(PAGE).content.decode()
    assert give(client, f" {current(agent)[:3]} {current(agent)[3:]} ").status_code == 302
    assert is_in(client)
    assert client.session.session_key != before


def test_a_wrong_code_is_refused_with_a_sentence_and_logged(agent, enrolled, client):
    refused = give(sign_in(client, agent), wrong(agent))
    assert "n’est pas le bon" in refused.content.decode()
    assert not is_in(client)
    assert AuditEntry.objects.filter(action="factor-refused", user=agent).count() == 1


def test_a_code_serves_once(agent, enrolled, client):
    code = current(agent)
    give(sign_in(client, agent), code)
    other = sign_in(Client(), agent)
    give(other, code)
    assert is_in(client)
    assert not is_in(other)


@pytest.mark.parametrize(("seconds", "opens"), [(-30, True), (30, True), (120, False), (-120, False)])
def test_a_telephone_may_be_half_a_minute_off_and_no_more(agent, enrolled, client, clock, seconds, opens):
    with time_machine.travel(NOW + timedelta(seconds=seconds), tick=False):
        code = current(agent)
    give(sign_in(client, agent), code)
    assert is_in(client) is opens


def test_five_wrong_codes_close_the_account_for_a_quarter_of_an_hour(agent, enrolled, client, clock):
    sign_in(client, agent)
    for _each in range(5):
        give(client, wrong(agent))
    assert give(client, current(agent)).status_code == 429
    assert not is_in(client)
    clock.shift(timedelta(minutes=15))
    client = sign_in(Client(), agent)
    assert give(client, current(agent)).status_code == 302


def test_another_browser_is_no_way_around_the_limit(agent, enrolled):
    for _each in range(5):
        give(sign_in(Client(), agent), wrong(agent))
    assert give(sign_in(Client(), agent), current(agent)).status_code == 429


def test_a_right_code_forgives_the_wrong_ones_before(agent, enrolled, client, clock):
    for _each in range(4):
        give(sign_in(client, agent), wrong(agent))
    give(client, current(agent))
    clock.shift(timedelta(seconds=60))
    for _each in range(4):
        give(sign_in(Client(), agent), wrong(agent))
    assert give(sign_in(Client(), agent), current(agent)).status_code == 302


@pytest.mark.parametrize("place", ["https://ailleurs.example/", "//ailleurs.example", "javascript:alert(1)"])
def test_nobody_is_sent_to_another_site(agent, enrolled, client, place):
    sign_in(client, agent)
    assert client.post(f"{PAGE}?next={place}", {"code": current(agent)})["Location"] == "/gestion/"


def test_the_public_site_stays_open_to_who_gave_the_password_alone(agent, client):
    assert sign_in(client, agent).get("/").status_code == 200
    assert client.post("/gestion/logout/").status_code in {200, 302}


def test_a_demonstration_asks_for_nothing(agent, client, settings):
    settings.STAFF_SECOND_FACTOR = False
    assert is_in(sign_in(client, agent))
    assert client.get(CODES).status_code == 404


# --- On paper


def test_a_recovery_code_opens_once(agent, enrolled, client):
    give(sign_in(client, agent), enrolled[0].lower())
    assert "Il vous reste 9 codes de secours." in client.get("/gestion/complaints/complaint/").content.decode()
    other = sign_in(Client(), agent)
    assert "Écrivez-en un autre." in give(other, enrolled[0]).content.decode()
    assert not is_in(other)


def test_recovery_codes_are_kept_as_hashes(agent, enrolled):
    kept = set(RecoveryCode.objects.values_list("code_hash", flat=True))
    assert len(kept) == 10
    assert not kept & {code.replace("-", "") for code in enrolled}


def test_the_code_of_somebody_else_opens_nothing(agent, enrolled, client):
    other = AgentFactory.create(password=make_password(PASSWORD))
    key = second_factor.new_key()
    second_factor.enrol(user=other, key=key, code=code_of(key), address="127.0.0.1")
    give(sign_in(client, other), enrolled[0])
    assert not is_in(client)


def test_new_codes_replace_the_old_ones_against_a_code_of_the_moment(agent, enrolled, client, clock):
    give(sign_in(client, agent), current(agent))
    assert "Il vous reste 10" in client.get(CODES).content.decode()
    assert "codes" not in client.post(CODES, {"code": wrong(agent)}).context
    clock.shift(timedelta(seconds=60))
    new = client.post(CODES, {"code": current(agent)}).context["codes"]
    assert not set(new) & set(enrolled)
    assert RecoveryCode.objects.count() == 10
    assert AuditEntry.objects.filter(action="codes-renewed", user=agent).count() == 1


# --- Losing everything


def test_a_reset_ends_the_sessions_and_leads_to_a_new_enrolment(agent, enrolled, client, settings):
    give(sign_in(client, agent), current(agent))
    chief = AgentFactory.create(is_superuser=True, password=make_password(PASSWORD))
    settings.STAFF_SECOND_FACTOR = False
    sign = sign_in(Client(), chief)
    sign.post("/gestion/accounts/user/", {"action": "reset_second_factor", "_selected_action": [agent.pk]})
    settings.STAFF_SECOND_FACTOR = True
    assert client.get(PAGE)["Location"].startswith("/gestion/login/")
    assert "data:image/svg+xml" in sign_in(client, agent).get(PAGE).content.decode()
    line = AuditEntry.objects.get(action="factor-reset")
    assert (line.user, line.object_id) == (chief, str(agent.pk))
    assert not RecoveryCode.objects.exists()


def test_the_machines_console_resets_the_last_administrator(agent, enrolled):
    call_command("reset_second_factor", agent.email.upper())
    assert not TOTPDevice.objects.exists()
    assert AuditEntry.objects.filter(action="factor-reset", user=None, object_id=str(agent.pk)).exists()


def test_only_a_superuser_resets(agent, enrolled, client, settings):
    settings.STAFF_SECOND_FACTOR = False
    manager = AgentFactory.create(
        password=make_password(PASSWORD), permissions=["accounts.view_user", "accounts.change_user"]
    )
    sign_in(client, manager).post(
        "/gestion/accounts/user/", {"action": "reset_second_factor", "_selected_action": [agent.pk]}
    )
    assert TOTPDevice.objects.filter(user=agent).exists()


@pytest.mark.parametrize("language", ["", "/ar"])
def test_the_pages_open_in_both_languages_without_inline_code(agent, client, language):
    shown = sign_in(client, agent).get(language + PAGE).content.decode()
    assert " style=" not in shown
    assert "<style" not in shown
    assert f'lang="{language[1:] or "fr"}"' in shown
