"""« Courriers à imprimer »: news on paper for whoever complained on paper."""

from __future__ import annotations

from io import BytesIO

import pikepdf
import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.cases.services.exchange import add_note
from claims_portal.notifications.models import Message
from complaints import printing
from complaints.models import Complaint, EventKind, Letter
from complaints.references import spoken
from complaints.services.handling import acknowledge_complaint, answer_complaint, close_complaint
from complaints.services.letters import take_letters
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.documents import DocumentFactory

from .conftest import signed_in

LETTERS = "/gestion/complaints/letter/"
PRINT = f"{LETTERS}imprimer/"
CASES = "/gestion/complaints/complaint/"


def on_paper(desk, agent, **given):
    """A complaint that came by post, from somebody who gave no contact."""
    return ComplaintFactory(
        desk=desk,
        entered_by=agent,
        **({"channel": "post", "complainant__email": "", "complainant__mobile": ""} | given),
    )


def kinds(complaint) -> list[str]:
    return list(complaint.letters.order_by("pk").values_list("event__kind", flat=True))


def waiting(staff) -> list[int]:
    return [letter.pk for letter in staff.get(LETTERS).context["waiting"]]


@pytest.mark.req("C38")
@pytest.mark.parametrize("channel", ["post", "counter", "phone"])
def test_each_news_to_somebody_without_e_mail_becomes_a_letter(agent, desk, channel):
    complaint = on_paper(desk, agent, channel=channel)
    acknowledge_complaint(complaint_id=complaint.pk, user=agent)
    add_note(Complaint, case_id=complaint.pk, user=agent, body="Vu avec la direction.")
    answer_complaint(complaint_id=complaint.pk, user=agent, body="Votre remboursement part demain.")
    close_complaint(complaint_id=complaint.pk, user=agent)
    assert kinds(complaint) == [EventKind.FILED, EventKind.ACKNOWLEDGED, EventKind.ANSWERED, EventKind.CLOSED]
    assert not Message.objects.exists()


@pytest.mark.req("C38")
def test_a_letter_is_answered_by_a_letter_even_when_an_e_mail_address_is_known(agent, desk):
    complaint = on_paper(desk, agent, complainant__email="amina@exemple.ma")
    acknowledge_complaint(complaint_id=complaint.pk, user=agent)
    answer_complaint(complaint_id=complaint.pk, user=agent, body="Votre remboursement part demain.")
    assert kinds(complaint) == [EventKind.ANSWERED]
    assert Message.objects.count() == 3


@pytest.mark.req("C38")
def test_what_came_online_is_answered_online_only(agent, desk):
    complaint = ComplaintFactory(desk=desk, complainant__email="", state="answered", agent=agent)
    assert kinds(complaint) == []


def test_a_letter_says_to_whom_from_whom_about_which_case_and_the_words_of_the_desk(agent, desk):
    desk.postal_address_fr = "5, rue des Orangers\n20000 Casablanca"
    desk.save()
    complaint = on_paper(desk, agent, complainant__address="12, avenue Hassan II", complainant__city="Rabat")
    answer = DocumentFactory(label="decompte.pdf")
    answer_complaint(complaint_id=complaint.pk, user=agent, body="Votre remboursement part demain.", documents=[answer])
    html = printing.letter_html(complaint.events.get(kind=EventKind.ANSWERED))
    for words in (
        "Réponse à votre réclamation",
        "5, rue des Orangers",
        "Amina El Amrani",
        "12, avenue Hassan II",
        spoken(complaint.number),
        "Votre remboursement part demain.",
        "decompte.pdf",
    ):
        assert words in html
    assert str(agent) not in html


@pytest.mark.req("C34")
def test_the_letter_of_receipt_promises_its_dates(agent, desk):
    html = printing.letter_html(on_paper(desk, agent).events.get())
    assert "Accusé de réception de votre réclamation" in html
    assert html.lower().count("au plus tard le") == 2


def test_a_letter_is_written_in_the_language_of_the_case(agent, desk):
    event = on_paper(desk, agent, language="ar").events.get()
    assert '<html lang="ar" dir="rtl">' in printing.letter_html(event)
    with pikepdf.open(BytesIO(printing.letter_pdf(event))) as pdf:
        assert str(pdf.Root.Lang) == "ar"


@pytest.mark.req("C38")
def test_the_chosen_letters_come_as_one_pdf_and_say_who_printed_them_and_when(staff, agent, desk):
    letters = [on_paper(desk, agent).letters.get() for _each in range(3)]
    before = timezone.now()
    response = staff.post(PRINT, {"letter": [letters[0].pk, letters[1].pk]})
    with pikepdf.open(BytesIO(response.content)) as pdf:
        assert len(pdf.pages) == 2
    for letter in letters[:2]:
        letter.refresh_from_db()
        assert letter.printed_by == agent
        assert before <= letter.printed_at <= timezone.now()
    assert waiting(staff) == [letters[2].pk]


def test_who_printed_a_letter_is_read_on_the_case_page(staff, agent, desk):
    complaint = on_paper(desk, agent)
    assert "à imprimer" in staff.get(f"{CASES}{complaint.pk}/").content.decode()
    staff.post(PRINT, {"letter": complaint.letters.get().pk})
    assert f"par {agent}" in staff.get(f"{CASES}{complaint.pk}/").content.decode()


def test_a_letter_already_printed_keeps_its_first_name_and_hour(staff, agent, desk):
    letter = on_paper(desk, agent).letters.get()
    staff.post(PRINT, {"letter": letter.pk})
    colleague = signed_in(AgentFactory(desks=[desk]))
    response = colleague.post(PRINT, {"letter": letter.pk}, follow=True)
    assert "que personne n’a imprimés" in response.content.decode()
    again = colleague.get(f"{LETTERS}{letter.pk}.pdf")
    assert again["Content-Type"] == "application/pdf"
    letter.refresh_from_db()
    assert letter.printed_by == agent


def test_a_letter_that_cannot_be_drawn_still_waits(staff, agent, desk, monkeypatch):
    letter = on_paper(desk, agent).letters.get()

    def broken(_html: str, **_given: str) -> bytes:
        raise RuntimeError("no ink")

    monkeypatch.setattr(printing, "pdf_of", broken)
    with pytest.raises(RuntimeError):
        staff.post(PRINT, {"letter": letter.pk})
    assert waiting(staff) == [letter.pk]


def test_nothing_chosen_prints_nothing(staff, agent, desk):
    letter = on_paper(desk, agent).letters.get()
    assert staff.post(PRINT, {"letter": ["²", "x"]})["Location"] == LETTERS
    assert waiting(staff) == [letter.pk]


def test_an_agent_sees_and_prints_the_letters_of_their_own_desks_only(staff, agent):
    other = DeskFactory()
    letter = on_paper(other, AgentFactory(desks=[other])).letters.get()
    assert waiting(staff) == []
    assert staff.get(f"{LETTERS}{letter.pk}.pdf").status_code == 404
    assert take_letters(letter_ids=[letter.pk], user=agent) == []


@pytest.mark.parametrize("permissions", [["complaints.view_complaint"], []])
def test_who_may_not_handle_complaints_prints_nothing(desk, agent, permissions):
    letter = on_paper(desk, agent).letters.get()
    reader = signed_in(AgentFactory(desks=[desk], permissions=permissions))
    assert reader.get(LETTERS).status_code == reader.get(f"{LETTERS}{letter.pk}.pdf").status_code == 404
    assert reader.post(PRINT, {"letter": letter.pk}).status_code == 404
    assert Letter.objects.get().printed_at is None


def test_the_letters_ask_to_sign_in(client, db):
    assert "/gestion/login/" in client.get(LETTERS)["Location"]


def test_an_address_that_is_not_known_is_said_beside_the_letter(staff, agent, desk):
    on_paper(desk, agent)
    assert "à remettre au guichet" in staff.get(LETTERS).content.decode()


def test_the_page_costs_the_same_queries_with_one_letter_or_many(staff, agent, desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(LETTERS).status_code == 200
        return len(queries)

    on_paper(desk, agent, documents=1)
    cost()
    few = cost()
    for _each in range(6):
        on_paper(desk, agent, documents=1)
    assert cost() == few <= 18


def test_a_batch_costs_the_same_queries_with_one_letter_or_many(agent, desk):
    def cost(count: int) -> int:
        keys = [on_paper(desk, agent).letters.get().pk for _each in range(count)]
        with CaptureQueriesContext(connection) as queries:
            for letter in take_letters(letter_ids=keys, user=agent):
                letter.event.case = letter.complaint
                printing.letter_html(letter.event)
        return len(queries)

    assert cost(1) == cost(5)


def test_an_empty_list_says_so(staff):
    assert "Aucun courrier n’attend d’être imprimé." in staff.get(LETTERS).content.decode()
