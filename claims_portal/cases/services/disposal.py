"""Two people erase: one proposes cases of a desk, another approves; then each case goes in its own transaction."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import structlog
from celery import current_app
from django.conf import settings
from django.db import transaction
from django.utils import timezone
from kombu.exceptions import OperationalError as BrokerUnavailable

from claims_portal.accounts import audit
from claims_portal.accounts.models import User
from claims_portal.cases.kinds import CaseKind, all_kinds, kind_named, kind_of
from claims_portal.cases.models import Case, CommonEvent, DisposalBatch
from claims_portal.cases.refusals import AlreadyDecided, NothingToDispose, SamePerson, TransitionNotAllowed
from claims_portal.organisations.models import Desk

from .changes import apply_transition, lock_case
from .erasing import erase_case
from .retention import disposable_cases

logger = structlog.get_logger("portal.disposal")

MOST = 1000  # cases that one run erases; the next run goes on


@transaction.atomic
def propose_disposal(
    kind: CaseKind, *, desk: Desk, case_ids: Sequence[int], user: User, address: str | None = None
) -> DisposalBatch:
    """Propose those of these cases whose retention is over now, at most `settings.DISPOSAL_CASES`.

    Raise NothingToDispose when there is none. The audit log says who proposed how many.
    """
    rows = kind.model._default_manager
    list(rows.select_for_update(of=("self",)).filter(pk__in=case_ids).order_by("pk").only("pk"))
    chosen = set(case_ids)
    due = [past for past in disposable_cases(kind, desk=desk, most=settings.DISPOSAL_CASES) if past.case.pk in chosen]
    lines = [
        kind.disposals(
            case=past.case,
            closed_at=past.case.closed_at,
            due_at=past.due.at,
            explanation=past.due.explanation.as_json(),
        )
        for past in due
    ]
    return _propose(kind, desk, DisposalBatch.Reason.RETENTION, lines, user, address)


@transaction.atomic
def propose_erasure(model: type[Case], *, case_id: int, user: User, body: str, address: str | None = None) -> Any:
    """Propose one closed case before its time, because the person asked; `body` says by which request.

    Raise TransitionNotAllowed when it is open, held, or proposed already.
    """
    case, kind = lock_case(model, case_id), kind_of(model)
    if case.is_held or kind.disposals._default_manager.filter(case=case).exists():
        raise TransitionNotAllowed("erase", case.state)
    apply_transition(case, "erase", event_kind=CommonEvent.DISPOSAL_PROPOSED, user=user, body=body)
    lines = [kind.disposals(case=case, closed_at=case.closed_at)]
    _propose(kind, case.desk, DisposalBatch.Reason.REQUEST, lines, user, address)
    return case


def _propose(
    kind: CaseKind, desk: Desk, reason: str, lines: list[Any], user: User, address: str | None
) -> DisposalBatch:
    if not lines:
        raise NothingToDispose
    batch = DisposalBatch.objects.create(kind=kind.name, desk=desk, reason=reason, size=len(lines), proposed_by=user)
    for line in lines:
        line.batch = batch
    kind.disposals._default_manager.bulk_create(lines)
    _record(audit.Action.DISPOSAL_PROPOSED, batch, user, address)
    return batch


@transaction.atomic
def approve_disposal(*, batch_id: int, user: User, address: str | None = None) -> DisposalBatch:
    """Approve as the second person: the cases are erased right after the commit, or the next night.

    Raise SamePerson, AlreadyDecided.
    """
    batch = _lock_undecided(batch_id)
    if batch.proposed_by_id == user.pk:
        raise SamePerson
    _decide(batch, DisposalBatch.State.APPROVED, user)
    _record(audit.Action.DISPOSAL_APPROVED, batch, user, address)
    transaction.on_commit(_start_erasing, robust=True)
    return batch


@transaction.atomic
def refuse_disposal(*, batch_id: int, user: User, address: str | None = None) -> DisposalBatch:
    """Leave these cases as they are; who proposed may take the proposal back so. Raise AlreadyDecided."""
    batch = _lock_undecided(batch_id)
    disposals_of(batch).delete()  # they may be proposed again
    _decide(batch, DisposalBatch.State.REFUSED, user)
    _record(audit.Action.DISPOSAL_REFUSED, batch, user, address)
    return batch


def disposals_of(batch: DisposalBatch) -> Any:
    """Return the cases of a batch, rows of the disposals of its kind; raise LookupError for a kind that is gone."""
    kind = kind_named(batch.kind)
    if kind is None:
        raise LookupError(batch.kind)
    return kind.disposals._default_manager.filter(batch=batch)


def _lock_undecided(batch_id: int) -> DisposalBatch:
    batch = DisposalBatch.objects.select_for_update(of=("self",)).select_related("desk").get(pk=batch_id)
    if batch.state != DisposalBatch.State.PROPOSED:
        raise AlreadyDecided
    return batch


def _decide(batch: DisposalBatch, state: DisposalBatch.State, user: User) -> None:
    batch.state, batch.decided_by, batch.decided_at = state, user, timezone.now()
    batch.save(update_fields=["state", "decided_by", "decided_at"])


def _record(action: audit.Action, batch: DisposalBatch, user: User, address: str | None) -> None:
    details: dict[str, Any] = {"kind": batch.kind, "cases": batch.size, "reason": batch.reason}
    audit.record(action=action, user=user, about=batch, desk=batch.desk, address=address, details=details)


def _start_erasing() -> None:
    """Erase now rather than at night; without a broker the night does it."""
    try:
        current_app.send_task("cases.dispose")
    except BrokerUnavailable:
        logger.warning("disposal_not_nudged")


def carry_out_disposals() -> int:
    """Erase the approved cases that are still there; return how many. Safe to run twice, even at once."""
    return sum(_carry_out_kind(kind) for kind in all_kinds() if kind.disposals is not None)


def _carry_out_kind(kind: CaseKind) -> int:
    approved = kind.disposals._default_manager.filter(batch__state=DisposalBatch.State.APPROVED, done_at=None)
    return sum(_carry_out(kind, key) for key in list(approved.order_by("pk").values_list("pk", flat=True)[:MOST]))


@transaction.atomic
def _carry_out(kind: CaseKind, disposal_id: int) -> bool:
    """Erase one case under its lock; take one that was held or reopened since out of the batch instead."""
    disposal = kind.disposals._default_manager.select_related("batch").filter(pk=disposal_id).first()
    if disposal is None:
        return False
    rows = kind.model._default_manager.select_for_update(of=("self",))
    case = rows.get(pk=disposal.case_id)
    if case.disposed_at is not None:
        return False
    free = kind.model._default_manager.filter(kind.may_age, pk=case.pk).exists()
    if not free or case.is_held or case.closed_at != disposal.closed_at:
        disposal.delete()
        return False
    erase_case(case, disposal)
    return True
