"""A case with hundreds of messages: pages by key, a PDF in parts, and a limit on what one person writes."""

from __future__ import annotations

import re
from datetime import timedelta
from io import BytesIO
from typing import Any

import pikepdf
import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client

from claims_portal.cases.models import Actor
from claims_portal.cases.refusals import TooManyMessages
from claims_portal.documents.models import Document
from complaints import parts, printing
from complaints.models import Complaint, ComplaintDocument, Event, EventKind
from complaints.parts import parts_of
from complaints.services import following
from complaints.services.linking import merge_complaint
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, ComplaintFactory
from tests.factories.documents import DocumentFactory, pdf_bytes

from .public import dashboard, follow

pytestmark = pytest.mark.django_db
TOTAL = 70


def written(complaint: Complaint, total: int = TOTAL, body: str = "Message numéro {}.") -> Complaint:
    """The case with so many messages of its complainant."""
    start = complaint.opened_at
    Event.objects.bulk_create(
        Event(
            case=complaint,
            actor=Actor.PERSON,
            kind=EventKind.MESSAGE_FROM_COMPLAINANT,
            at=start + timedelta(seconds=number),
            from_state=complaint.state,
            to_state=complaint.state,
            body=body.format(number),
        )
        for number in range(1, total + 1)
    )
    return complaint


@pytest.fixture
def long_case() -> Complaint:
    return written(ComplaintFactory.create())


def numbers_on(page: str) -> list[int]:
    return [int(number) for number in re.findall(r"Message numéro (\d+)\.", page)]


def link(page: str, label: str) -> str:
    found = re.search(rf'<a class="btn btn-secondary" href="([^"]+)"[^>]*>(?:<svg.*?</svg>)?{label}', page, re.DOTALL)
    assert found, label
    return found[1].replace("&amp;", "&").partition("#")[0]


def walk_back(client: Client, address: str) -> list[int]:
    """The messages of every page, from the newest page to the oldest; each page in the order it is read."""
    seen: list[int] = []
    query = ""
    while True:
        page = client.get(address + query).content.decode()
        seen = numbers_on(page) + seen
        if "Messages précédents" not in page:
            return seen
        query = link(page, "Messages précédents")


def test_the_complainant_reads_the_newest_messages_first_and_reaches_every_other(client, long_case):
    follow(client, long_case)
    newest = client.get(dashboard(long_case)).content.decode()
    assert numbers_on(newest) == list(range(TOTAL - 29, TOTAL + 1))
    assert walk_back(client, dashboard(long_case)) == list(range(1, TOTAL + 1))
    older = client.get(dashboard(long_case) + link(newest, "Messages précédents")).content.decode()
    assert link(older, "Messages suivants")


def test_the_agent_reads_the_newest_messages_first_and_reaches_every_other(long_case):
    agent = signed_in(AgentFactory.create(desks=[long_case.desk]))
    assert walk_back(agent, f"/gestion/complaints/complaint/{long_case.pk}/") == list(range(1, TOTAL + 1))


def test_an_agent_who_reads_an_old_page_may_act_on_the_case_as_it_is(long_case):
    agent = signed_in(AgentFactory.create(desks=[long_case.desk]))
    address = f"/gestion/complaints/complaint/{long_case.pk}/"
    older = agent.get(address + link(agent.get(address).content.decode(), "Messages précédents"))
    sent = {"body": "Bien reçu.", "seen": older.context["last_event"]}
    assert agent.post(f"{address}note/", sent).status_code == 302
    assert long_case.events.order_by("pk").last().body == "Bien reçu."


def test_a_longer_history_costs_no_more_queries(client, long_case, django_assert_num_queries):
    follow(client, long_case)
    with django_assert_num_queries(6):  # session, case, events, documents, clocks, dependants
        client.get(dashboard(long_case))
    written(long_case, 200)
    with django_assert_num_queries(6):
        client.get(dashboard(long_case))


@pytest.mark.parametrize("key", ["x", "1_2_3", "2026-13-01T00:00:00+00:00_1"])
def test_a_key_that_is_none_is_a_page_that_does_not_exist(client, long_case, key):
    follow(client, long_case)
    assert client.get(dashboard(long_case), {"apres": key}).status_code == 404


def test_each_page_offers_the_documents_of_its_own_messages(client, long_case):
    documents = {}
    for number in (1, TOTAL):
        event = long_case.events.get(body=f"Message numéro {number}.")
        documents[number] = DocumentFactory(label=f"piece-{number}.pdf")
        ComplaintDocument.objects.create(case=long_case, document=documents[number], event=event)
    follow(client, long_case)
    page = client.get(dashboard(long_case)).content.decode()
    assert f"piece-{TOTAL}.pdf" in page
    assert "piece-1.pdf" not in page
    assert "Seuls les documents des messages de cette page sont montrés." in page


def test_how_a_long_case_ended_is_said_on_each_of_its_pages(client):
    complaint = ComplaintFactory.create(messages=1)
    into = ComplaintFactory.create(desk=complaint.desk)
    merge_complaint(complaint_id=complaint.pk, into_id=into.pk, user=AgentFactory.create(desks=[complaint.desk]))
    complaint.refresh_from_db()
    written(complaint)
    follow(client, complaint)
    page = client.get(dashboard(complaint)).content.decode()
    older = client.get(dashboard(complaint) + link(page, "Messages précédents")).content.decode()
    assert "Votre réclamation continue sous un autre numéro." in page
    assert "Votre réclamation continue sous un autre numéro." in older


# --- On paper


def test_the_parts_of_a_case_hold_every_public_event_once_and_stay_short(long_case):
    written(long_case, 3, body="a" * (parts.CHARACTERS_MAX - 10))
    found = parts_of(long_case)
    assert [key for part in found for key in part.events] == list(long_case.events.values_list("pk", flat=True))
    lengths = dict(long_case.events.values_list("pk", "body"))
    for part in found:
        assert len(part.events) <= parts.EVENTS_MAX
        assert len(part.events) == 1 or sum(len(lengths[key]) for key in part.events) <= parts.CHARACTERS_MAX
    assert {part.total for part in found} == {len(found)}
    assert len(found) > 2


def test_each_part_holds_its_own_messages_and_says_which_part_it_is(long_case):
    first, second = (printing.case_html(long_case, part) for part in parts_of(long_case))
    assert numbers_on(first) + numbers_on(second) == list(range(1, TOTAL + 1))
    assert "Partie 1 sur 2" in first
    assert "Partie 2 sur 2" in second
    assert long_case.facts.split()[0] in first
    assert "Le réclamant" not in second


def test_the_documents_of_a_part_keep_their_numbers(long_case):
    for number in (1, TOTAL):
        event = long_case.events.get(body=f"Message numéro {number}.")
        ComplaintDocument.objects.create(case=long_case, document=DocumentFactory(), event=event)
    first, second = (printing.case_html(long_case, part) for part in parts_of(long_case))
    assert "pièce 1" in first
    assert "pièce 2" in second
    assert "pièce 1" not in second


def test_a_long_case_is_downloaded_part_by_part(client, long_case):
    follow(client, long_case)
    address = dashboard(long_case, "dossier.pdf")
    offered = client.get(address).content.decode()
    assert "Partie 1 sur 2" in offered
    answer = client.get(address, {"partie": "2"})
    assert answer["Content-Type"] == "application/pdf"
    assert "partie-2" in answer["Content-Disposition"]
    with pikepdf.open(BytesIO(answer.content)) as pdf, pdf.open_metadata() as metadata:
        assert "Partie 2 sur 2" in metadata["dc:title"]
    assert client.get(address, {"partie": "3"}).status_code == 404


def test_a_short_case_is_downloaded_at_once(client):
    complaint = ComplaintFactory.create(messages=2)
    follow(client, complaint)
    assert client.get(dashboard(complaint, "dossier.pdf"))["Content-Type"] == "application/pdf"


def test_every_part_is_printed_and_copied(long_case, monkeypatch):
    monkeypatch.setattr(printing, "pdf_of", lambda html, **given: html.encode())
    papers = [paper.decode() for paper in printing.case_pdfs(long_case)]
    assert [number for paper in papers for number in numbers_on(paper)] == list(range(1, TOTAL + 1))


# --- How much one person writes


def send(client: Client, complaint: Complaint, body: str = "Avez-vous des nouvelles ?", **files: Any) -> Any:
    return client.post(dashboard(complaint, "echange/"), {"body": body, **files})


def test_beyond_the_limit_of_a_day_the_text_stays_and_a_sentence_says_what_to_do(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"message-case": (1, 24 * 3600)}
    complaint = ComplaintFactory.create()
    follow(client, complaint)
    assert send(client, complaint).status_code == 302
    answer = send(client, complaint, "Encore une question.").content.decode()
    assert "envoyez-le demain" in answer
    assert ">\nEncore une question.</textarea>" in answer
    assert 'aria-invalid="true"' in answer
    assert not complaint.events.filter(body="Encore une question.").exists()


def test_files_of_a_message_too_many_are_not_taken_and_the_page_says_so(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"message-case": (0, 24 * 3600)}
    complaint = ComplaintFactory.create()
    follow(client, complaint)
    answer = send(client, complaint, files=SimpleUploadedFile("a.pdf", pdf_bytes())).content.decode()
    assert "Vos fichiers ne sont pas envoyés non plus" in answer
    assert not Document.objects.exists()


def test_one_address_does_not_fill_many_cases(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"message-address": (1, 3600)}
    for complaint, sentence in ((ComplaintFactory.create(), ""), (ComplaintFactory.create(), "de votre connexion")):
        follow(client, complaint)
        answer = send(client, complaint)
        assert (answer.status_code == 302) is not bool(sentence)
        assert sentence in answer.content.decode()


def test_a_case_holds_so_many_messages_in_all(client, settings):
    settings.CASE_MESSAGES = 1
    complaint = ComplaintFactory.create()
    follow(client, complaint)
    assert send(client, complaint).status_code == 302
    answer = send(client, complaint, "Un de trop.").content.decode()
    assert "par courrier ou appelez-le" in answer
    assert ">\nUn de trop.</textarea>" in answer


def test_an_agent_still_writes_on_a_case_that_is_full(settings):
    settings.CASE_MESSAGES = 1
    complaint = ComplaintFactory.create(messages=1)
    agent = signed_in(AgentFactory.create(desks=[complaint.desk]))
    address = f"/gestion/complaints/complaint/{complaint.pk}/"
    seen = agent.get(address).context["last_event"]
    assert agent.post(f"{address}message/", {"body": "Nous avons tout lu.", "seen": seen}).status_code == 302


def test_reopening_again_and_again_counts_too(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"message-case": (0, 24 * 3600)}
    complaint = ComplaintFactory.create(state="closed")
    follow(client, complaint)
    answer = client.post(dashboard(complaint, "reouverture/"), {"reason": "Rien n’a changé."}).content.decode()
    assert "envoyez-le demain" in answer
    assert "Rien n’a changé." in answer


def test_the_service_refuses_to_reopen_a_case_that_is_full(settings):
    settings.CASE_MESSAGES = 0
    complaint = ComplaintFactory.create(state="closed")
    with pytest.raises(TooManyMessages):
        following.reopen_complaint(complaint_id=complaint.pk, reason="Encore.")
