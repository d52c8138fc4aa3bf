"""Paying claims together: a batch takes what is computed, is exported for the bank, and is marked paid."""

from __future__ import annotations

from collections.abc import Sequence
from decimal import Decimal
from typing import Any

from django.db import transaction
from django.db.models import Exists, OuterRef, Q, QuerySet, Subquery, Value
from django.db.models.lookups import GreaterThan
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Organisation
from health_claims.models import Claim, SettlementBatch, Statement
from health_claims.notices.claims import FeedbackAsked, Paid
from health_claims.references import next_reference
from health_claims.workflow import ClaimState
from membership.models import Member, SensitiveChange

from .reviewing import TO_REVIEW

CLAIMS_MAX = 2000  # a file that a bank and a person can still read


class NothingToPay(Exception):
    """No computed claim waits for its payment."""


NEWEST_PAID = Statement.objects.filter(claim=OuterRef("pk")).order_by("-version").values("paid")[:1]
# A transfer without an account number: the member reads « En attente de RIB », and no batch takes the claim until then.
# What comes to zero is sent nowhere, and waits for nothing.
NOWHERE_TO_SEND = Q(member__payment=Member.Payment.TRANSFER, member__rib="") & Q(
    GreaterThan(Subquery(NEWEST_PAID), Value(0))
)

TO_PAY = Q(GreaterThan(Subquery(NEWEST_PAID), Value(0)))


def held_changes() -> QuerySet[SensitiveChange]:
    """Return the changes that hold payments: a RIB too new, or « ce n’est pas moi » that nobody released."""
    too_new = Q(payable_from__gt=timezone.localdate(), member__payment=Member.Payment.TRANSFER)
    return SensitiveChange.objects.filter(too_new | Q(disputed_at__isnull=False, released_at=None))


def is_held() -> Q:
    """Return the condition on claims whose payment waits because of a change of their member."""
    return TO_PAY & Q(Exists(held_changes().filter(member=OuterRef("member"))))


def payable(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims whose statement is made and that no batch has taken, the oldest first.

    Those that miss a RIB, are still to be reviewed, or are held after a change of their member, are left out.
    """
    return computed(claims).exclude(NOWHERE_TO_SEND).exclude(TO_REVIEW).exclude(is_held())


def held(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Return the computed claims that wait because of a change of their member."""
    return computed(claims).filter(is_held())


def without_rib(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Computed claims whose money has nowhere to go yet (row E125)."""
    return computed(claims).filter(NOWHERE_TO_SEND)


def computed(claims: QuerySet[Claim]) -> QuerySet[Claim]:
    """Claims that wait for their payment and are in no batch."""
    return claims.filter(state=ClaimState.COMPUTED, batch=None).order_by("pk")


def with_amount(claims: QuerySet[Claim]) -> QuerySet[Any]:
    """Each claim with what its newest statement pays, as `to_pay`; None before there is one."""
    return claims.annotate(to_pay=Subquery(NEWEST_PAID))


@transaction.atomic
def make_batch(*, organisation: Organisation, desk_ids: Sequence[int], user: User) -> SettlementBatch:
    """Put the claims that wait at these desks into one batch, at most `CLAIMS_MAX`.

    Two people at once make two batches without a claim in common. NothingToPay when nothing waits. Claims that miss
    a RIB stay where they are. What a statement brings to zero is settled like the rest: there is an amount to tell,
    if none to send.
    """
    mine = Claim.objects.filter(desk__in=desk_ids, desk__organisation=organisation)
    taken = list(
        payable(mine).select_for_update(of=("self",), skip_locked=True).values_list("pk", flat=True)[:CLAIMS_MAX]
    )
    if not taken:
        raise NothingToPay
    amounts = with_amount(Claim.objects.filter(pk__in=taken)).values_list("to_pay", flat=True)
    batch = SettlementBatch(
        organisation=organisation, made_at=timezone.now(), made_by=user, total=sum(amounts, Decimal("0.00"))
    )
    batch.number = next_reference(series="batch", time_zone=organisation.time_zone)
    batch.save(force_insert=True)  # its number is asked for last: the day's counter is held until the commit
    Claim.objects.filter(pk__in=taken).update(batch=batch)
    return batch


@transaction.atomic
def leave_batch(*, claim_id: int, user: User, body: str) -> Claim:
    """Take a claim out of its batch, for a reason, and study it again: a new statement leads it into another batch.

    The batch's total follows. TransitionNotAllowed when it is in none, or in one that was exported or whose payment
    was ordered: the transfer may have left.
    """
    # The batch is locked before its claims, as an order of payment does: two who wait for each other wait for ever.
    taken = Claim.objects.filter(pk=claim_id).values("batch")
    batch = SettlementBatch.objects.select_for_update().filter(pk__in=taken).first()
    claim = lock_case(Claim, claim_id)
    if batch is None or claim.batch_id != batch.pk or not batch.is_open:
        raise TransitionNotAllowed("leave_batch", claim.state)
    apply_transition(claim, "leave_batch", user=user, body=f"{batch.number} · {body}", batch=None)
    batch.total = _total(batch)
    batch.save(update_fields=["total"])
    return claim


def _total(batch: SettlementBatch) -> Decimal:
    return sum(with_amount(Claim.objects.filter(batch=batch)).values_list("to_pay", flat=True), Decimal("0.00"))


@transaction.atomic
def mark_exported(*, batch_id: int) -> SettlementBatch:
    """Note that the file for the bank was taken; the first time counts.

    A claim whose RIB was withdrawn or changed since is not in that file: it leaves the batch, and waits for another.
    """
    batch = SettlementBatch.objects.select_for_update().get(pk=batch_id)
    if batch.exported_at is None:
        _leave_unpayable(batch)
        batch.exported_at = timezone.now()
        batch.save(update_fields=["exported_at", "total"])
    return batch


def _leave_unpayable(batch: SettlementBatch) -> None:
    """Take out of a locked batch what has nowhere to go or is held, unless the transfer may have left already."""
    if batch.is_open:
        # Nobody changes a RIB between this check and the file for the bank, which is read in the same transaction.
        paid = Claim.objects.filter(batch=batch).values("member")
        list(
            Member.objects.select_for_update(no_key=True)
            .filter(pk__in=paid)
            .order_by("pk")
            .values_list("pk", flat=True)
        )
        gone = list(Claim.objects.filter(NOWHERE_TO_SEND | is_held(), batch=batch).values_list("pk", flat=True))
        Claim.objects.filter(pk__in=gone).update(batch=None)
        batch.total = _total(batch)


@transaction.atomic
def order_payment(*, batch_id: int, user: User) -> SettlementBatch:
    """Have the claims of a batch marked as paid (`pay_ordered` does it); the first order counts.

    Before the bank has its file, a claim whose RIB was withdrawn since leaves the batch; after, it would be paid twice.
    """
    batch = SettlementBatch.objects.select_for_update().get(pk=batch_id)
    if batch.paying_at is not None:
        return batch
    _leave_unpayable(batch)
    batch.paying_at, batch.paying_by = timezone.now(), user
    batch.save(update_fields=["total", "paying_at", "paying_by"])
    return batch


def pay_batch(*, batch_id: int) -> int:
    """Mark the claims of a batch whose payment was ordered as paid, and tell their members; gives how many.

    Each is a transaction of its own. Safe to run again after it was stopped, or twice at once: what is paid stays
    paid, and is not told twice.
    """
    batch = SettlementBatch.objects.select_related("paying_by").get(pk=batch_id)
    if batch.paying_by is None:
        return 0
    waiting = Claim.objects.filter(batch=batch, state=ClaimState.COMPUTED).order_by("pk")
    paid = sum(_pay(claim_id, batch.paying_by) for claim_id in list(waiting.values_list("pk", flat=True)))
    if not waiting.exists():
        SettlementBatch.objects.filter(pk=batch_id, paid_at=None).update(paid_at=timezone.now())
    return paid


def pay_ordered() -> None:
    """Carry out every order that was not, or not wholly: a worker was stopped, or the broker was away."""
    left = SettlementBatch.objects.filter(paying_at__isnull=False, paid_at=None)
    for batch_id in left.order_by("pk").values_list("pk", flat=True):
        pay_batch(batch_id=batch_id)


@transaction.atomic
def _pay(claim_id: int, user: User) -> bool:
    claim = lock_case(Claim, claim_id)
    if claim.state != ClaimState.COMPUTED:
        return False
    now = timezone.now()
    asks = claim.review_rule is not None and claim.review_rule.asks_feedback
    asked: dict[str, Any] = {"feedback_asked_at": now} if asks else {}
    event = apply_transition(claim, "pay", user=user, at=now, paid_at=now, **asked)
    if claim.statements.values_list("paid", flat=True).first():  # of nothing, the statement has told all there is
        queue(Paid(claim, key=f"event:{event.pk}"))
    if asks:
        queue(FeedbackAsked(claim, key=f"event:{event.pk}"))
    return True
