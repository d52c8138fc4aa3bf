"""Legal hold: as long as it lasts, a case is neither archived nor erased, whatever its age (F29)."""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.workflow import TransitionNotAllowed
from complaints.models import Complaint, EventKind

from .changes import change, locked


@transaction.atomic
def place_hold(*, complaint_id: int, user: User, body: str) -> Complaint:
    """Forbid the disposal of a case, with the reason. A disposal already proposed will leave it out.

    TransitionNotAllowed when it is held already, or erased.
    """
    complaint = locked(complaint_id)
    if complaint.held_at is not None:
        raise TransitionNotAllowed("hold", complaint.state)
    now = timezone.now()
    change(
        complaint=complaint,
        transition="hold",
        kind=EventKind.HOLD_PLACED,
        user=user,
        body=body,
        at=now,
        held_at=now,
    )
    return complaint


@transaction.atomic
def lift_hold(*, complaint_id: int, user: User, body: str) -> Complaint:
    """Let a case go on ageing, with the reason. TransitionNotAllowed when it is not held."""
    complaint = locked(complaint_id)
    if complaint.held_at is None:
        raise TransitionNotAllowed("release", complaint.state)
    change(
        complaint=complaint,
        transition="release",
        kind=EventKind.HOLD_LIFTED,
        user=user,
        body=body,
        held_at=None,
    )
    return complaint
