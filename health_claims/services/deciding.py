"""What the desk does with a declaration: each is one transaction, one event, one notice to the member (row D153)."""

from __future__ import annotations

from collections.abc import Iterator
from contextlib import contextmanager

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, as_seen, lock_case
from claims_portal.notifications.services import queue
from health_claims.models import Claim, Declaration, Reason, SettlementBatch
from health_claims.notices import declarations as notices
from membership.models import Member

from .claims import open_claim
from .reasons import require


@contextmanager
def claim_as_seen(*, claim_id: int, last_event_id: int) -> Iterator[None]:
    """Act on a claim only as it was seen; raise ChangedMeanwhile otherwise.

    Its batch is locked first, as an order of payment does, then the member's row, as the computation of a statement
    does.
    """
    with transaction.atomic():
        member_id, batch_id = Claim.objects.values_list("member_id", "batch_id").get(pk=claim_id)
        if batch_id is not None:
            SettlementBatch.objects.select_for_update().only("pk").get(pk=batch_id)
        list(Member.objects.select_for_update(of=("self",), no_key=True).filter(pk=member_id).values_list("pk"))
        with as_seen(Claim, case_id=claim_id, last_event_id=last_event_id):
            yield


@transaction.atomic
def validate_declaration(*, declaration_id: int, user: User) -> Claim:
    """Accept a declaration as a file handed in: a claim is opened, its number is the acknowledgement (rows D147–D149).

    TransitionNotAllowed when it was decided meanwhile (two agents open one claim), or is set aside.
    """
    declaration = lock_case(Declaration, declaration_id)
    _of_the_member(declaration, "validate")
    now = timezone.now()
    event = apply_transition(
        declaration,
        "validate",
        user=user,
        at=now,
        decided_at=now,
        decided_by=user,
        complement_asked_at=None,
        reason=None,
        reason_note="",
    )
    # Last: the day's counter is held until the transaction ends.
    claim = open_claim(
        desk=declaration.desk,
        member=declaration.member,
        patient=declaration.patient,
        guarantee=declaration.guarantee,
        care_date=declaration.care_date,
        amount=declaration.amount,
        declaration=declaration,
        user=user,
    )
    queue(notices.Validated(declaration, event, number=claim.number))
    return claim


@transaction.atomic
def reject_declaration(*, declaration_id: int, user: User, reason: Reason, note: str = "") -> Declaration:
    """Refuse a declaration for a coded reason (rows D150–D152): no claim is opened.

    ValueError when the reason is not one of this organisation's for a rejection.
    """
    declaration = lock_case(Declaration, declaration_id)
    require(reason, use=Reason.Use.REJECTION, organisation=declaration.desk.organisation)
    now = timezone.now()
    event = apply_transition(
        declaration,
        "reject",
        user=user,
        body=note,
        at=now,
        decided_at=now,
        decided_by=user,
        reason=reason,
        reason_note=note,
        complement_asked_at=None,
    )
    queue(notices.Rejected(declaration, event))
    return declaration


@transaction.atomic
def ask_declaration_complement(
    *, declaration_id: int, user: User, reason: Reason | None = None, note: str = ""
) -> Declaration:
    """Ask the member for more before deciding; the declaration stays « Créée » (row D145).

    ValueError when neither a reason of this organisation nor a note says what is asked; TransitionNotAllowed when it
    is decided, or set aside: there is nobody to ask.
    """
    declaration = lock_case(Declaration, declaration_id)
    _of_the_member(declaration, "ask_complement")
    if reason is not None:
        require(reason, use=Reason.Use.COMPLEMENT, organisation=declaration.desk.organisation)
    elif not note.strip():
        raise ValueError("A complement says what is asked.")
    now = timezone.now()
    event = apply_transition(
        declaration,
        "ask_complement",
        user=user,
        body=note,
        at=now,
        complement_asked_at=now,
        reason=reason,
        reason_note=note,
        assigned_to_id=declaration.assigned_to_id or user.pk,
    )
    queue(notices.ComplementAsked(declaration, event))
    return declaration


def _of_the_member(declaration: Declaration, transition: str) -> None:
    if declaration.set_aside_at is not None:
        raise TransitionNotAllowed(transition, declaration.state)
