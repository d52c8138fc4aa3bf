"""What the complainant does with a complaint already filed (rows A37–A41; F5, F6)."""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts import throttles
from claims_portal.accounts.links import create_link, use_link
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.cases.services.clocks import end_pause, stop_clocks
from claims_portal.cases.services.exchange import check_room, documents_as
from claims_portal.cases.services.exchange import write_to_desk as write_to_desk_of
from claims_portal.documents.models import Document
from claims_portal.notifications.proofs import record_proof
from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import ClockKind, Complaint, DocumentKind

from .answers import retire_answer
from .clocks import restart_answer

MINE_HOURS = 2
MINE_PURPOSE = "my-complaints"
NOBODY = "personne@example.invalid"


class TooLateToReopen(Exception):
    """The time during which the complaint could be reopened is over."""


def write_to_desk(*, complaint_id: int, body: str, documents: Sequence[Document] = ()) -> Complaint:
    """Send a message and documents. When a complement was asked for, this is it, and the clock runs again.

    Pressed twice, it is one message. Raise TransitionNotAllowed when the complaint is closed, TooManyMessages when it
    holds no more.
    """
    joined = documents_as(DocumentKind.EVIDENCE, documents)
    return write_to_desk_of(Complaint, case_id=complaint_id, body=body, documents=joined)


@transaction.atomic
def withdraw_complaint(*, complaint_id: int, satisfaction: int | None = None, comment: str = "") -> Complaint:
    """Close a complaint for its complainant (row A41), with an optional word on how it went (1–5).

    Raise LimitReached when it was closed and reopened too often in an hour: each change sends a message.
    """
    complaint = lock_case(Complaint, complaint_id)
    throttles.count("case-change", str(complaint.pk))
    event = apply_transition(complaint, "withdraw", satisfaction=satisfaction, satisfaction_comment=comment)
    end_pause(complaint, at=event.at)
    stop_clocks(complaint, at=event.at)
    queue(notices.Closed(complaint, event))
    return complaint


@transaction.atomic
def reopen_complaint(*, complaint_id: int, reason: str) -> Complaint:
    """Open an answered or closed complaint again, with a reason, and promise another answer.

    Raise TooLateToReopen past its delay, or once archived; TooManyMessages when the case holds no more words of the
    complainant; LimitReached as in `withdraw_complaint`.
    """
    complaint = lock_case(Complaint, complaint_id)
    now = timezone.now()
    if complaint.merged_into_id is not None:
        raise TransitionNotAllowed("reopen", complaint.state)  # the matter goes on in the other case
    window = complaint.clocks.current().filter(kind=ClockKind.REOPENING).first()
    if complaint.archived_at is not None or (window is not None and window.due_at < now):
        raise TooLateToReopen
    check_room(complaint)
    throttles.count("case-change", str(complaint.pk))
    event = apply_transition(complaint, "reopen", body=reason, at=now, answered_at=None, escalated_at=None)
    retire_answer(complaint=complaint)
    restart_answer(complaint, at=now)
    queue(notices.Reopened(complaint, event))
    return complaint


def send_my_complaints(*, email: str, language: str) -> None:
    """Mail a link to the list of an address's complaints, when it has any. Nothing tells the asker which (F3).

    For an address without any the same is done, and its message is undone: it takes the same time, and nothing leaves.
    A link that nobody was sent is written and committed in both cases, for the commit waits for the disk.
    """
    is_known = Complaint.objects.filter(complainant__email=email).exists()
    with transaction.atomic():
        token = create_link(purpose=MINE_PURPOSE, subject=email if is_known else NOBODY, hours=MINE_HOURS)
        with transaction.atomic():
            queue(notices.MyComplaints(email=email, token=token, language=language, hours=MINE_HOURS))
            transaction.set_rollback(not is_known)


def use_my_link(*, token: str) -> str:
    """Use the mailed link up and return its address, which is proved by that. LinkUnusable when it served before."""
    email = use_link(purpose=MINE_PURPOSE, token=token)
    record_proof(email)
    return email
