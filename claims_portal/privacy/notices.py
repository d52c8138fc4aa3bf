"""The messages about a request: its number and dates, never what it is about."""

from __future__ import annotations

from typing import Any

from claims_portal.notifications.notices import Notice, Recipient

from .models import RightsRequest

# Where to complain about the answer, by country of the organisation.
AUTHORITIES = {"MA": "CNDP, www.cndp.ma", "FR": "CNIL, www.cnil.fr"}


class RequestNotice(Notice):
    """To whoever asked, at the contact they gave, in their language."""

    def __init__(self, request: RightsRequest) -> None:
        self.request = request

    def recipients(self) -> list[Recipient]:
        request = self.request
        # Who gave an e-mail address needs no SMS.
        mobile = "" if request.email else str(request.mobile or "")
        return [Recipient(email=request.email, mobile=mobile, language=request.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "number": str(self.request).replace(" ", "\u00a0"),
            "organisation": self.request.organisation,
            "due": self.request.due_words,
            "due_reason": self.request.due_reason,
            "outcome": self.request.get_decision_display(),
            "reason": str(RightsRequest.Refusal(self.request.refusal).label) if self.request.refusal else "",
            "authority": AUTHORITIES.get(self.request.organisation.country, ""),
        }

    def dedup_key(self) -> str:
        return str(self.request.pk)

    def about(self) -> str:
        return f"rights-request:{self.request.pk}"


class Received(RequestNotice):
    key = "privacy.received"


class Answered(RequestNotice):
    key = "privacy.answered"
