"""Two notices whose templates live beside these tests."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from claims_portal.notifications.notices import Notice, Recipient

AMINA = Recipient(email="amina@example.org")


class Receipt(Notice):
    key = "sample.receipt"

    def __init__(self, *recipients: Recipient, name: str = "Amina", number: str = "R-1") -> None:
        self.to = list(recipients or [AMINA])
        self.name = name
        self.number = number

    def recipients(self) -> list[Recipient]:
        return self.to

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "name": self.name,
            "number": self.number,
            "link": f"https://portail.example/{recipient.language}/suivi/",
        }

    def dedup_key(self) -> str:
        return self.number

    def about(self) -> str:
        return f"complaint:{self.number}"


class Code(Receipt):
    key = "sample.code"
    sensitive = True
    lifetime = timedelta(minutes=10)

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {"code": "482913"}
