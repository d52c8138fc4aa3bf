"""The e-mail with the link that activates online declaration (rows D54–D58)."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient
from claims_portal.organisations.models import Organisation


@dataclass(frozen=True)
class ActivationLink(Notice):
    """It names the insurer and the link, nothing of the person: the address may be somebody else's."""

    organisation: Organisation
    token: str
    email: str
    language: str
    hours: int

    key = "health_claims.activation"
    sensitive = True  # the link activates

    def recipients(self) -> list[Recipient]:
        return [Recipient(email=self.email, language=self.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "organisation": self.organisation,
            "url": public_url("health_claims:activation-link", self.token, language=recipient.language),
            "hours": self.hours,
        }

    def sender_name(self) -> str:
        return self.organisation.activation_sender

    def dedup_key(self) -> str:
        return hashlib.sha256(self.token.encode()).hexdigest()[:32]
