"""The only writers of drafts: nothing typed is lost, nothing is written after the end."""

from __future__ import annotations

from datetime import timedelta
from uuid import uuid4

import pytest
import time_machine
from django.core.files.storage import default_storage
from django.utils import timezone

from claims_portal.documents.models import Document
from claims_portal.wizards import services, tasks
from claims_portal.wizards.models import Draft, DraftDocument
from claims_portal.wizards.services import AlreadySubmitted, DraftFull
from claims_portal.wizards.steps import SEVERAL_MAX
from complaints.steps import DEPENDANTS, FACTS, SUBJECT
from tests.factories.documents import DocumentFactory
from tests.factories.wizards import DraftDocumentFactory, DraftFactory
from tests.together import at_once


@pytest.fixture
def draft(db: None) -> Draft:
    return DraftFactory.create()


def save(draft: Draft, step, **typed: list[str]) -> Draft:
    return services.save_answers(draft_id=draft.pk, step=step, typed=typed, language="fr")


def add(draft: Draft, name: str) -> Draft:
    return services.add_to_collection(draft_id=draft.pk, step=DEPENDANTS, typed={"first_name": [name]})


def answers(draft: Draft) -> dict:
    return Draft.objects.get(pk=draft.pk).answers


@pytest.mark.req("F1")
def test_saving_a_step_leaves_the_others_as_they_were(draft):
    save(draft, SUBJECT, category=["7"])
    save(draft, FACTS, facts=["Depuis mars."])
    assert answers(draft) == {"reclamation": {"category": ["7"]}, "faits": {"facts": ["Depuis mars."]}}


@pytest.mark.req("F1")
@pytest.mark.django_db(transaction=True)
def test_two_tabs_that_save_different_steps_at_once_both_keep_theirs():
    draft = DraftFactory()
    at_once(lambda: save(draft, SUBJECT, category=["7"]), lambda: save(draft, FACTS, facts=["Depuis mars."]))
    assert set(answers(draft)) == {"reclamation", "faits"}


def test_the_last_language_used_is_kept(draft):
    services.save_answers(draft_id=draft.pk, step=FACTS, typed={}, language="ar")
    assert Draft.objects.get().language == "ar"


@pytest.mark.req("F1")
def test_each_saving_gives_the_draft_its_whole_time_again(draft, settings):
    settings.DRAFT_DAYS = 30
    with time_machine.travel(timezone.now() + timedelta(days=20), tick=False):
        save(draft, FACTS, facts=["x"])
        assert Draft.objects.get().expires_at == timezone.now() + timedelta(days=30)


def test_a_draft_that_was_sent_does_not_change_any_more(draft):
    with services.locked_draft(draft.pk) as locked:
        services.close_draft(draft=locked, result="123456789012")
    for change in (lambda: save(draft, FACTS, facts=["x"]), lambda: add(draft, "Lina")):
        with pytest.raises(AlreadySubmitted):
            change()
    assert answers(draft) == {}


def test_the_answers_of_a_draft_that_was_sent_are_wiped(db):
    draft = DraftFactory(complete=True)
    DraftDocumentFactory(draft=draft)
    with services.locked_draft(draft.pk) as locked:
        services.close_draft(draft=locked, result="123456789012")
    kept = Draft.objects.get()
    assert (kept.answers, kept.result, kept.documents.count()) == ({}, "123456789012", 0)
    assert Document.objects.count() == 1  # it is the case's now


@pytest.mark.req("A25")
def test_people_are_added_in_order_and_taken_out_by_position(draft):
    for name in ("Lina", "Youssef", "Sara"):
        add(draft, name)
    services.remove_from_collection(draft_id=draft.pk, step=DEPENDANTS, position=1)
    services.remove_from_collection(draft_id=draft.pk, step=DEPENDANTS, position=7)
    assert [each["first_name"][0] for each in answers(draft)["ayants-droit"]] == ["Lina", "Sara"]


def test_a_step_seen_without_adding_anybody_is_noted(draft):
    services.add_to_collection(draft_id=draft.pk, step=DEPENDANTS, typed=None)
    assert answers(draft) == {"ayants-droit": []}


def test_no_more_people_than_the_limit_are_added(draft):
    draft.answers = {"ayants-droit": [{"first_name": ["x"]}] * SEVERAL_MAX}
    draft.save()
    with pytest.raises(DraftFull) as refusal:
        add(draft, "Lina")
    assert refusal.value.limit == SEVERAL_MAX
    assert len(answers(draft)["ayants-droit"]) == SEVERAL_MAX


@pytest.mark.req("C33")
@pytest.mark.django_db(transaction=True)
def test_documents_joined_at_once_never_pass_the_limit(settings):
    settings.DOCUMENT_LIMITS = settings.DOCUMENT_LIMITS | {"files": 3}
    draft = DraftFactory()
    documents = DocumentFactory.create_batch(6)
    ends = at_once(
        *[
            lambda each=each: services.attach_document(draft_id=draft.pk, document=each, kind="evidence")
            for each in documents
        ]
    )
    assert sum(isinstance(end, DraftFull) for end in ends) == 3
    assert draft.documents.count() == 3


def test_a_document_taken_out_is_destroyed(draft, django_capture_on_commit_callbacks):
    joined = DraftDocumentFactory(draft=draft)
    name = joined.document.file.name
    with django_capture_on_commit_callbacks(execute=True):
        services.detach_document(draft_id=draft.pk, document_id=joined.document_id)
        services.detach_document(draft_id=draft.pk, document_id=uuid4())
    assert not Document.objects.exists()
    assert not default_storage.exists(name)


def test_a_document_of_another_draft_is_not_taken_out(draft):
    other = DraftDocumentFactory()
    services.detach_document(draft_id=draft.pk, document_id=other.document_id)
    assert DraftDocument.objects.get() == other


@pytest.mark.req("F1")
def test_expired_drafts_go_at_night_with_their_documents(db, django_capture_on_commit_callbacks):
    old, fresh = DraftDocumentFactory(), DraftDocumentFactory()
    name = old.document.file.name
    Draft.objects.filter(pk=old.draft_id).update(expires_at=timezone.now() - timedelta(seconds=1))
    with django_capture_on_commit_callbacks(execute=True):
        tasks.prune()
    assert Draft.objects.get() == fresh.draft
    assert Document.objects.get() == fresh.document
    assert not default_storage.exists(name)
    assert default_storage.exists(fresh.document.file.name)


def test_pruning_twice_finds_nothing_more(draft):
    Draft.objects.update(expires_at=timezone.now() - timedelta(days=1))
    assert [services.prune_drafts(), services.prune_drafts()] == [1, 0]
