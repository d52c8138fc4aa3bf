"""Prior approvals: entered when they are asked or when they arrive, decided once, cancelled when they were wrong."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts import audit
from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from claims_portal.documents.services import claim_documents, discard_document
from claims_portal.notifications.services import queue
from health_claims.models import PriorApproval
from health_claims.notices.approvals import QuoteAnswered
from membership.models import Beneficiary, Member, Prestation

from .declaring import NotTheirs

Decision = PriorApproval.Decision


class ApprovalSettled(Exception):
    """It was decided or cancelled meanwhile."""


@dataclass(frozen=True)
class Asked:
    """For whom and for what an approval is asked; `patient` None is the member."""

    member: Member
    prestation: Prestation
    asked_on: date
    patient: Beneficiary | None = None
    note: str = ""
    document: Document | None = None


@dataclass(frozen=True)
class Decided:
    """What the insurer decided. Granted: with its number, and the first day of care it holds for; `valid_to` None
    for no end. A quote the member sent is refused with an `answer`."""

    decision: str
    decided_on: date
    number: str = ""
    valid_from: date | None = None
    valid_to: date | None = None
    answer: str = ""  # what the member reads with it


@transaction.atomic
def enter_approval(*, asked: Asked, user: User, decided: Decided | None = None) -> PriorApproval:
    """Write an approval, still to be decided or as it was (`decided`). NotTheirs for somebody of another family.

    The same one again is the one that is there: a button that was pressed twice.
    """
    if asked.patient is not None and asked.patient.member_id != asked.member.pk:
        raise NotTheirs
    Member.objects.select_for_update(no_key=True).get(pk=asked.member.pk)
    if same := _entered_before(asked, user, decided):
        if asked.document is not None:
            discard_document(document=asked.document)
        return same
    if asked.document is not None:
        claim_documents(documents=[asked.document])
    approval = PriorApproval.objects.create(
        member=asked.member,
        patient=asked.patient,
        prestation=asked.prestation,
        asked_on=asked.asked_on,
        note=asked.note,
        document=asked.document,
        entered_by=user,
    )
    return decide_approval(approval_id=approval.pk, decided=decided) if decided else approval


def _entered_before(asked: Asked, user: User, decided: Decided | None) -> PriorApproval | None:
    """What this person entered in the very same words, with the very same file."""
    words = {
        "member": asked.member,
        "patient": asked.patient,
        "prestation": asked.prestation,
        "asked_on": asked.asked_on,
        "note": asked.note,
        "document__sha256": asked.document.sha256 if asked.document else None,
        "entered_by": user,
        "decision": decided.decision if decided else Decision.PENDING,
        "number": decided.number if decided else "",
    }
    return PriorApproval.objects.filter(**words).first()


@transaction.atomic
def decide_approval(*, approval_id: int, decided: Decided) -> PriorApproval:
    """Write the decision, once, and tell the member who sent a quote.

    ApprovalSettled when it was decided meanwhile; ValueError for one that says too little.

    What was computed before stays as it is: a new statement reads the approval.
    """
    granted = decided.decision == Decision.GRANTED
    if not granted and decided.decision != Decision.REFUSED:
        raise ValueError(decided.decision)
    if granted and not (decided.number and decided.valid_from):
        raise ValueError("A granted approval has a number and a first day.")
    approval = _locked(approval_id)
    if approval.decision != Decision.PENDING:
        raise ApprovalSettled
    if approval.entered_by_id is None and not granted and not decided.answer:
        raise ValueError("A quote is refused with its reason.")
    approval.answer = decided.answer
    approval.decision, approval.decided_on, approval.number = decided.decision, decided.decided_on, decided.number
    if granted:
        approval.valid_from, approval.valid_to = decided.valid_from, decided.valid_to
    approval.save(update_fields=["decision", "decided_on", "number", "valid_from", "valid_to", "answer"])
    if approval.entered_by_id is None:
        queue(QuoteAnswered(approval))
    return approval


@transaction.atomic
def cancel_approval(*, approval_id: int, user: User, reason: str, address: str | None = None) -> PriorApproval:
    """Cancel an approval entered by mistake, or withdrawn: it holds for no care any more.

    Who and why stay with it; the audit log says who, from which `address`. The member who sent a quote is told: they
    may have counted on it. ApprovalSettled when it is cancelled already; ValueError without a reason.
    """
    if not reason.strip():
        raise ValueError("An approval is cancelled for a reason.")
    approval = _locked(approval_id)
    if approval.decision == Decision.CANCELLED:
        raise ApprovalSettled
    approval.decision = Decision.CANCELLED
    approval.cancelled_at, approval.cancelled_by, approval.cancel_reason = timezone.now(), user, reason.strip()
    approval.save(update_fields=["decision", "cancelled_at", "cancelled_by", "cancel_reason"])
    audit.record(
        action=audit.Action.APPROVAL_CANCELLED,
        user=user,
        about=approval,
        reference=approval.number,
        desk=approval.member.policy.desk,
        address=address,
    )
    if approval.entered_by_id is None:
        queue(QuoteAnswered(approval))
    return approval


def _locked(approval_id: int) -> PriorApproval:
    """The approval under its row's lock, with what its notice needs. Call it inside a transaction."""
    rows = PriorApproval.objects.select_for_update(of=("self",))
    return rows.select_related("member__policy__organisation", "member__policy__desk").get(pk=approval_id)
