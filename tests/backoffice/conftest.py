"""An agent at their desk, signed in."""

from __future__ import annotations

import time
from datetime import timedelta

import pytest
from django.db import connection
from django.test import Client
from django.utils import timezone

from claims_portal.accounts.confirmation import CONFIRMED
from claims_portal.accounts.models import User
from claims_portal.cases.models import NO_PROMISE
from claims_portal.cases.workflow import WaitingOn
from claims_portal.organisations.models import Desk
from complaints.models import Complainant, Complaint
from complaints.workflow import State
from tests.factories.complaints import AgentFactory, DeskFactory


def signed_in(user: User) -> Client:
    """A browser in which this person has just signed in."""
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    session = client.session
    session[CONFIRMED] = int(time.time())
    session.save()
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
def crowd(desk: Desk, agent: User) -> None:
    """Two thousand cases at the agent's desk, most of them closed, and PostgreSQL's statistics of them."""
    category = desk.categories.first()
    ends = {0: (State.RECEIVED, WaitingOn.DESK), 1: (State.COMPLEMENT, WaitingOn.PERSON)}
    cases = []
    for number in range(2000):
        state, turn = ends.get(number % 20, (State.CLOSED, WaitingOn.NOBODY))
        received = timezone.now() - timedelta(minutes=number)
        case = Complaint(number=f"{number:012}", verification_code=str(number), desk=desk, category=category)
        case.state, case.waiting_on, case.opened_at = state, turn, received
        case.due_at = received + timedelta(days=10) if turn == WaitingOn.DESK else NO_PROMISE
        case.assigned_to = agent if number % 3 else None
        cases.append(case)
    Complaint.objects.bulk_create(cases)
    Complainant.objects.bulk_create(
        Complainant(
            complaint=case,
            search_name=f"nom{case.number}prenom",
            email=f"{case.number}@exemple.ma",
            mobile=f"+2126{int(case.number):08}",
            cin=f"AB{int(case.number):06}",
            nir=case.number,
            cnss_number=case.number[3:],
        )
        for case in cases
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_complaint")
        cursor.execute("ANALYZE complaints_complainant")


@pytest.fixture
def administrator(db: None) -> User:
    return AgentFactory.create(is_superuser=True, permissions=[])
