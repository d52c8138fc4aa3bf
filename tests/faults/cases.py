"""What must hold in the database and on the disk whatever happened."""

from __future__ import annotations

import itertools
from collections.abc import Sequence
from concurrent.futures import ThreadPoolExecutor
from typing import Any

from .client import Complainant
from .stack import Stack

_turn = itertools.count(1)

DISAGREEING_DRAFTS = """
    SELECT draft.id, complaint.number FROM wizards_draft draft
    FULL JOIN complaints_complaint complaint ON complaint.draft_id = draft.id
    WHERE ((draft.submitted_at IS NULL) <> (complaint.id IS NULL) OR draft.result <> complaint.number)
        AND (draft.id IS NOT NULL OR complaint.draft_id IS NOT NULL)  -- the demonstration's own cases have no draft
"""
# People, documents, first events, clocks (acknowledgement, answer) and receipts of each case.
PARTS = """
    SELECT complaint.number,
        (SELECT count(*) FROM complaints_complainant WHERE complaint_id = complaint.id),
        (SELECT count(*) FROM complaints_complaintdocument WHERE case_id = complaint.id),
        (SELECT count(*) FROM complaints_event WHERE case_id = complaint.id AND kind = 'filed'),
        (SELECT count(*) FROM complaints_clock WHERE case_id = complaint.id),
        (SELECT count(*) FROM notifications_message
            WHERE about = 'complaint:' || complaint.id AND notice = 'complaints.receipt')
    FROM complaints_complaint complaint WHERE draft_id IS NOT NULL
"""
WHOLE = (1, 1, 1, 2, 1)
DISAGREEING_DOCUMENTS = """
    SELECT document.id FROM documents_document document
    LEFT JOIN complaints_complaintdocument joined ON joined.document_id = document.id
    LEFT JOIN membership_practicaltext guide ON guide.document_id = document.id
    WHERE (document.claimed_at IS NULL) <> (joined.id IS NULL AND guide.id IS NULL)
"""
TWICE_OR_FORGOTTEN = """
    SELECT document.id FROM documents_document document
    JOIN complaints_complaintdocument joined ON joined.document_id = document.id
    JOIN wizards_draftdocument waiting ON waiting.document_id = document.id
"""


def people(stack: Stack, number: int, **kwargs: Any) -> list[Complainant]:
    """So many complainants, each with an address nobody had before."""
    return [Complainant(stack.address, email=f"personne{next(_turn)}@exemple.ma", **kwargs) for _ in range(number)]


def file_all(crowd: Sequence[Complainant], *, at_once: int = 4) -> list[str]:
    """Everybody files, so many at a time; the numbers shown, in the order of the crowd."""
    with ThreadPoolExecutor(at_once) as pool:
        return list(pool.map(Complainant.file, crowd))


def numbers_of(stack: Stack, draft: str) -> list[str]:
    """The cases that a draft made."""
    return [number for (number,) in stack.rows("SELECT number FROM complaints_complaint WHERE draft_id = %s", draft)]


def assert_all_whole(stack: Stack) -> None:
    """Every draft made one whole case, or none; no part of a case is anywhere else."""
    assert stack.rows(DISAGREEING_DRAFTS) == []
    assert {number: tuple(parts) for number, *parts in stack.rows(PARTS) if tuple(parts) != WHOLE} == {}
    assert stack.rows(DISAGREEING_DOCUMENTS) == []
    assert stack.rows(TWICE_OR_FORGOTTEN) == []
    stored = [name for (name,) in stack.rows("SELECT file FROM documents_document")]
    assert [name for name in stored if not (stack.folder / "private" / name).is_file()] == []


def assert_one_receipt_each(stack: Stack, crowd: Sequence[Complainant]) -> None:
    """Each got the acknowledgement, once."""
    addresses = [person.email for person in crowd]
    stack.wait_for_mail(addresses)
    stack.wait_until(lambda: waiting_messages(stack) == 0, what="the outbox is empty")
    copies = {address: sorted(stack.smtp.copies(address).values()) for address in addresses}
    assert {address: counts for address, counts in copies.items() if counts != [1]} == {}


def waiting_messages(stack: Stack) -> int:
    """Messages of the outbox that have not been sent."""
    return int(stack.value("SELECT count(*) FROM notifications_message WHERE state <> 'sent'"))
