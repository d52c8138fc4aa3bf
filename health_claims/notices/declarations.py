"""The messages about a declaration: its reference and a link, never what it is about (rows D130, D148, D151, D153).

Whoever changes a declaration queues the notice of that change, in the same transaction.
"""

from __future__ import annotations

from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient
from health_claims.models import Declaration, DeclarationEvent


class DeclarationNotice(Notice):
    """To the member, at the address given with the declaration, in its language.

    `declaration` with its desk's organisation; `event` is the change that is told.
    """

    proved = True

    def __init__(self, declaration: Declaration, event: DeclarationEvent) -> None:
        self.declaration = declaration
        self.event = event

    def recipients(self) -> list[Recipient]:
        if self.declaration.set_aside_at:  # nobody knows whose it is
            return []
        return [Recipient(email=self.declaration.email, language=self.declaration.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        reference = self.declaration.number
        return {
            "reference": reference,
            "desk": self.declaration.desk,
            "organisation": self.declaration.desk.organisation,
            "url": public_url("health_claims:declaration-detail", reference, language=recipient.language),
        }

    def dedup_key(self) -> str:
        return f"{self.declaration.pk}:{self.event.pk}"

    def about(self) -> str:
        return f"declaration:{self.declaration.pk}"


class Created(DeclarationNotice):
    """The declaration is registered (row D130)."""

    key = "health_claims.declaration_created"


class Validated(DeclarationNotice):
    """Accepted as a file handed in; `number` is that of the claim it opened (row D148)."""

    key = "health_claims.declaration_validated"

    def __init__(self, declaration: Declaration, event: DeclarationEvent, *, number: str) -> None:
        super().__init__(declaration, event)
        self.number = number

    def context(self, recipient: Recipient) -> dict[str, Any]:
        url = public_url("health_claims:claim", self.number, language=recipient.language)
        return super().context(recipient) | {"number": self.number, "claim_url": url}


class Rejected(DeclarationNotice):
    """Not accepted. The reason may tell of somebody's health: it is read behind the link (row D151)."""

    key = "health_claims.declaration_rejected"


class ComplementAsked(DeclarationNotice):
    """The desk needs something more before it decides."""

    key = "health_claims.declaration_complement"
