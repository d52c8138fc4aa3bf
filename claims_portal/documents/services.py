"""The only writers of documents: receive, claim, scan, discard, prune.

A document is received on its own (state « pending » until the antivirus, if there is one, has
looked), then claimed when a case keeps it. What nobody claims is pruned at night.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, timedelta
from uuid import UUID

import structlog
from celery import current_app
from django.conf import settings
from django.core.files.base import ContentFile
from django.core.files.storage import default_storage
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models.functions import Coalesce
from django.utils import timezone
from django.utils.functional import Promise
from kombu.exceptions import OperationalError as BrokerUnavailable

from claims_portal.asynchronous_commit import asynchronous_commit

from .accepted import IMAGE_NAMES
from .antivirus import CHUNK, ScannerUnavailable, is_infected
from .checks import Examination, Limits, Refused
from .labels import clean_label
from .messages import ADVICE, REFUSALS, too_large
from .models import STORAGE_PREFIX, Document
from .worker import Allowance, examine_apart

logger = structlog.get_logger("portal.documents")

BATCH = 500
# The collector looks at the folders of so many days beyond the life of a draft, and leaves the newest alone.
COLLECTOR_DAYS = 7


class DocumentRefused(Exception):
    """The file cannot be accepted: `code` for programs, `message` (lazy, a full sentence) for the person."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code
        self.message = refusal_message(code)

    def about(self, upload: UploadedFile) -> str:
        """Return the sentence after the name of the file, which keeps its own direction in either language."""
        return f"« \u2068{clean_label(upload.name or '')}\u2069 » : {self.message}"


def refusal_message(code: str) -> str | Promise:
    """Return the sentence for a refusal, with this portal's limits in it."""
    limits = settings.DOCUMENT_LIMITS
    if code == "too_large":
        return too_large(limits["file_bytes"])
    words: dict[str, dict[str, object]] = {
        "not_accepted": {"names": IMAGE_NAMES},
        "too_many_pages": {"limit": limits["pdf_pages"]},
        "too_many_pixels": {"limit": limits["image_pixels"] // 1_000_000},
    }
    message = REFUSALS[code]
    return message % words[code] if code in words else message


def advice_sentences(document: Document) -> list[str]:
    """Return what may be done better with this file, in the active language; empty when all is well."""
    return [str(ADVICE[code]) for code in document.advice if code in ADVICE]


def allowance() -> Allowance:
    """Return what examining one file may take, from the settings."""
    limits = settings.DOCUMENT_LIMITS
    return Allowance(
        limits["check_seconds"],
        limits["check_memory_bytes"],
        limits["check_processes"],
        crowded_seconds=limits["check_crowded_seconds"],
    )


def receive_document(*, upload: UploadedFile, sender: str = "") -> Document:
    """Check, clean and store one file; nobody claims it yet. `sender` says whose turn it is (`uploads.sender_of`).

    Raises DocumentRefused. Rows D99 and D100. When the row cannot be written the stored file is
    removed; when the caller's transaction fails later, the nightly collector removes it.
    """
    data = _received(upload)
    name = upload.name or ""
    limits = Limits(settings.DOCUMENT_LIMITS["image_pixels"], settings.DOCUMENT_LIMITS["pdf_pages"])
    try:
        examination = examine_apart(data, name, limits, allowance(), person=sender)
    except Refused as refusal:
        logger.info("document_refused", code=refusal.code, size=len(data))
        raise DocumentRefused(refusal.code) from refusal
    document = _document(examination, received=data, label=clean_label(name))
    _store(document, examination)
    if document.state == Document.State.PENDING:
        transaction.on_commit(_nudge_scan, robust=True)
    return document


def _received(upload: UploadedFile) -> bytes:
    limit = settings.DOCUMENT_LIMITS["file_bytes"]
    upload.seek(0)  # a form may have looked at its first bytes
    # The size a browser declares is not trusted: at most one byte more than the limit is read.
    data = b"" if (upload.size or 0) > limit else upload.read(limit + 1)
    if (upload.size or 0) > limit or len(data) > limit:
        raise DocumentRefused("too_large")
    if not data:
        raise DocumentRefused("empty")
    return bytes(data)


def _document(examination: Examination, *, received: bytes, label: str) -> Document:
    return Document(
        label=label,
        content_type=examination.content_type,
        size=len(examination.data),
        received_size=len(received),
        sha256=hashlib.sha256(received).hexdigest(),
        pages=examination.pages,
        state=Document.State.PENDING if settings.DOCUMENT_SCAN_URL else Document.State.CLEAN,
        advice=list(examination.advice),
    )


def _store(document: Document, examination: Examination) -> None:
    try:
        document.file.save(f"file.{examination.extension}", ContentFile(examination.data), save=False)
    except Exception as error:  # a full disk or a storage that is away, each with errors of its own
        logger.exception("document_not_stored", size=len(examination.data))
        raise DocumentRefused("not_stored") from error
    try:
        with asynchronous_commit():  # attaching it to a draft or a case is what waits for the disk
            document.save()
    except BaseException:
        default_storage.delete(document.storage_name)
        raise


def _nudge_scan() -> None:
    """Scan now rather than within the minute; without a broker the scheduled task does it."""
    try:
        current_app.send_task("documents.scan_pending")
    except BrokerUnavailable:
        logger.warning("scan_not_nudged")


def claim_documents(*, documents: Iterable[Document]) -> None:
    """Keep these documents for a case; call it in the transaction that links them. One query."""
    keys = [document.pk for document in documents]
    Document.objects.filter(pk__in=keys).update(claimed_at=Coalesce("claimed_at", timezone.now()))


def release_documents(*, document_ids: Iterable[UUID]) -> int:
    """Release these documents of a case for good, and return how many; the caller removed its links. One query.

    What says anything about them goes at once, row and file the next time `prune_documents` runs: until then the row
    knows where the file is, so that nothing is forgotten in the storage.
    """
    kept = Document.objects.filter(pk__in=list(document_ids))
    return kept.update(claimed_at=None, released_at=timezone.now(), label="", sha256="")


def discard_document(*, document: Document) -> None:
    """Delete row and file; the caller has checked that this may go. The file goes once the row is gone for good."""
    name = document.storage_name
    document.delete()
    transaction.on_commit(lambda: default_storage.delete(name))


def scan_document(*, document_id: UUID) -> str:
    """Ask the antivirus about a document that waits; gives the state it is in afterwards.

    Raises ScannerUnavailable, and the document goes on waiting. Safe to run twice: only a waiting
    document changes.
    """
    document = Document.objects.get(pk=document_id)
    if document.state != Document.State.PENDING:
        return document.state
    infected = bool(settings.DOCUMENT_SCAN_URL) and _scanned_infected(document)
    state = Document.State.REFUSED if infected else Document.State.CLEAN
    with transaction.atomic():
        changed = Document.objects.filter(pk=document.pk, state=Document.State.PENDING).update(state=state)
        if changed and infected:
            # In the transaction: a file that cannot be deleted now leaves the document waiting, and is tried again.
            default_storage.delete(document.storage_name)
            logger.warning("document_infected", document=str(document.pk))
    return state


def _scanned_infected(document: Document) -> bool:
    with document.file.open("rb") as stored:
        return is_infected(stored.chunks(CHUNK), url=settings.DOCUMENT_SCAN_URL)


def scan_pending_documents() -> int:
    """Scan what waits, oldest first, until done or until the antivirus is away; gives how many were scanned."""
    scanned = 0
    for document_id in Document.objects.pending().values_list("pk", flat=True)[:BATCH]:
        try:
            scan_document(document_id=document_id)
        except ScannerUnavailable as error:
            logger.warning("scanner_unavailable", reason=str(error))
            break
        except (Document.DoesNotExist, OSError) as error:
            # Discarded meanwhile, or its storage fails: the others must not wait for it.
            logger.warning("document_not_scanned", document=str(document_id), kind=type(error).__name__)
            continue
        scanned += 1
    return scanned


def prune_documents(*, older_than: datetime) -> int:
    """Delete what was received before that moment, claimed by no case and linked from nowhere; gives how many.

    Files go first: if we are stopped in between, the rows are still there to be pruned tomorrow.
    Then files that no row knows (a process died between file and row) are removed.
    """
    pruned = 0
    while batch := dict(
        Document.objects.unclaimed_before(older_than).linked_nowhere().values_list("pk", "file")[:BATCH]
    ):
        for name in batch.values():
            default_storage.delete(name)
        pruned += Document.objects.filter(pk__in=batch, claimed_at=None).delete()[1].get("documents.Document", 0)
    collect_orphans(today=timezone.now())
    return pruned


def collect_orphans(*, today: datetime) -> int:
    """Remove stored files that no row knows, from the day folders older than a whole day; gives how many.

    Only the folders in which an orphan can still appear are listed: the cost does not grow with the archive.
    """
    removed = 0
    for days in range(2, settings.DRAFT_DAYS + COLLECTOR_DAYS):
        folder = f"{STORAGE_PREFIX}/{today - timedelta(days=days):%Y-%m-%d}"
        names = [f"{folder}/{name}" for name in _files_in(folder)]
        for start in range(0, len(names), BATCH):
            batch = names[start : start + BATCH]
            known = set(Document.objects.filter(file__in=batch).values_list("file", flat=True))
            for name in set(batch) - known:
                default_storage.delete(name)
                removed += 1
    if removed:
        logger.warning("orphan_files_removed", count=removed)
    return removed


def _files_in(folder: str) -> list[str]:
    try:
        return list(default_storage.listdir(folder)[1])
    except FileNotFoundError:
        return []
