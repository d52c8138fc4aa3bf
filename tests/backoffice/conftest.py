"""An agent at their desk, signed in."""

from __future__ import annotations

import pytest
from django.test import Client

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from tests.factories.complaints import AgentFactory, DeskFactory


def signed_in(user: User) -> Client:
    """A browser in which this person has signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


@pytest.fixture
def desk(db: None) -> Desk:
    return DeskFactory.create()


@pytest.fixture
def agent(desk: Desk) -> User:
    return AgentFactory.create(desks=[desk])


@pytest.fixture
def staff(agent: User) -> Client:
    return signed_in(agent)


@pytest.fixture
def administrator(db: None) -> User:
    return AgentFactory.create(is_superuser=True, permissions=[])
