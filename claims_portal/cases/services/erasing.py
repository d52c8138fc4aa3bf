"""What the erasure of a case means: people, words, contacts, documents and messages go; dates, states, counts stay.

What stays is what the figures need: desk, channel, language, dates, states, amounts, and the kinds and dates of what
happened. Nothing of it leads to a person. Each kind of case says in its `Erasure` which columns and rows hold more.
"""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from claims_portal.accounts.links import forget_links
from claims_portal.cases.kinds import all_kinds, kind_of
from claims_portal.cases.models import CommonEvent
from claims_portal.documents.models import Document
from claims_portal.documents.services import release_documents
from claims_portal.notifications.services import forget_messages

from .changes import record_event

BATCH = 500
SALT = "complaints.disposal"  # older proofs were made with it


def contact_mark(number: str, contact: str) -> str:
    """Return a keyed hash that recognises the same number and contact, and says nothing else."""
    return salted_hmac(SALT, f"{number}:{contact}", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def erase_case(case: Any, disposal: Any) -> None:
    """Erase a case whose row is locked, in the caller's transaction, and write the proof into its disposal.

    The files go the next time documents are pruned, once this is committed; `note_files_gone` writes that down.
    """
    kind, now = kind_of(case), timezone.now()
    contacts = kind.erasure.contacts(case)
    disposal.contact_marks = [contact_mark(case.number, contact) for contact in contacts]
    disposal.erased = _erase_documents(case, disposal) | kind.erasure.rows(case) | _erase_words(case, contacts)
    type(case)._default_manager.filter(pk=case.pk).update(
        **kind.erasure.blank, undelivered_at=None, disposed_at=now, changed_at=now
    )
    record_event(case, CommonEvent.DISPOSED, at=now, user=disposal.batch.decided_by)
    disposal.done_at = now
    disposal.files_gone_at = None if disposal.document_ids else now
    disposal.save()


def _erase_documents(case: Any, disposal: Any) -> dict[str, int]:
    """Let go of the documents; return how many, and how many bytes the storage will lose."""
    disposal.document_ids = list(case.documents.values_list("document_id", flat=True))
    size = Document.objects.filter(pk__in=disposal.document_ids).aggregate(total=Sum("size"))["total"] or 0
    case.documents.all().delete()
    return {"documents": release_documents(document_ids=disposal.document_ids), "bytes": size}


def _erase_words(case: Any, contacts: list[str]) -> dict[str, int]:
    return {
        "messages": forget_messages(about=[case.message_key]),
        "events": case.events.exclude(body="").update(body=""),
        "links": sum(forget_links(subject=contact) for contact in contacts),
    }


def note_files_gone() -> int:
    """Write down, for each erased case, that none of its documents is left; return for how many. Safe to run twice.

    Documents lose their file first and their row last: no row, no file.
    """
    return sum(_note_files_gone(kind.disposals) for kind in all_kinds() if kind.disposals is not None)


def _note_files_gone(disposals: Any) -> int:
    noted = 0
    waiting = disposals._default_manager.filter(done_at__isnull=False, files_gone_at=None).order_by("pk")
    for disposal in waiting.iterator(chunk_size=BATCH):
        if not Document.objects.filter(pk__in=disposal.document_ids).exists():
            disposal.files_gone_at = timezone.now()
            disposal.save(update_fields=["files_gone_at"])
            noted += 1
    return noted
