"""What happens to a claim besides its statement and its payment."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import date
from decimal import Decimal

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.models import Channel
from claims_portal.cases.services.changes import apply_transition, is_repeated_press, lock_case
from claims_portal.cases.services.exchange import documents_as, open_case
from claims_portal.documents.models import Document
from claims_portal.documents.uploads import discard_all
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Desk
from health_claims.models import Claim, Declaration, DocumentKind, Reason
from health_claims.notices import claims as notices
from health_claims.references import next_reference
from health_claims.workflow import ClaimState
from membership.models import Beneficiary, Guarantee, Member

from .reasons import require
from .reviewing import chosen_by, rules_for


@transaction.atomic
def open_claim(
    *,
    desk: Desk,
    member: Member,
    guarantee: Guarantee,
    care_date: date,
    amount: Decimal,
    patient: Beneficiary | None = None,
    declaration: Declaration | None = None,
    user: User | None = None,
) -> Claim:
    """Open the claim of a file accepted as handed in, online (`declaration`) or on paper (rows D147–D149).

    Its number, asked last, is that of the acknowledgement; it also decides whether the claim is one of those looked
    at a second time. `patient` None is the member; `amount` in dirhams.
    """
    rules = rules_for(guarantee=guarantee, amount=amount, day=desk.organisation.today())
    number = next_reference(series="claim", time_zone=desk.organisation.time_zone)
    claim = Claim(
        number=number,
        review_rule=chosen_by(rules=rules, number=number),
        declaration=declaration,
        desk=desk,
        member=member,
        patient=patient,
        prestation_id=guarantee.prestation_id,
        guarantee=guarantee,
        care_date=care_date,
        amount=amount,
        opened_at=timezone.now(),
        language=declaration.language if declaration is not None else settings.LANGUAGE_CODE,
        channel=Channel.WEB if declaration is not None else Channel.POST,
    )
    open_case(claim, user=user)
    return claim


@transaction.atomic
def ask_claim_complement(*, claim_id: int, user: User, reason: Reason, body: str = "") -> Claim:
    """Ask the member for something; the claim waits for them. TransitionNotAllowed when it is not being studied.

    ValueError when the reason is no complement of this organisation's.
    """
    claim = lock_case(Claim, claim_id)
    require(reason, use=Reason.Use.COMPLEMENT, organisation=claim.desk.organisation)
    event = apply_transition(claim, "ask_complement", user=user, body=body, reason=reason)
    queue(notices.ClaimComplementAsked(claim, key=f"event:{event.pk}"))
    return claim


@transaction.atomic
def supply_claim_complement(*, claim_id: int, body: str = "", documents: Sequence[Document] = ()) -> Claim:
    """What the member answers: words, files, or both. The claim goes on being studied.

    Pressed twice with the same files, it is one answer. TransitionNotAllowed when nothing is asked (any more).
    """
    claim = lock_case(Claim, claim_id)
    if claim.state != ClaimState.COMPLEMENT and is_repeated_press(
        claim, kinds=["supply"], body=body, documents=documents
    ):
        discard_all(documents)
        return claim
    joined = documents_as(DocumentKind.COMPLEMENT, documents)
    apply_transition(claim, "supply", body=body, documents=joined, reason=None)
    return claim


@transaction.atomic
def ask_counter_visit(*, claim_id: int, user: User, body: str) -> Claim:
    """Ask the person treated to see a doctor of the insurer; `body` says with whom, where and when."""
    claim = lock_case(Claim, claim_id)
    event = apply_transition(claim, "ask_counter_visit", user=user, body=body)
    queue(notices.CounterVisitAsked(claim, key=f"event:{event.pk}"))
    return claim


@transaction.atomic
def record_counter_visit(*, claim_id: int, user: User, body: str = "") -> Claim:
    """Keep the opinion of that doctor, which the member's pages do not show; the claim goes on being studied."""
    claim = lock_case(Claim, claim_id)
    apply_transition(claim, "record_counter_visit", user=user, body=body)
    return claim


@transaction.atomic
def refuse_claim(*, claim_id: int, user: User, reason: Reason, body: str = "") -> Claim:
    """Refuse a claim as a whole, for a coded reason that the member reads with what to do about it.

    ValueError when the reason is no refusal of this organisation's.
    """
    claim = lock_case(Claim, claim_id)
    require(reason, use=Reason.Use.REFUSAL, organisation=claim.desk.organisation)
    event = apply_transition(claim, "refuse", user=user, body=body, reason=reason)
    queue(notices.ClaimRefused(claim, key=f"event:{event.pk}"))
    return claim
