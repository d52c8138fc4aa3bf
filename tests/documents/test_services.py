"""Receiving, claiming, discarding and pruning: row and file live and die together."""

from __future__ import annotations

import hashlib
from datetime import timedelta
from pathlib import Path

import pytest
from django.core.files.storage import default_storage
from django.db import IntegrityError, connection
from django.utils import timezone

from claims_portal.documents.models import Document
from claims_portal.documents.services import (
    DocumentRefused,
    claim_documents,
    collect_orphans,
    discard_document,
    prune_documents,
    receive_document,
)
from claims_portal.documents.tasks import prune
from claims_portal.organisations.models import Desk, Organisation
from claims_portal.wizards.models import Draft, DraftDocument
from tests.factories.documents import DocumentFactory, image_bytes, pdf_bytes, upload

pytestmark = pytest.mark.django_db


def stored_files(folder: Path) -> list[Path]:
    return [path for path in folder.rglob("*") if path.is_file()]


@pytest.mark.req("D99")
def test_a_received_document_tells_what_came_and_what_is_kept() -> None:
    data = image_bytes()
    document = receive_document(upload=upload(data, "photo de l’ordonnance.jpg"))
    document.refresh_from_db()
    assert document.label == "photo de l’ordonnance.jpg"
    assert document.sha256 == hashlib.sha256(data).hexdigest()
    assert document.received_size == len(data)
    assert document.size == default_storage.size(document.storage_name)
    assert (document.content_type, document.extension, document.pages) == ("image/jpeg", "jpg", None)
    assert document.state == Document.State.CLEAN
    assert document.claimed_at is None


def test_the_stored_name_has_nothing_of_the_persons_name_and_differs_each_time() -> None:
    names = {receive_document(upload=upload(name="Fatima Zahra.pdf")).storage_name for _ in range(2)}
    assert len(names) == 2
    assert not any("fatima" in name.lower() for name in names)


@pytest.mark.parametrize("name", ["a\r\nb\0\u202e.pdf", "é" * 300 + ".pdf", "وصل الإيداع.pdf", "../../x.pdf"])
def test_a_document_with_a_nasty_name_is_received(name: str) -> None:
    sent = upload()
    sent._name = name  # past the cleaning that Django does by itself
    assert receive_document(upload=sent).label.endswith(".pdf")


def test_a_file_that_a_form_has_begun_to_read_is_received_whole() -> None:
    sent = upload(pdf_bytes())
    sent.read(100)
    assert receive_document(upload=sent).received_size == len(pdf_bytes())


def test_receiving_takes_one_insert_and_its_transaction(django_assert_num_queries) -> None:
    with django_assert_num_queries(3):
        receive_document(upload=upload())


def test_when_the_storage_fails_there_is_no_row_and_the_person_is_told(settings, tmp_path: Path) -> None:
    obstacle = tmp_path / "obstacle"
    obstacle.write_text("a file where the folder should be")
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": obstacle},
        }
    }
    with pytest.raises(DocumentRefused, match="not_stored"):
        receive_document(upload=upload())
    assert not Document.objects.exists()


def test_when_the_row_cannot_be_written_there_is_no_file(tmp_path: Path) -> None:
    with connection.cursor() as cursor:
        cursor.execute("ALTER TABLE documents_document ADD CONSTRAINT full_table CHECK (size = 0)")
    with pytest.raises(IntegrityError):
        receive_document(upload=upload())
    assert not stored_files(tmp_path)


def test_claiming_many_documents_takes_one_query(django_assert_num_queries) -> None:
    documents = DocumentFactory.create_batch(3)
    with django_assert_num_queries(1):
        claim_documents(documents=documents)
    assert not Document.objects.filter(claimed_at=None).exists()


def test_claiming_again_keeps_the_first_moment() -> None:
    first = timezone.now() - timedelta(days=3)
    document = DocumentFactory(claimed_at=first)
    claim_documents(documents=[document])
    document.refresh_from_db()
    assert document.claimed_at == first


def test_a_discarded_document_loses_its_file_once_the_row_is_gone(
    tmp_path: Path, django_capture_on_commit_callbacks
) -> None:
    document = DocumentFactory()
    with django_capture_on_commit_callbacks() as callbacks:
        discard_document(document=document)
    assert stored_files(tmp_path)
    callbacks[0]()
    assert not stored_files(tmp_path)
    assert not Document.objects.exists()


def aged(days: int, **fields: object) -> Document:
    document = DocumentFactory(**fields)
    Document.objects.filter(pk=document.pk).update(created_at=timezone.now() - timedelta(days=days))
    return document


def test_pruning_deletes_old_unclaimed_documents_with_their_files(tmp_path: Path) -> None:
    aged(40)
    assert prune_documents(older_than=timezone.now() - timedelta(days=31)) == 1
    assert not Document.objects.exists()
    assert not stored_files(tmp_path)


def test_pruning_leaves_claimed_and_recent_documents() -> None:
    kept = {aged(40, claimed_at=timezone.now()).pk, aged(2).pk}
    assert prune_documents(older_than=timezone.now() - timedelta(days=31)) == 0
    assert set(Document.objects.values_list("pk", flat=True)) == kept


def test_pruning_leaves_what_a_living_draft_still_holds() -> None:
    organisation = Organisation.objects.create(code="caisse", kind=Organisation.Kind.FUND, name_fr="Caisse")
    desk = Desk.objects.create(organisation=organisation, code="guichet", name_fr="Guichet")
    draft = Draft.objects.create(wizard="parcours", desk=desk)
    DraftDocument.objects.create(draft=draft, document=aged(40), kind="pièce")
    assert prune_documents(older_than=timezone.now() - timedelta(days=31)) == 0
    draft.delete()
    assert prune_documents(older_than=timezone.now() - timedelta(days=31)) == 1


def test_the_nightly_task_waits_until_drafts_are_gone(settings) -> None:
    aged(settings.DRAFT_DAYS)
    prune()
    assert Document.objects.exists()
    aged(settings.DRAFT_DAYS + 2)
    prune()
    assert Document.objects.count() == 1


def test_the_collector_removes_files_that_no_row_knows_and_only_those() -> None:
    document = DocumentFactory()
    folder = document.storage_name.rpartition("/")[0]
    default_storage.save(f"{folder}/orphan.pdf", document.file)
    assert collect_orphans(today=timezone.now() + timedelta(days=3)) == 1
    assert default_storage.exists(document.storage_name)
    assert not default_storage.exists(f"{folder}/orphan.pdf")


def test_the_collector_leaves_files_younger_than_a_day() -> None:
    folder = DocumentFactory().storage_name.rpartition("/")[0]
    default_storage.save(f"{folder}/arriving.pdf", upload(pdf_bytes()))
    assert collect_orphans(today=timezone.now()) == 0
    assert collect_orphans(today=timezone.now() + timedelta(days=1)) == 0
    assert default_storage.exists(f"{folder}/arriving.pdf")


def test_a_document_shows_its_label() -> None:
    assert str(DocumentFactory(label="ordonnance.pdf")) == "ordonnance.pdf"
