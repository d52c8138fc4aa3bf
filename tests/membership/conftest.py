"""The way in, as a browser walks it."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.urls import reverse

from claims_portal.notifications.models import Message
from membership.models import Member
from tests.factories.membership import PASSWORD, MemberFactory


@pytest.fixture(autouse=True)
def _no_waiting(settings: Any) -> None:
    """Without JavaScript one waits, and hashing a password is slow on purpose: not in tests."""
    settings.PATIENCE_SECONDS = 0
    settings.PASSWORD_HASHERS = [*settings.PASSWORD_HASHERS, "django.contrib.auth.hashers.MD5PasswordHasher"]


@pytest.fixture
def member(db: None) -> Member:
    """A member who has activated online declaration."""
    made: Member = MemberFactory.create(activated=True, account__password=make_password(PASSWORD, hasher="md5"))
    return made


def say_number(client: Client, member: Member, **changes: str) -> Any:
    """The first page: policy and number."""
    page = client.get(reverse("membership:sign-in"))
    asked = {"policy": member.policy.number, "number": member.number, "person": "on"}
    return client.post(reverse("membership:sign-in"), asked | {"waiting": page.context["waiting"]} | changes)


def say_cin(client: Client, member: Member, **changes: str) -> Any:
    """The first two pages."""
    say_number(client, member, **changes)
    return client.post(reverse("membership:identity"), {"cin": changes.get("cin", member.cin)})


def say_password(client: Client, member: Member, password: str = PASSWORD) -> Any:
    """Up to the password."""
    say_cin(client, member)
    return client.post(reverse("membership:password"), {"password": password})


def last_code() -> str:
    """The digits of the last SMS."""
    return re.findall(r"[0-9]{6}", Message.objects.filter(channel="sms").latest("pk").body_text)[0]


def sign_in(client: Client, member: Member, **more: str) -> Any:
    """All the way, with the code of the SMS."""
    say_password(client, member)
    return client.post(reverse("membership:browser-code"), {"code": last_code()} | more)
