"""Two people erase: one proposes the cases of a desk, another approves; then each case goes in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerUnavailable

from claims_portal.accounts import audit
from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from claims_portal.cases.workflow import TransitionNotAllowed
from complaints.models import Complaint, Disposal, DisposalBatch, EventKind

from .changes import change, locked
from .erasing import erase_case
from .retention import disposable

logger = structlog.get_logger("portal.disposal")

MOST = 1000  # cases a run erases; the next run goes on


class NothingToDispose(Exception):
    """None of these cases may be erased now: held, reopened, proposed already, or not old enough."""


class SamePerson(Exception):
    """Whoever proposed does not approve: a second person is needed."""


class AlreadyDecided(Exception):
    """Somebody approved or refused this proposal meanwhile."""


@transaction.atomic
def propose_disposal(
    *, desk: Desk, complaint_ids: Sequence[int], user: User, address: str | None = None
) -> DisposalBatch:
    """Propose those of these cases whose retention is over now, at most `settings.DISPOSAL_CASES`.

    NothingToDispose when there is none. The audit log says who proposed how many.
    """
    list(Complaint.objects.select_for_update(of=("self",)).filter(pk__in=complaint_ids).order_by("pk").only("pk"))
    chosen = set(complaint_ids)
    due = [each for each in disposable(desk=desk, most=settings.DISPOSAL_CASES) if each.complaint.pk in chosen]
    lines = [
        Disposal(
            complaint=each.complaint,
            closed_at=each.complaint.closed_at,  # type: ignore[misc]  # what is open is not found
            due_at=each.due.at,
            explanation=each.due.explanation.as_json(),
        )
        for each in due
    ]
    return _proposed(desk, DisposalBatch.Reason.RETENTION, lines, user, address)


@transaction.atomic
def propose_erasure(*, complaint_id: int, user: User, body: str, address: str | None = None) -> Complaint:
    """Propose one closed case before its time, because the person asked; `body` says by which request.

    TransitionNotAllowed when it is open, held, or proposed already.
    """
    complaint = locked(complaint_id)
    if complaint.held_at is not None or Disposal.objects.filter(complaint=complaint).exists():
        raise TransitionNotAllowed("erase", complaint.state)
    change(complaint=complaint, transition="erase", kind=EventKind.DISPOSAL_PROPOSED, user=user, body=body)
    lines = [Disposal(complaint=complaint, closed_at=complaint.closed_at)]  # type: ignore[misc]  # « erase » needs it closed
    _proposed(complaint.desk, DisposalBatch.Reason.REQUEST, lines, user, address)
    return complaint


def _proposed(
    desk: Desk, reason: DisposalBatch.Reason, lines: list[Disposal], user: User, address: str | None
) -> DisposalBatch:
    if not lines:
        raise NothingToDispose
    batch = DisposalBatch.objects.create(desk=desk, reason=reason, size=len(lines), proposed_by=user)
    for line in lines:
        line.batch = batch
    Disposal.objects.bulk_create(lines)
    _record(audit.Action.DISPOSAL_PROPOSED, batch, user, address)
    return batch


@transaction.atomic
def approve_disposal(*, batch_id: int, user: User, address: str | None = None) -> DisposalBatch:
    """The second person says yes: the cases are erased right after the commit, or the next night.

    SamePerson, AlreadyDecided.
    """
    batch = _undecided(batch_id)
    if batch.proposed_by_id == user.pk:
        raise SamePerson
    _decide(batch, DisposalBatch.State.APPROVED, user)
    _record(audit.Action.DISPOSAL_APPROVED, batch, user, address)
    transaction.on_commit(_nudge, robust=True)
    return batch


@transaction.atomic
def refuse_disposal(*, batch_id: int, user: User, address: str | None = None) -> DisposalBatch:
    """Leave these cases as they are; the one who proposed may take the proposal back so. AlreadyDecided."""
    batch = _undecided(batch_id)
    batch.lines.all().delete()  # they may be proposed again
    _decide(batch, DisposalBatch.State.REFUSED, user)
    _record(audit.Action.DISPOSAL_REFUSED, batch, user, address)
    return batch


def _undecided(batch_id: int) -> DisposalBatch:
    batch = DisposalBatch.objects.select_for_update(of=("self",)).select_related("desk").get(pk=batch_id)
    if batch.state != DisposalBatch.State.PROPOSED:
        raise AlreadyDecided
    return batch


def _decide(batch: DisposalBatch, state: DisposalBatch.State, user: User) -> None:
    batch.state, batch.decided_by, batch.decided_at = state, user, timezone.now()
    batch.save(update_fields=["state", "decided_by", "decided_at"])


def _record(action: audit.Action, batch: DisposalBatch, user: User, address: str | None) -> None:
    details: dict[str, Any] = {"cases": batch.size, "reason": batch.reason}
    audit.record(action=action, user=user, about=batch, desk=batch.desk, address=address, details=details)


def _nudge() -> None:
    """Erase now rather than at night; without a broker the night does it."""
    try:
        current_app.send_task("complaints.dispose")
    except BrokerUnavailable:
        logger.warning("disposal_not_nudged")


def carry_out_disposals() -> int:
    """Erase the approved cases that are still there; gives how many. Safe to run twice, even at once."""
    approved = Disposal.objects.filter(batch__state=DisposalBatch.State.APPROVED, done_at=None).order_by("pk")
    return sum(_carry_out(key) for key in list(approved.values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def _carry_out(disposal_id: int) -> bool:
    """Erase one case under its lock; one that was held or reopened since is taken out of the batch instead."""
    disposal = Disposal.objects.select_related("batch").filter(pk=disposal_id).first()
    if disposal is None:
        return False
    cases = Complaint.objects.select_for_update(of=("self",)).select_related("complainant", "merged_into")
    complaint = cases.get(pk=disposal.complaint_id)
    if complaint.disposed_at is not None:
        return False
    if not _may_go(complaint, disposal.closed_at):
        disposal.delete()
        return False
    erase_case(complaint=complaint, disposal=disposal)
    return True


def _may_go(complaint: Complaint, closed_at: datetime) -> bool:
    """The same as `retention.may_age`, for the case as it is now."""
    other = complaint.merged_into
    free = other is None or (other.closed_at is not None and other.held_at is None)
    return free and complaint.held_at is None and complaint.closed_at == closed_at
