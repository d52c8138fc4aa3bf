"""What the person does with a case already filed: write, send, close, reopen."""

from __future__ import annotations

from datetime import UTC, date, datetime, timedelta
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.files.uploadedfile import SimpleUploadedFile
from django.test import Client
from django.utils import timezone

from claims_portal.cases.workflow import TransitionNotAllowed
from claims_portal.documents.models import Document
from claims_portal.notifications.models import Message
from complaints.models import Complaint, Event
from complaints.services import following, handling
from complaints.services.following import TooLateToReopen
from complaints.workflow import State
from tests.factories.complaints import AgentFactory, ComplaintFactory, lead_to
from tests.factories.documents import DocumentFactory, upload
from tests.together import at_once

from .public import dashboard, follow

TUESDAY = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)


@pytest.fixture
def complaint(db: None) -> Complaint:
    return ComplaintFactory.create(complainant__email="amina@exemple.ma")


@pytest.fixture
def agent(complaint: Complaint):
    return AgentFactory.create(desks=[complaint.desk])


@pytest.fixture
def person(client: Client, complaint: Complaint) -> Client:
    """Her browser, following the case."""
    follow(client, complaint)
    return client


def act(person: Client, complaint: Complaint, page: str, **typed):
    return person.post(dashboard(complaint, page), typed, follow=True)


def now(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


def due(complaint: Complaint, kind: str = "answer") -> date:
    return complaint.clocks.current().get(kind=kind).due_at.astimezone(ZoneInfo("Africa/Casablanca")).date()


# --- Writing ------------------------------------------------------------------------------------------------------


@pytest.mark.req("A14", "A38", "A40")
def test_a_message_reaches_the_desk_without_changing_the_state(person, complaint):
    page = act(person, complaint, "echange/", body="Une précision.").content.decode()
    assert "Votre message est envoyé." in page
    assert "Une précision." in page
    event = Event.objects.latest("pk")
    assert (event.kind, event.user, event.body) == ("message-in", None, "Une précision.")
    assert (now(complaint).state, now(complaint).waiting_on) == ("received", "desk")


@pytest.mark.req("A15", "A39", "A40")
def test_documents_are_sent_with_a_message(person, complaint):
    act(person, complaint, "echange/", body="La facture.", files=[upload(name="facture.pdf")])
    joined = complaint.documents.select_related("document", "event").get()
    assert (joined.document.label, joined.event.body, joined.kind) == ("facture.pdf", "La facture.", "evidence")
    assert joined.document.claimed_at is not None


def test_a_file_that_cannot_be_taken_keeps_the_message_and_sends_nothing(person, complaint):
    bad = SimpleUploadedFile("virus.exe", b"MZ nothing")
    page = act(person, complaint, "echange/", body="La facture.", files=[upload(), bad]).content.decode()
    said = page.split('id="id_files_error"', 1)[1].split("</p>", 1)[0]  # beside the field, not only on top
    assert "virus.exe" in said
    assert "choisissez aussi de nouveau les autres fichiers" in said
    assert "La facture.</textarea>" in page
    assert Event.objects.filter(kind="message-in").count() == 0
    assert not Document.objects.exists()


def test_an_empty_message_is_asked_for(person, complaint):
    assert "Écrivez votre message." in act(person, complaint, "echange/", body=" ").content.decode()


def test_too_many_files_at_once_are_told(person, complaint, settings):
    settings.DATA_UPLOAD_MAX_NUMBER_FILES = 20
    files = [SimpleUploadedFile(f"{number}.pdf", b"x") for number in range(11)]
    page = act(person, complaint, "echange/", body="Tout.", files=files).content.decode()
    assert "10 fichiers au plus" in page


@pytest.mark.req("A14", "A15", "N7")
def test_the_complement_hands_the_turn_back_and_moves_the_answer_by_the_pause(db, client):
    with time_machine.travel(TUESDAY, tick=False) as clock:
        complaint = ComplaintFactory(complainant__email="amina@exemple.ma")
        assert due(complaint) == date(2026, 10, 13)
        lead_to(complaint, State.COMPLEMENT, agent=AgentFactory(desks=[complaint.desk]))
        clock.shift(timedelta(days=7))  # five of them are worked
        follow(client, complaint)
        act(client, complaint, "echange/", body="La voici.")
    assert (now(complaint).state, now(complaint).waiting_on) == ("in-progress", "desk")
    assert due(complaint) == date(2026, 10, 20)
    assert complaint.pauses.get().ended_at == TUESDAY + timedelta(days=7)


# --- Closing ------------------------------------------------------------------------------------------------------


@pytest.mark.req("A41", "F6")
def test_the_person_closes_with_a_word_on_how_it_went(person, complaint):
    assert "Clôturer ma réclamation" in person.get(dashboard(complaint, "cloture/")).content.decode()
    page = act(person, complaint, "cloture/", satisfaction="4", comment="Réglé par téléphone.").content.decode()
    assert "Votre réclamation est clôturée. Merci de nous l’avoir dit." in page
    closed = now(complaint)
    assert (closed.state, closed.waiting_on, closed.satisfaction) == ("closed", "nobody", 4)
    assert closed.satisfaction_comment == "Réglé par téléphone."
    assert closed.closed_at is not None


@pytest.mark.req("A41", "F6")
def test_closing_asks_for_no_opinion(person, complaint):
    act(person, complaint, "cloture/")
    assert (now(complaint).state, now(complaint).satisfaction) == ("closed", None)


def test_closing_stops_the_clocks_opens_the_time_to_reopen_and_is_confirmed(person, complaint):
    act(person, complaint, "cloture/")
    assert set(complaint.clocks.filter(stopped_at=None).values_list("kind", flat=True)) == {"reopening"}
    assert Message.objects.filter(notice="complaints.closed", recipient="amina@exemple.ma").count() == 1


@pytest.mark.req("A41")
@pytest.mark.parametrize("state", [State.RECEIVED, State.IN_PROGRESS, State.COMPLEMENT, State.ANSWERED])
def test_a_case_may_be_closed_by_the_person_at_any_time(complaint, agent, state):
    lead_to(complaint, state, agent=agent)
    following.withdraw_complaint(complaint_id=complaint.pk)
    assert now(complaint).state == "closed"
    assert not complaint.pauses.filter(ended_at=None).exists()


@pytest.mark.parametrize("satisfaction", ["0", "6", "x"])
def test_an_opinion_off_the_scale_is_refused(person, complaint, satisfaction):
    act(person, complaint, "cloture/", satisfaction=satisfaction)
    assert now(complaint).state == "received"


# --- Reopening ----------------------------------------------------------------------------------------------------


@pytest.mark.req("F5", "F6")
@pytest.mark.parametrize("state", [State.ANSWERED, State.CLOSED])
def test_an_answer_that_does_not_suit_is_reopened_with_a_reason(person, complaint, agent, state):
    lead_to(complaint, state, agent=agent)
    page = act(person, complaint, "reouverture/", reason="Le montant est faux.").content.decode()
    assert "Votre réclamation est rouverte." in page
    assert "Le montant est faux." in page
    opened = now(complaint)
    assert (opened.state, opened.waiting_on, opened.closed_at, opened.answered_at) == (
        "in-progress",
        "desk",
        None,
        None,
    )
    assert Message.objects.filter(notice="complaints.reopened").count() == 1


@pytest.mark.parametrize(
    ("state", "page", "typed"),
    [
        (State.IN_PROGRESS, "cloture/", {"comment": "Merci."}),
        (State.CLOSED, "reouverture/", {"reason": "Le montant est faux."}),
    ],
)
def test_who_closes_and_reopens_without_end_is_told_when_to_try_again(
    person, complaint, agent, settings, state, page, typed
):
    lead_to(complaint, state, agent=agent)
    settings.THROTTLES = settings.THROTTLES | {"case-change": (0, 3600)}
    told = Message.objects.count()
    shown = act(person, complaint, page, **typed).content.decode()
    assert "clôturée et rouverte plusieurs fois. Réessayez dans" in shown
    assert next(iter(typed.values())) in shown
    assert (now(complaint).state, Message.objects.count()) == (state, told)


def test_a_case_is_closed_and_reopened_a_few_times_an_hour(person, complaint, settings):
    settings.THROTTLES = settings.THROTTLES | {"case-change": (4, 3600)}
    with time_machine.travel(TUESDAY, tick=False) as clock:
        follow(person, complaint)
        for _turn in range(100):
            act(person, complaint, "cloture/")
            act(person, complaint, "reouverture/", reason="Encore.")
        assert Message.objects.filter(notice__in=["complaints.closed", "complaints.reopened"]).count() == 4
        clock.shift(timedelta(hours=1))
        follow(person, complaint)
        act(person, complaint, "cloture/")
    assert now(complaint).state == State.CLOSED


@pytest.mark.req("F5")
def test_a_reopened_case_is_answered_within_the_same_delay_from_then_on(db):
    with time_machine.travel(TUESDAY, tick=False) as clock:
        complaint = ComplaintFactory(state=State.ANSWERED)
        clock.shift(timedelta(days=14))
        following.reopen_complaint(complaint_id=complaint.pk, reason="Non.")
    assert due(complaint) == date(2026, 10, 27)
    assert not complaint.clocks.filter(kind="reopening").exists()


@pytest.mark.req("F5")
def test_a_reason_is_needed_to_reopen(person, complaint, agent):
    lead_to(complaint, State.ANSWERED, agent=agent)
    page = act(person, complaint, "reouverture/", reason="").content.decode()
    assert "Dites en quelques mots pourquoi la réponse ne convient pas." in page
    assert now(complaint).state == "answered"


@pytest.mark.req("F5")
def test_past_its_delay_a_case_is_not_reopened_and_the_reason_is_given_back(client, complaint, agent):
    lead_to(complaint, State.CLOSED, agent=agent)
    with time_machine.travel(timezone.now() + timedelta(days=70)):
        follow(client, complaint)
        shown = client.get(dashboard(complaint)).content.decode()
        assert dashboard(complaint, "reouverture/") not in shown
        assert "le délai pour la rouvrir est passé" in shown
        assert "Vous pouvez rouvrir jusqu’au" not in shown
        assert f'href="/reclamations/{complaint.desk.code}/"' in shown
        page = act(client, complaint, "reouverture/", reason="J’ai tardé.").content.decode()
        with pytest.raises(TooLateToReopen):
            following.reopen_complaint(complaint_id=complaint.pk, reason="J’ai tardé.")
    assert "Le délai pour rouvrir est passé." in page
    assert "J’ai tardé.</textarea>" in page
    assert now(complaint).state == "closed"


# --- Too late -----------------------------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("state", "page", "typed"),
    [
        (State.CLOSED, "echange/", {"body": "Un long message."}),
        (State.CLOSED, "cloture/", {"comment": "Un long message."}),
        (State.IN_PROGRESS, "reouverture/", {"reason": "Un long message."}),
    ],
)
def test_what_came_too_late_is_told_and_the_typed_text_given_back(person, complaint, agent, state, page, typed):
    lead_to(complaint, state, agent=agent)
    events = Event.objects.count()
    shown = act(person, complaint, page, **typed).content.decode()
    assert "Ce n’est plus possible" in shown
    assert "Un long message.</textarea>" in shown
    assert Event.objects.count() == events


def test_the_files_of_a_message_that_came_too_late_are_not_kept(person, complaint, agent):
    lead_to(complaint, State.CLOSED, agent=agent)
    act(person, complaint, "echange/", body="Trop tard.", files=[upload()])
    assert not Document.objects.exists()


@pytest.mark.parametrize(
    ("state", "act"),
    [
        (State.CLOSED, lambda key: following.write_to_desk(complaint_id=key, body="x")),
        (State.CLOSED, lambda key: following.withdraw_complaint(complaint_id=key)),
        (State.RECEIVED, lambda key: following.reopen_complaint(complaint_id=key, reason="x")),
        (State.IN_PROGRESS, lambda key: following.reopen_complaint(complaint_id=key, reason="x")),
        (State.COMPLEMENT, lambda key: following.reopen_complaint(complaint_id=key, reason="x")),
    ],
)
def test_what_the_state_forbids_leaves_no_trace(complaint, agent, state, act):
    lead_to(complaint, state, agent=agent)
    before = (Event.objects.count(), Message.objects.count())
    with pytest.raises(TransitionNotAllowed):
        act(complaint.pk)
    assert (Event.objects.count(), Message.objects.count()) == before


@pytest.mark.django_db(transaction=True)
def test_the_person_closes_while_the_desk_answers_and_both_are_in_the_history():
    complaint = ComplaintFactory()
    agent = AgentFactory(desks=[complaint.desk])
    at_once(
        lambda: following.withdraw_complaint(complaint_id=complaint.pk),
        lambda: handling.answer_complaint(complaint_id=complaint.pk, user=agent, body="Voici."),
    )
    kinds = list(complaint.events.order_by("pk").values_list("kind", flat=True))
    assert now(complaint).state == "closed"
    assert kinds in (["filed", "closed"], ["filed", "answered", "closed"])


@pytest.mark.req("F27")
def test_the_history_is_written_once(complaint):
    event = complaint.events.get()
    event.body = "autre chose"
    with pytest.raises(TypeError):
        event.save()


@pytest.mark.django_db
def test_a_message_sent_twice_in_a_moment_is_written_once():
    complaint = ComplaintFactory()
    for _press in range(2):
        following.write_to_desk(complaint_id=complaint.pk, body="Avez-vous des nouvelles ?")
    assert complaint.events.filter(kind="message-in").count() == 1


@pytest.mark.req("A39")
def test_the_file_that_was_forgotten_is_sent_with_the_same_words(complaint):
    for documents in ([], [DocumentFactory()], [DocumentFactory(sha256="b" * 64)]):
        following.write_to_desk(complaint_id=complaint.pk, body="Voici la facture.", documents=documents)
    assert complaint.documents.count() == 2
