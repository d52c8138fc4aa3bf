"""What the desk does with a complaint. Each is one transaction, one event, one notice to the person.

What the person is to read is refused as Unfinished while a variable of a template waits in it between braces.
Assigning, notes and holds are those of every kind of case (`cases.services`).
"""

from __future__ import annotations

from collections.abc import Sequence

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.services import exchange
from claims_portal.cases.services.changes import Joined, apply_transition, lock_case
from claims_portal.cases.services.clocks import end_pause, stop_clocks
from claims_portal.documents.models import Document
from claims_portal.notifications.services import queue
from complaints import notices
from complaints.models import Complaint, DocumentKind

from .answers import Decision, check_text, record_answer
from .clocks import start_closing, start_reopening

Documents = Sequence[Document]


def _sent(documents: Documents) -> Joined:
    return exchange.documents_as(DocumentKind.SENT, documents)


@transaction.atomic
def acknowledge_complaint(*, complaint_id: int, user: User, body: str = "") -> Complaint:
    """Take the case up at the desk (row C34); the agent becomes its handler when it had none."""
    check_text(body)
    complaint = lock_case(Complaint, complaint_id)
    event = apply_transition(
        complaint, "acknowledge", user=user, body=body, assigned_to_id=complaint.assigned_to_id or user.pk
    )
    queue(notices.Acknowledged(complaint, event))
    return complaint


def ask_complement(*, complaint_id: int, user: User, body: str, documents: Documents = ()) -> Complaint:
    """Ask the complainant for more; the answer clock stands still until they reply."""
    check_text(body)
    return exchange.ask_for_complement(
        Complaint, case_id=complaint_id, user=user, body=body, documents=_sent(documents)
    )


def send_message(*, complaint_id: int, user: User, body: str, documents: Documents = ()) -> Complaint:
    """Write to the complainant without changing where the case stands (F16)."""
    check_text(body)
    return exchange.send_message(Complaint, case_id=complaint_id, user=user, body=body, documents=_sent(documents))


@transaction.atomic
def answer_complaint(
    *, complaint_id: int, user: User, body: str, documents: Documents = (), decision: Decision | None = None
) -> Complaint:
    """Give the desk's answer; the clocks stop, and the time to reopen begins.

    Raise Unfinished when the text still waits to be filled in, or the decision lacks its outcome or reasons (F37).
    """
    check_text(body)
    complaint = lock_case(Complaint, complaint_id)
    decision = decision or Decision()
    now = timezone.now()
    event = apply_transition(
        complaint,
        "answer",
        user=user,
        body=body,
        documents=_sent(documents),
        at=now,
        answered_at=now,
        assigned_to_id=complaint.assigned_to_id or user.pk,
        risk_bearer=decision.risk_bearer or complaint.risk_bearer,
    )
    record_answer(complaint=complaint, event=event, decision=decision)
    end_pause(complaint, at=now)
    stop_clocks(complaint, at=now)
    start_reopening(complaint, at=now)
    start_closing(complaint, at=now)
    queue(notices.Answered(complaint, event))
    return complaint


def close_complaint(*, complaint_id: int, user: User, body: str = "") -> Complaint:
    """Close an answered complaint on the desk's side."""
    check_text(body)
    return exchange.close_case(Complaint, case_id=complaint_id, user=user, body=body)
