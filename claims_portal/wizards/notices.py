"""The message that lets a person go on with a draft elsewhere."""

from __future__ import annotations

from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient

from .models import Draft


class ResumeLink(Notice):
    key = "wizards.resume"
    sensitive = True  # the link opens the draft

    def __init__(self, *, draft: Draft, token: str, email: str, language: str) -> None:
        self.draft = draft
        self.token = token
        self.recipient = Recipient(email=email, language=language)

    def recipients(self) -> list[Recipient]:
        return [self.recipient]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "desk": self.draft.desk,
            "url": public_url("resume", self.token, language=recipient.language),
            "draft_end": self.draft.expires_at,
        }

    def dedup_key(self) -> str:
        return self.token[:16]

    def about(self) -> str:
        return f"draft:{self.draft.pk}"
