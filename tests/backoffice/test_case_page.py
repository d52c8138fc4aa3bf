"""The page of one case: everything about it, at a constant price, for those who may see it."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims_portal.cases.services.exchange import add_note
from claims_portal.documents.models import Document, DocumentReading
from claims_portal.notifications.models import Message
from complaints import access
from complaints.models import Complaint
from complaints.services.handling import acknowledge_complaint
from tests.complaints.public import right_to
from tests.factories.complaints import AgentFactory, ComplaintFactory

from .conftest import signed_in

LIST = "/gestion/complaints/complaint/"


def address(complaint: Complaint, *more: object) -> str:
    return "/".join([f"{LIST}{complaint.pk}", *map(str, more), ""])


def page(staff, complaint: Complaint) -> str:
    response = staff.get(address(complaint))
    assert response.status_code == 200
    return response.content.decode()


@pytest.mark.req("A24", "A25")
def test_the_page_shows_the_person_the_facts_and_the_dependants(staff, desk):
    complaint = ComplaintFactory(
        desk=desk,
        dependants=1,
        complainant__first_name="Zineb",
        complainant__last_name="Tazi",
        complainant__email="zineb@exemple.ma",
        facts__facts="Le remboursement n’est pas venu.",
        facts__policy_number="POL-77",
    )
    shown = page(staff, complaint)
    for words in ("Zineb Tazi", "zineb@exemple.ma", "+212 6 12 34 56 78", "Le remboursement", "POL-77", "Enfant"):
        assert words in shown


@pytest.mark.req("N7")
def test_each_clock_explains_its_date(staff, desk):
    shown = page(staff, ComplaintFactory(desk=desk))
    assert "Prendre en charge avant le" in shown
    assert "Répondre avant le" in shown
    assert "10 jours ouvrables à compter du" in shown


def test_the_answer_clock_is_shown_in_pause_while_a_complement_is_awaited(staff, desk):
    assert 'class="clock is-paused"' in page(staff, ComplaintFactory(desk=desk, state="complement"))


def test_the_exchange_is_read_in_order_with_its_documents(staff, desk):
    complaint = ComplaintFactory(desk=desk, documents=1, messages=2, state="answered")
    entries = staff.get(address(complaint)).context["thread"]
    assert [entry["ours"] for entry in entries] == [False, False, True, True, True]
    assert entries[0]["told"] and entries[0]["documents"]
    assert entries[-1]["text"] == "Votre remboursement part demain."


def test_what_somebody_writes_is_text_never_markup(staff, desk):
    complaint = ComplaintFactory(desk=desk, facts__facts="<script>alert(1)</script>", complainant__last_name="<b>X</b>")
    shown = page(staff, complaint)
    assert "<script>alert" not in shown
    assert "<b>X</b>" not in shown


def test_notes_are_shown_to_the_desk_and_hidden_from_the_complainant(staff, desk, agent, client):
    complaint = ComplaintFactory(desk=desk)
    add_note(Complaint, case_id=complaint.pk, user=agent, body="Vérifier avec le médecin conseil.")
    assert "médecin conseil" in page(staff, complaint)
    session = client.session
    session[access.SESSION_KEY] = {complaint.number: right_to(complaint)}
    session.save()
    tracked = client.get(f"/reclamations/suivi/{complaint.number}/")
    assert tracked.status_code == 200
    assert "médecin conseil" not in tracked.content.decode()
    assert "Note interne" not in tracked.content.decode()


def test_somebody_elses_case_looks_like_one_that_does_not_exist(staff):
    complaint = ComplaintFactory()
    theirs, missing = staff.get(address(complaint)), staff.get(f"{LIST}{complaint.pk + 1000}/")
    assert theirs.status_code == missing.status_code == 404


def test_a_case_is_not_shown_without_signing_in(client, desk):
    response = client.get(address(ComplaintFactory(desk=desk)))
    assert response.status_code == 302
    assert "/gestion/login/" in response["Location"]


def test_who_may_only_read_sees_the_case_without_a_button(desk):
    complaint = ComplaintFactory(desk=desk)
    reader = signed_in(AgentFactory(desks=[desk], permissions=["complaints.view_complaint"]))
    shown = page(reader, complaint)
    assert "case-action" not in shown
    assert "Renvoyer" not in shown
    assert reader.post(address(complaint, "answer"), {"body": "Non", "seen": 0}).status_code == 404
    assert Complaint.objects.get(pk=complaint.pk).state == "received"


@pytest.mark.parametrize(
    ("state", "names"),
    [
        ("received", ["acknowledge", "ask_complement", "message", "answer", "assign", "note"]),
        ("in-progress", ["ask_complement", "message", "answer", "note"]),
        ("complement", ["message", "answer", "note"]),
        ("answered", ["message", "close", "note"]),
        ("closed", ["note"]),
    ],
)
def test_the_page_offers_what_the_state_allows(staff, desk, agent, state, names):
    complaint = ComplaintFactory(desk=desk, state=state, agent=agent)
    blocks = staff.get(address(complaint)).context["blocks"]
    assert [block["action"].name for block in blocks] == names


def test_messages_sent_are_listed_with_what_became_of_them(staff, desk, agent):
    complaint = ComplaintFactory(desk=desk)
    acknowledge_complaint(complaint_id=complaint.pk, user=agent)
    Message.objects.about(f"complaint:{complaint.pk}").update(state="failed", last_error="Boîte pleine")
    shown = page(staff, complaint)
    assert shown.count("chip-danger") == 4  # under what they told, and in their list
    assert "Boîte pleine" in shown


def test_a_failed_message_can_be_sent_again(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    message = Message.objects.about(f"complaint:{complaint.pk}").get()
    Message.objects.update(state="failed", attempts=5)
    staff.post(address(complaint, "messages", message.pk))
    message.refresh_from_db()
    assert (message.state, message.attempts) == ("queued", 0)


def test_a_message_about_another_case_cannot_be_sent_again_from_here(staff, desk):
    complaint, other = ComplaintFactory(desk=desk), ComplaintFactory()
    message = Message.objects.about(f"complaint:{other.pk}").get()
    assert staff.post(address(complaint, "messages", message.pk)).status_code == 404


def test_reading_a_document_gives_its_bytes_and_is_logged(staff, desk, agent):
    complaint = ComplaintFactory(desk=desk, documents=1)
    joined = complaint.documents.get()
    response = staff.get(address(complaint, "documents", joined.pk))
    assert b"".join(response.streaming_content).startswith(b"%PDF")
    assert "attachment" in response["Content-Disposition"]
    reading = DocumentReading.objects.get()
    assert (reading.document_id, reading.user, reading.reader) == (joined.document_id, agent, "agent")


def test_a_pdf_shows_beside_the_facts_in_a_frame_that_may_do_nothing_else(staff, desk):
    complaint = ComplaintFactory(desk=desk, documents=1)
    joined = complaint.documents.get()
    response = staff.get(address(complaint))
    assert f'{address(complaint, "documents", joined.pk)}?apercu"' in response.content.decode()
    assert "frame-src 'self'" in response.headers["Content-Security-Policy"]
    shown = staff.get(address(complaint, "documents", joined.pk) + "?apercu")
    assert shown.headers["Content-Disposition"].startswith("inline")
    assert shown.headers["X-Frame-Options"] == "SAMEORIGIN"
    assert shown.headers["Content-Security-Policy"].startswith("sandbox; default-src 'none'")


def test_a_document_of_another_desk_is_not_served(staff, desk):
    ours, theirs = ComplaintFactory(desk=desk), ComplaintFactory(documents=1)
    joined = theirs.documents.get()
    assert staff.get(address(theirs, "documents", joined.pk)).status_code == 404
    assert staff.get(address(ours, "documents", joined.pk)).status_code == 404
    assert not DocumentReading.objects.exists()


def test_a_document_not_yet_checked_is_named_but_not_linked(staff, desk):
    complaint = ComplaintFactory(desk=desk, documents=1)
    Document.objects.update(state="pending")
    joined = complaint.documents.get()
    assert "en cours de vérification" in page(staff, complaint)
    assert staff.get(address(complaint, "documents", joined.pk)).status_code == 409


def test_other_cases_of_the_same_person_are_linked_within_the_agents_desks(staff, desk):
    complaint = ComplaintFactory(desk=desk, complainant__email="zineb@exemple.ma")
    other = ComplaintFactory(desk=desk, complainant__email="zineb@exemple.ma")
    elsewhere = ComplaintFactory(complainant__email="zineb@exemple.ma")
    shown = page(staff, complaint)
    assert address(other) in shown
    assert address(elsewhere) not in shown


def test_nothing_in_the_page_breaks_the_content_policy(staff, desk):
    complaint = ComplaintFactory(desk=desk, messages=2, documents=1)
    for shown in (
        page(staff, complaint),
        staff.get(LIST).content.decode(),
        staff.get("/gestion/").content.decode(),
    ):
        assert " style=" not in shown
        assert "<style" not in shown
        assert "<script>" not in shown
        assert " onclick=" not in shown


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_page_opens_in_both_languages(staff, desk, language):
    complaint = ComplaintFactory(desk=desk, documents=1, state="complement")
    prefix = "" if language == "fr" else "/ar"
    shown = staff.get(prefix + address(complaint)).content.decode()
    assert f'lang="{language}"' in shown


def test_the_page_costs_the_same_queries_whatever_the_case_holds(staff, desk):
    def cost(complaint: Complaint) -> int:
        staff.get(address(complaint))
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(address(complaint)).status_code == 200
        return len(queries)

    small = ComplaintFactory(desk=desk, messages=1)
    large = ComplaintFactory(desk=desk, messages=60, documents=10, dependants=4)
    assert cost(small) == cost(large) <= 16
