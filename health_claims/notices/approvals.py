"""What a member is told about a quote they sent: that there is an answer to read, and where."""

from __future__ import annotations

from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient
from health_claims.models import PriorApproval
from membership.models import MemberAccount


class QuoteAnswered(Notice):
    """The insurer decided about a quote, or took it back; neither the care, nor an amount, nor the decision is told."""

    key = "health_claims.quote_answered"
    proved = True

    def __init__(self, approval: PriorApproval) -> None:
        self.approval = approval

    def recipients(self) -> list[Recipient]:
        """Whoever sent it, while the account is theirs."""
        account = MemberAccount.objects.filter(member_id=self.approval.member_id).first()
        since = account.identity_checked_at if account else None
        if account is None or since is None or self.approval.entered_at < since:
            return []
        mobile = "" if account.email else str(account.mobile)
        return [Recipient(email=account.email, mobile=mobile, language=account.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "organisation": self.approval.member.policy.organisation,
            "space_url": public_url("health_claims:estimate", language=recipient.language),
        }

    def dedup_key(self) -> str:
        return f"approval:{self.approval.pk}:{self.approval.decision}"
