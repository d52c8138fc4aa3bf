"""What the complainant does with a complaint already filed (rows A37–A41; F5, F6)."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from claims_portal.accounts import throttles
from claims_portal.accounts.links import create_link, use_link
from claims_portal.documents.models import Document
from claims_portal.notifications.proofs import record_proof
from claims_portal.notifications.services import queue
from claims_portal.workflow import TransitionNotAllowed
from complaints import notices
from complaints.models import ClockKind, Complaint, DocumentKind, EventKind
from complaints.workflow import State

from .answers import retire_answer
from .changes import change, locked
from .clocks import end_pause, restart_answer, start_reopening, stop_clocks

MINE_HOURS = 2
MINE_PURPOSE = "my-complaints"
NOBODY = "personne@example.invalid"
PRESSED_TWICE = timedelta(minutes=2)


class TooManyMessages(Exception):
    """The complainant has written as many messages on this case as one holds (`settings.CASE_MESSAGES`)."""


class TooLateToReopen(Exception):
    """The time during which the complaint could be reopened is over."""


@transaction.atomic
def write_to_desk(*, complaint_id: int, body: str, documents: Sequence[Document] = ()) -> Complaint:
    """Send a message and documents. When a complement was asked, this is it, and the clock goes on.

    Pressed twice, it is one message: the same words with the same files, right after themselves, are not written again.
    TransitionNotAllowed when the complaint is closed, TooManyMessages when it holds no more.
    """
    complaint = locked(complaint_id)
    now = timezone.now()
    if _just_said(complaint, body, documents, now):
        return complaint
    _check_room(complaint)
    supplying = complaint.state == State.COMPLEMENT
    change(
        complaint=complaint,
        transition="supply" if supplying else "write",
        kind=EventKind.MESSAGE_FROM_COMPLAINANT,
        body=body,
        documents=[(document, DocumentKind.EVIDENCE) for document in documents],
        at=now,
    )
    if supplying:
        end_pause(complaint=complaint, at=now)
    return complaint


def _check_room(complaint: Complaint) -> None:
    """TooManyMessages when the complainant's words on this case, messages and reasons to reopen, reach the limit."""
    theirs = complaint.events.filter(kind__in=[EventKind.MESSAGE_FROM_COMPLAINANT, EventKind.REOPENED], user=None)
    if theirs.count() >= settings.CASE_MESSAGES:
        raise TooManyMessages


def _just_said(complaint: Complaint, body: str, documents: Sequence[Document], now: datetime) -> bool:
    """Whether the last thing that happened is this very message, a moment ago.

    Who forgot a file sends the same words again with it: that is another message.
    """
    last = complaint.events.last()
    if last is None or last.kind != EventKind.MESSAGE_FROM_COMPLAINANT or now - last.at >= PRESSED_TWICE:
        return False
    sent = last.documents.values_list("document__sha256", flat=True)
    return last.body == body and sorted(sent) == sorted(document.sha256 for document in documents)


@transaction.atomic
def withdraw_complaint(*, complaint_id: int, satisfaction: int | None = None, comment: str = "") -> Complaint:
    """« Clôturer ma réclamation » by the complainant (row A41), with an optional word on how it went (1–5).

    LimitReached when the case was closed and reopened too often in an hour: each change sends a message.
    """
    complaint = locked(complaint_id)
    throttles.count("case-change", str(complaint.pk))
    now = timezone.now()
    event = change(
        complaint=complaint,
        transition="withdraw",
        kind=EventKind.CLOSED,
        at=now,
        closed_at=now,
        satisfaction=satisfaction,
        satisfaction_comment=comment,
    )
    end_pause(complaint=complaint, at=now)
    stop_clocks(complaint=complaint, at=now)
    start_reopening(complaint=complaint, at=now)
    queue(notices.Closed(complaint, event))
    return complaint


@transaction.atomic
def reopen_complaint(*, complaint_id: int, reason: str) -> Complaint:
    """Open an answered or closed complaint again, with a reason.

    TooLateToReopen past its delay, or once archived; TooManyMessages when the case holds no more words of the
    complainant; LimitReached as in `withdraw_complaint`.
    """
    complaint = locked(complaint_id)
    now = timezone.now()
    if complaint.merged_into_id is not None:
        raise TransitionNotAllowed("reopen", complaint.state)  # the matter goes on in the other case
    window = complaint.clocks.filter(kind=ClockKind.REOPENING).first()
    if complaint.archived_at is not None or (window is not None and window.due_at < now):
        raise TooLateToReopen
    _check_room(complaint)
    throttles.count("case-change", str(complaint.pk))
    event = change(
        complaint=complaint,
        transition="reopen",
        kind=EventKind.REOPENED,
        body=reason,
        at=now,
        answered_at=None,
        closed_at=None,
        escalated_at=None,
    )
    retire_answer(complaint=complaint)
    restart_answer(complaint=complaint, at=now)
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
