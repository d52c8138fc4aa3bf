"""Claims looked at a second time before they are paid, and what the insured says of them afterwards (row F40)."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import date
from decimal import Decimal

from django.db import transaction
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, lock_case
from health_claims.models import Claim, ReviewRule
from membership.models import Guarantee

PARTS = 10_000  # shares are percentages to the hundredth
TO_REVIEW = Q(review_rule__isnull=False, reviewed_at=None)


class NothingAsked(Exception):
    """No opinion is awaited for this claim (any more)."""


def rules_for(*, guarantee: Guarantee, amount: Decimal, day: date) -> list[ReviewRule]:
    """The rules in force on a day that may choose a claim of this prestation and amount (dirhams). One query."""
    rules = ReviewRule.objects.on(day).filter(policy=guarantee.policy_id, min_amount__lte=amount)
    return list(rules.filter(Q(prestation=None) | Q(prestation=guarantee.prestation_id)))


def chosen_by(*, rules: Iterable[ReviewRule], number: str) -> ReviewRule | None:
    """The first rule whose draw falls on this claim number: always the same for a number, and guessed by nobody."""
    return next((each for each in rules if _draw(each, number) < each.share * PARTS / 100), None)


def _draw(rule: ReviewRule, number: str) -> int:
    digest = salted_hmac("health_claims.review", f"{rule.pk}:{number}").digest()
    return int.from_bytes(digest[:8]) % PARTS


@transaction.atomic
def record_review(*, claim_id: int, user: User, body: str) -> Claim:
    """The claim was looked at: what was found, for the desk alone. It may then be paid.

    TransitionNotAllowed when no review is awaited.
    """
    claim = lock_case(Claim, claim_id)
    if not claim.is_to_review:
        raise TransitionNotAllowed("review", claim.state)
    apply_transition(claim, "review", user=user, body=body, reviewed_at=timezone.now())
    return claim


@transaction.atomic
def give_feedback(*, claim_id: int, agrees: bool, body: str = "") -> Claim:
    """What the insured answers, once: whether the care was as the statement shows it, and words if they like.

    « No » brings the claim back to those who review. NothingAsked when no answer is awaited.
    """
    claim = lock_case(Claim, claim_id)
    if not claim.awaits_feedback:
        raise NothingAsked
    reviewed_at = claim.reviewed_at if agrees else None
    apply_transition(
        claim, "feedback", body=body, feedback_at=timezone.now(), feedback_agrees=agrees, reviewed_at=reviewed_at
    )
    return claim
