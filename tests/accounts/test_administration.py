"""What an administrator does to the account of somebody else is in the audit log."""

from __future__ import annotations

from typing import Any

import pytest
from django.contrib.auth.models import Group
from django.test import Client

from claims_portal.accounts.confirmation import note_confirmed
from claims_portal.accounts.models import AuditEntry, User
from tests.factories.complaints import AgentFactory

pytestmark = pytest.mark.django_db
CHOSEN = "Un-autre-mot-7"


@pytest.fixture
def administrator() -> User:
    return AgentFactory.create(is_superuser=True, permissions=[])


@pytest.fixture
def agent() -> User:
    return AgentFactory.create(permissions=[])


@pytest.fixture
def browser(administrator: User) -> Client:
    """Signed in and confirmed just now."""
    client = Client()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")

    class Confirmed:
        session = client.session

    note_confirmed(Confirmed)  # type: ignore[arg-type]
    Confirmed.session.save()
    return client


def page_of(user: User) -> str:
    return f"/gestion/accounts/user/{user.pk}/"


def change(browser: Client, user: User, **values: Any) -> int:
    form = browser.get(page_of(user) + "change/").context["adminform"].form
    sent = {name: form[name].value() for name in form.fields}
    kept = {name: "" if value is None else value for name, value in sent.items() if value is not False}
    kept |= {name: value for name, value in values.items() if value is not None}
    for name in [name for name, value in values.items() if value is None]:
        kept.pop(name, None)
    return browser.post(page_of(user) + "change/", kept).status_code


def set_password(browser: Client, user: User, password: str = CHOSEN, again: str = CHOSEN) -> Any:
    typed = {"usable_password": "true", "password1": password, "password2": again}
    return browser.post(page_of(user) + "password/", typed)


def test_a_password_set_for_somebody_else_is_in_the_audit_log(browser: Client, administrator: User, agent: User):
    assert set_password(browser, agent).status_code == 302
    line = AuditEntry.objects.get()
    assert (line.action, line.user, line.object_id) == ("password-changed", administrator, str(agent.pk))
    assert line.address == "127.0.0.1"
    assert CHOSEN not in str(line.details)


def test_a_password_taken_away_is_in_the_audit_log(browser: Client, agent: User):
    agent.set_password(CHOSEN)
    agent.save()
    typed = {"usable_password": "false", "unset-password": "1"}
    assert browser.post(page_of(agent) + "password/", typed).status_code == 302
    assert AuditEntry.objects.get().details == {"usable": False}


def test_a_password_that_is_refused_is_no_line_of_the_audit_log(browser: Client, agent: User):
    assert set_password(browser, agent, again="Pas-le-meme-7").status_code == 200
    assert not AuditEntry.objects.exists()


@pytest.mark.parametrize(
    ("values", "action"),
    [
        ({"is_active": None}, "role-changed"),
        ({"is_superuser": "on"}, "role-changed"),
        ({"email": "autre@atlas.example"}, "account-changed"),
        ({"last_name": "Autre"}, "account-changed"),
    ],
    ids=["active", "superuser", "e-mail", "name"],
)
def test_any_other_change_of_an_account_is_in_the_audit_log(browser: Client, agent: User, values: Any, action: str):
    assert change(browser, agent, **values) == 302
    line = AuditEntry.objects.get()
    assert (line.action, line.object_id) == (action, str(agent.pk))
    assert line.details["changed"] == list(values)
    assert "autre@atlas.example" not in str(line.details)


def test_an_account_that_is_made_is_in_the_audit_log(browser: Client):
    typed = {"email": "nouveau@atlas.example", "usable_password": "true", "password1": CHOSEN, "password2": CHOSEN}
    assert browser.post("/gestion/accounts/user/add/", typed).status_code == 302
    line = AuditEntry.objects.get(action="account-changed")
    assert line.object_id == str(User.objects.get(email="nouveau@atlas.example").pk)
    assert line.details["created"] is True


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_role_that_is_deleted_is_in_the_audit_log(browser: Client, agent: User, way: str):
    role = Group.objects.create(name="Relecteurs")
    agent.groups.add(role)
    if way == "page":
        browser.post(f"/gestion/auth/group/{role.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"}
        browser.post("/gestion/auth/group/", chosen)
    assert not Group.objects.filter(pk=role.pk).exists()
    line = AuditEntry.objects.get(action="role-changed")
    assert line.details == {"group": "Relecteurs", "deleted": True, "accounts": 1}


@pytest.mark.parametrize("way", ["page", "list"])
def test_a_role_is_deleted_after_a_confirmation_only(administrator: User, way: str):
    role = Group.objects.create(name="Relecteurs")
    client = Client()
    client.force_login(administrator, backend="django.contrib.auth.backends.ModelBackend")
    if way == "page":
        answer = client.post(f"/gestion/auth/group/{role.pk}/delete/", {"post": "yes"})
    else:
        chosen = {"action": "delete_selected", "_selected_action": [role.pk], "post": "yes"}
        answer = client.post("/gestion/auth/group/", chosen)
    assert answer["Location"].startswith("/gestion/confirmation/")
    assert Group.objects.filter(pk=role.pk).exists()
