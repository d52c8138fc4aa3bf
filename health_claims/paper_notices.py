"""The e-mail about an identity paper that has to be sent again."""

from __future__ import annotations

from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient

from .models import IdentityPaper


class PaperRefused(Notice):
    """Which paper and why are told in the member's space, never in an e-mail."""

    key = "health_claims.paper_refused"
    proved = True

    def __init__(self, paper: IdentityPaper) -> None:
        self.paper = paper

    def recipients(self) -> list[Recipient]:
        account = self.paper.member.account
        return [Recipient(email=account.email, language=account.language)] if account.email else []

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "organisation": self.paper.member.policy.organisation,
            "url": public_url("health_claims:send", language=recipient.language),
        }

    def dedup_key(self) -> str:
        return str(self.paper.pk)

    def about(self) -> str:
        return f"member:{self.paper.member_id}"
