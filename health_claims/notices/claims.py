"""What a member is told about a claim: that there is something to read, and where; never the care nor an amount."""

from __future__ import annotations

from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient
from health_claims.models import Claim
from membership.models import MemberAccount


class ClaimNotice(Notice):
    """To the member, by e-mail, or by SMS where no address is known; to nobody before they ever signed in."""

    proved = True

    def __init__(self, claim: Claim, *, key: str) -> None:
        """`claim` comes from `lock_case`; `key` names the row this tells of: told twice, it leaves once."""
        self.claim = claim
        self.row = key

    def recipients(self) -> list[Recipient]:
        declaration = self.claim.declaration
        if declaration is not None and declaration.set_aside_at:  # nobody knows whose it is
            return []
        account = MemberAccount.objects.filter(member_id=self.claim.member_id).first()
        if account is None or not (account.email or account.mobile):
            return []
        mobile = "" if account.email else str(account.mobile)
        return [Recipient(email=account.email, mobile=mobile, language=account.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "number": self.claim.number,
            "organisation": self.claim.desk.organisation,
            "space_url": public_url("health_claims:claims", language=recipient.language),
        }

    def dedup_key(self) -> str:
        return self.row

    def about(self) -> str:
        return f"claim:{self.claim.pk}"


class StatementReady(ClaimNotice):
    """A statement can be read (row E106)."""

    key = "health_claims.statement"


class ClaimComplementAsked(ClaimNotice):
    """The desk needs something more (row E124)."""

    key = "health_claims.claim_complement"


class CounterVisitAsked(ClaimNotice):
    """An appointment with a doctor of the insurer is asked for."""

    key = "health_claims.counter_visit"


class ClaimRefused(ClaimNotice):
    """The claim was refused, for a reason that is read in the space (row E123)."""

    key = "health_claims.refused"


class Paid(ClaimNotice):
    """The payment left."""

    key = "health_claims.paid"


class FeedbackAsked(ClaimNotice):
    """One question about a claim that was paid (row F40). Neither the care nor the amount is told."""

    key = "health_claims.feedback"
