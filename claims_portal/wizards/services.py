"""The only writers of drafts."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager
from typing import Any
from uuid import UUID

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.links import create_link
from claims_portal.documents.models import Document
from claims_portal.documents.services import discard_document
from claims_portal.notifications.services import forget_messages, queue
from claims_portal.organisations.models import Desk

from .models import Draft, DraftDocument, draft_end, draft_for_update
from .notices import ResumeLink
from .steps import SEVERAL_MAX, Step, Typed

RESUME_HOURS = 72


class DraftFull(Exception):
    """The draft holds as many as it may; `limit` says how many."""

    def __init__(self, limit: int) -> None:
        super().__init__(limit)
        self.limit = limit


class AlreadySubmitted(Exception):
    """The draft was sent: its case exists and the draft does not change any more."""


def create_draft(
    *, wizard: str, desk: Desk, language: str, answers: dict[str, Any] | None = None, owner: str = ""
) -> Draft:
    """Begin a journey; `owner` is who may open it wherever they sign in, empty for a browser session."""
    return Draft.objects.create(wizard=wizard, desk=desk, language=language, answers=answers or {}, owner=owner)


@contextmanager
def locked_draft(draft_id: UUID, seen: Draft | None = None) -> Iterator[Draft]:
    """The draft, under its row's lock, in a transaction; AlreadySubmitted when it was sent meanwhile.

    `seen` is the draft as this request read it: what it has read and validated is not read and validated twice.
    """
    with transaction.atomic():
        draft = draft_for_update.first(pk=draft_id)
        if draft is None:
            raise Draft.DoesNotExist
        if draft.submitted_at:
            raise AlreadySubmitted
        if seen is not None:
            draft.take_forms_of(seen)
        yield draft


def _store(draft: Draft) -> Draft:
    draft.expires_at = draft_end()
    draft.save(update_fields=["answers", "updated_at", "expires_at", "language"])
    return draft


def save_answers(*, draft_id: UUID, step: Step, typed: Typed, language: str, seen: Draft | None = None) -> Draft:
    """Keep what was typed at a step, other steps untouched (two tabs may be open). `seen` as for `locked_draft`."""
    with locked_draft(draft_id, seen) as draft:
        draft.answers[step.slug] = typed
        draft.language = language
        return _store(draft)


def add_to_collection(*, draft_id: UUID, step: Step, typed: Typed | None) -> Draft:
    """Add one to a step that collects several (None: just note that the step was seen). DraftFull past the limit."""
    with locked_draft(draft_id) as draft:
        collected = draft.answers.setdefault(step.slug, [])
        if typed is not None:
            if len(collected) >= SEVERAL_MAX:
                raise DraftFull(SEVERAL_MAX)
            collected.append(typed)
        return _store(draft)


def remove_from_collection(*, draft_id: UUID, step: Step, position: int) -> Draft:
    """Take the one at this position out; nothing happens when it is gone already."""
    with locked_draft(draft_id) as draft:
        collected = draft.answers.get(step.slug, [])
        if 0 <= position < len(collected):
            del collected[position]
        return _store(draft)


def attach_document(*, draft_id: UUID, document: Document, kind: str) -> DraftDocument:
    """Join a received document to the draft. DraftFull when it holds the most it may, even with uploads at once.

    Draft.DoesNotExist and AlreadySubmitted as for `locked_draft`.
    """
    limit = settings.DOCUMENT_LIMITS["files"]
    with locked_draft(draft_id) as draft:
        if draft.documents.count() >= limit:
            raise DraftFull(limit)
        return DraftDocument.objects.create(draft=draft, document=document, kind=kind)


def detach_document(*, draft_id: UUID, document_id: UUID) -> None:
    """Take a document out of the draft and destroy it; nothing happens when it is gone already."""
    with locked_draft(draft_id) as draft:
        joined = draft.documents.select_related("document").filter(document_id=document_id).first()
        if joined is not None:
            joined.delete()
            discard_document(document=joined.document)


def close_draft(*, draft: Draft, result: str) -> None:
    """Close a locked draft, of which the case named `result` was made. Its answers and documents are the case's now."""
    draft.documents.all().delete()
    draft.submitted_at = timezone.now()
    draft.result = result
    draft.answers = {}
    draft.save(update_fields=["submitted_at", "updated_at", "result", "answers"])


@transaction.atomic
def send_resume_link(*, draft: Draft, email: str, language: str) -> None:
    """Mail a single-use link that opens the draft in any browser for three days."""
    token = create_link(purpose="resume-draft", subject=str(draft.pk), hours=RESUME_HOURS)
    queue(ResumeLink(draft=draft, token=token, email=email, language=language))


@transaction.atomic
def destroy_draft(*, draft_id: UUID) -> None:
    """Destroy a draft and the documents joined to it, for good; not those that a case has claimed meanwhile."""
    list(Draft.objects.select_for_update().filter(pk=draft_id))
    for joined in DraftDocument.objects.filter(draft_id=draft_id).select_related("document"):
        joined.delete()
        discard_document(document=joined.document)
    Draft.objects.filter(pk=draft_id).delete()


def erase_draft(*, draft_id: UUID) -> None:
    """Destroy a draft that its author gives up. AlreadySubmitted when it was sent meanwhile, DoesNotExist when gone."""
    with locked_draft(draft_id):
        destroy_draft(draft_id=draft_id)


def prune_drafts() -> int:
    """Destroy the drafts that expired, with the documents no case has claimed and what was mailed. Gives how many."""
    expired = list(Draft.objects.expired().values_list("pk", flat=True)[:1000])
    for draft_id in expired:
        destroy_draft(draft_id=draft_id)
    forget_messages(about=[f"draft:{draft_id}" for draft_id in expired])
    return len(expired)
