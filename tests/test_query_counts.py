"""Every page costs the same number of queries, whatever a case, a draft or a desk holds."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from django.core.cache import cache
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from bench.journeys import ANSWERS, proof_of
from claims_portal.cases.services.changes import join_documents
from claims_portal.organisations.models import Desk
from complaints.models import Complaint, DocumentKind
from tests.factories.complaints import AgentFactory, ComplaintFactory, ComplaintSectorFactory, DeskFactory
from tests.factories.documents import DocumentFactory, upload

pytestmark = pytest.mark.django_db

PUBLIC, AGENT, LAST_STEP = 6, 16, 18
TRANSACTION = ("SAVEPOINT", "RELEASE SAVEPOINT", "BEGIN", "COMMIT")
STEPS = [*ANSWERS, "pieces"]


def cost(call: Callable[[], Any], *, status: int = 200) -> int:
    """The queries of the second call: the first one fills what a process keeps. Savepoints are no queries."""
    call()
    with CaptureQueriesContext(connection) as captured:
        response = call()
    assert response.status_code == status
    return sum(not each["sql"].startswith(TRANSACTION) for each in captured.captured_queries)


def page(client: Client, url: str) -> Callable[[], Any]:
    return lambda: client.get(url)


def follow(client: Client, complaint: Complaint) -> str:
    """Open the tracking of a case; gives its dashboard's address."""
    asked = {"number": complaint.number, "email": complaint.complainant.email}
    location: str = client.post(reverse("complaints:track"), asked)["Location"]
    return location


def begun(client: Client, desk: Desk) -> str:
    """The address of a new draft, up to the step."""
    location: str = client.post(reverse("complaints:begin", args=[desk.code]))["Location"]
    return location.rsplit("/", 2)[0]


def filled(client: Client, desk: Desk, *, documents: int = 0) -> str:
    """A draft with every answer, and so many documents."""
    draft = begun(client, desk)
    for step, answer in ANSWERS.items():
        shown = client.get(f"{draft}/{step}/")
        shown.text = shown.content.decode()
        assert client.post(f"{draft}/{step}/", answer(shown) | {"action": "next"}).status_code == 302
    for number in range(documents):
        sent = {"action": "upload", "kind": "evidence", "files": upload(name=f"facture-{number}.pdf")}
        assert client.post(f"{draft}/pieces/", sent).status_code == 302
    return draft


def send(client: Client, draft: str) -> int:
    """Send a filled draft; gives the queries of the last step alone."""
    shown = client.get(f"{draft}/verification/")
    shown.text = shown.content.decode()
    sent = {"consent": "on", "proof": proof_of(shown)}
    with CaptureQueriesContext(connection) as captured:
        response = client.post(f"{draft}/verification/", sent)
    assert response.status_code == 302
    assert response["Location"].endswith("/fait/")
    return sum(not each["sql"].startswith(TRANSACTION) for each in captured.captured_queries)


def test_a_public_page_costs_the_same_with_one_desk_or_twelve(client):
    def costs() -> dict[str, int]:
        names = ("home", "complaints:start", "complaints:track", "complaints:mine")
        return {name: cost(page(client, reverse(name))) for name in names}

    sector = ComplaintSectorFactory()
    DeskFactory(sectors=[sector])
    few = costs()
    DeskFactory.create_batch(11, sectors=[sector])
    cache.clear()
    assert costs() == few
    assert max(few.values()) <= PUBLIC


@pytest.mark.parametrize("name", ["complaints:desk", "complaints:desk-follow"])
def test_the_page_of_a_desk_costs_the_same_whatever_it_asks(client, name):
    small = DeskFactory(categories=["Retard"])
    large = DeskFactory(categories=[f"Sujet {number}" for number in range(30)], asks=["cin", "nir", "address"])
    few = cost(page(client, reverse(name, args=[small.code])))
    assert cost(page(client, reverse(name, args=[large.code]))) == few <= PUBLIC


@pytest.mark.parametrize("step", STEPS)
def test_an_empty_step_costs_the_same_whatever_the_desk_asks(client, step):
    small = begun(client, DeskFactory(categories=["Retard"]))
    desk = DeskFactory(categories=[f"Sujet {number}" for number in range(30)], asks=["cin", "nir", "address"])
    large = begun(client, desk)
    few = cost(page(client, f"{small}/{step}/"))
    assert cost(page(client, f"{large}/{step}/")) == few <= PUBLIC


@pytest.mark.parametrize("step", ["pieces", "verification"])
def test_a_filled_step_costs_the_same_with_no_document_or_ten(client, step):
    desk = DeskFactory()
    few = cost(page(client, f"{filled(client, desk)}/{step}/"))
    assert cost(page(client, f"{filled(client, desk, documents=10)}/{step}/")) == few <= PUBLIC


def test_the_last_step_costs_the_same_with_one_document_or_ten(client):
    desk = DeskFactory()
    send(client, filled(client, desk))  # what a process keeps is filled
    few = send(client, filled(client, desk, documents=1))
    assert send(client, filled(client, desk, documents=10)) == few <= LAST_STEP


def full_case(desk: Desk) -> Complaint:
    """Sixty messages, ten documents, three dependants."""
    complaint = ComplaintFactory(desk=desk, messages=60, documents=5, dependants=3)
    joined = [(document, DocumentKind.EVIDENCE) for document in DocumentFactory.create_batch(5)]
    join_documents(complaint, documents=joined, event=complaint.events.last())
    return complaint


def test_the_dashboard_costs_the_same_with_one_message_or_sixty(client):
    desk = DeskFactory()
    few = cost(page(client, follow(client, ComplaintFactory(desk=desk, messages=1))))
    assert cost(page(client, follow(client, full_case(desk)))) == few <= PUBLIC


def test_the_case_page_of_an_agent_costs_the_same_with_one_message_or_sixty(client):
    desk = DeskFactory()
    agent = AgentFactory(desks=[desk])
    client.force_login(agent)
    small = ComplaintFactory(desk=desk, messages=1)
    few = cost(page(client, reverse("admin:complaints_complaint_change", args=[small.pk])))
    large = reverse("admin:complaints_complaint_change", args=[full_case(desk).pk])
    assert cost(page(client, large)) == few <= AGENT


def test_the_list_of_an_agent_costs_the_same_with_two_cases_or_thirty(client):
    def costs() -> dict[str, int]:
        address = reverse("admin:complaints_complaint_changelist")
        queues = ("", "?file=toutes", "?file=a-moi", "?file=echues")
        return {queue: cost(page(client, address + queue)) for queue in queues}

    desk = DeskFactory()
    agent = AgentFactory(desks=[desk])
    client.force_login(agent)
    ComplaintFactory.create_batch(2, desk=desk, state="in-progress", agent=agent)
    few = costs()
    ComplaintFactory.create_batch(28, desk=desk, state="in-progress", agent=agent)
    assert costs() == few
    assert max(few.values()) <= AGENT


def test_the_front_page_of_an_agent_costs_the_same_with_one_case_or_twenty(client):
    desk = DeskFactory()
    client.force_login(AgentFactory(desks=[desk]))
    ComplaintFactory(desk=desk)
    few = cost(page(client, reverse("admin:index")))
    ComplaintFactory.create_batch(19, desk=desk)
    assert cost(page(client, reverse("admin:index"))) == few <= AGENT
