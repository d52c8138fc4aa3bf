"""What filing writes: the whole case, once, or nothing."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from claims_portal.notifications.models import Message
from claims_portal.wizards.models import Draft, live_draft
from claims_portal.wizards.services import AlreadySubmitted, save_answers
from complaints.models import Clock, Complainant, Complaint, ComplaintDocument, Dependant, Event
from complaints.services import filing
from complaints.services.filing import IncompleteDraft, submit_draft
from complaints.steps import FACTS
from tests.factories.complaints import DeskFactory
from tests.factories.documents import upload
from tests.factories.wizards import DraftDocumentFactory, DraftFactory, complete_answers
from tests.together import at_once

from .public import answer_all, at, begin, send


@pytest.fixture(autouse=True)
def _no_waiting(db, settings):
    """Who files in these tests has waited already."""
    settings.PATIENCE_SECONDS = 0


@pytest.fixture
def desk(db: None):
    return DeskFactory.create()


@pytest.fixture
def draft(client: Client, desk) -> Draft:
    return begin(client, desk)


@pytest.mark.req("A10", "A12", "A24", "A25", "C36")
def test_filing_writes_the_case_its_people_its_first_event_and_its_receipt(client, draft):
    answer_all(client, draft)
    lina = {"first_name": "Lina", "last_name": "El Amrani", "relation": "child"}
    client.post(at(draft, "ayants-droit"), lina)
    client.post(at(draft, "pieces"), {"files": [upload()]})
    send(client, draft)
    complaint = Complaint.objects.get()
    assert (complaint.state, complaint.waiting_on, complaint.channel) == ("received", "desk", "web")
    assert complaint.complainant.mobile == "+212612345678"
    assert complaint.complainant.search_name == "elamraniamina"
    assert complaint.dependants.get().first_name == "Lina"
    event = complaint.events.get()
    assert (event.kind, event.to_state, event.is_public) == ("filed", "received", True)
    joined = complaint.documents.select_related("document").get()
    assert joined.event == event
    assert joined.document.claimed_at is not None
    receipt = Message.objects.get()
    assert (receipt.notice, receipt.recipient, receipt.about) == (
        "complaints.receipt",
        "amina@exemple.ma",
        f"complaint:{complaint.pk}",
    )


def test_the_language_of_the_last_page_is_the_language_of_the_case(client, draft):
    answer_all(client, draft)
    client.post("/ar" + at(draft, "faits"), {"facts": "تأخر التعويض."})
    send(client, draft)
    assert Complaint.objects.get().language == "ar"
    assert Message.objects.get().language == "ar"


@pytest.mark.req("N3")
def test_a_step_that_is_no_longer_in_order_is_shown_again(client, draft):
    answer_all(client, draft)
    draft.desk.categories.update(is_active=False)
    draft.desk.version += 1
    draft.desk.save()
    answer = send(client, draft)
    assert answer.headers["Location"] == at(draft, "reclamation") + "?corriger&revoir"
    assert "Choisissez un sujet de la liste." in client.get(answer.headers["Location"]).content.decode()
    with pytest.raises(IncompleteDraft):
        submit_draft(draft_id=draft.pk, wants_sms=False)


@pytest.mark.django_db(transaction=True)
def test_two_presses_at_once_make_one_case():
    desk = DeskFactory()
    draft = DraftFactory(desk=desk, answers=complete_answers(desk))
    ends = at_once(*[lambda: submit_draft(draft_id=draft.pk, wants_sms=False)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["AlreadySubmitted", "Complaint"]
    assert Complaint.objects.count() == Message.objects.count() == 1


def test_a_draft_sent_before_is_not_sent_again(db):
    draft = DraftFactory(complete=True)
    submit_draft(draft_id=draft.pk, wants_sms=False)
    with pytest.raises(AlreadySubmitted):
        submit_draft(draft_id=draft.pk, wants_sms=False)


@pytest.mark.django_db(transaction=True)
@pytest.mark.parametrize("step", ["build_first_clocks", "queue", "route", "promise_letter"])
def test_what_breaks_at_the_end_leaves_nothing_but_the_draft(monkeypatch, step):
    desk = DeskFactory()
    joined = DraftDocumentFactory(draft=DraftFactory(desk=desk, answers=complete_answers(desk)))

    def breaks(*_args: object, **_kwargs: object) -> None:
        raise RuntimeError("disk full")

    monkeypatch.setattr(filing, step, breaks)
    with pytest.raises(RuntimeError):
        submit_draft(draft_id=joined.draft_id, wants_sms=False)
    for model in (Complaint, Complainant, Dependant, Event, Clock, ComplaintDocument, Message):
        assert not model.objects.exists()
    draft = Draft.objects.get()
    assert draft.submitted_at is None
    assert FACTS.cleaned(draft)["facts"]
    joined.document.refresh_from_db()
    assert joined.document.claimed_at is None


def test_what_changed_since_the_page_was_read_is_validated_afresh(db):
    draft = DraftFactory(complete=True)
    seen = live_draft.first(pk=draft.pk, now=timezone.now())
    assert FACTS.is_complete(seen)
    save_answers(draft_id=draft.pk, step=FACTS, typed={"facts": [""]}, language="fr")
    with pytest.raises(IncompleteDraft):
        submit_draft(draft_id=draft.pk, wants_sms=False, seen=seen)


def test_what_was_validated_a_moment_ago_is_not_validated_under_the_lock(db, monkeypatch):
    draft = DraftFactory(complete=True)
    seen = live_draft.first(pk=draft.pk, now=timezone.now())
    assert FACTS.is_complete(seen)
    monkeypatch.setattr(FACTS, "form", None)
    assert submit_draft(draft_id=draft.pk, wants_sms=False, seen=seen).facts == FACTS.cleaned(seen)["facts"]


def test_a_number_that_is_taken_is_not_given_twice(db, monkeypatch):
    first = submit_draft(draft_id=DraftFactory(complete=True).pk, wants_sms=False)
    offered = iter([first.number, "572500000005"])
    monkeypatch.setattr(filing.references, "new_number", lambda: next(offered))
    assert submit_draft(draft_id=DraftFactory(complete=True).pk, wants_sms=False).number == "572500000005"
