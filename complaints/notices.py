"""The messages about a complaint: a link and the number, never what the case is about."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.utils.translation import get_language_bidi

from claims_portal.accounts.links import public_url
from claims_portal.deadlines.compute import SOON
from claims_portal.notifications.notices import Notice, Recipient

from .answering import risk_bearer_of, ways_on
from .models import Clock, ClockKind, Complaint, Event, TrackingRequest
from .promises import Promise, promised_by, promises, received_on, spelled_due
from .references import spoken

_NO_BREAK_SPACE = "\u00a0"


def number_in_text(number: str) -> str:
    """The number in groups, for a plain text in the active language.

    Between ordinary spaces, a right-to-left line shows the last group first; no-break ones hold the order.
    They are for those lines only: the alphabet of a French SMS has none.
    """
    grouped = spoken(number)
    return grouped.replace(" ", _NO_BREAK_SPACE) if get_language_bidi() else grouped


class CaseNotice(Notice):
    """To the complainant, at the addresses given when filing, in the language of the case."""

    def __init__(self, complaint: Complaint, event: Event | None = None) -> None:
        self.complaint = complaint
        self.event = event

    def recipients(self) -> list[Recipient]:
        person = self.complaint.complainant
        mobile = str(person.mobile) if self.complaint.wants_sms else ""
        return [Recipient(email=person.email, mobile=mobile, language=self.complaint.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "number": number_in_text(self.complaint.number),
            "desk": self.complaint.desk,
            "organisation": self.complaint.desk.organisation,
            "received": received_on(self.complaint),
            "promises": self.promises(),
            "tracking_url": public_url("complaints:track", language=recipient.language),
        }

    def promises(self) -> list[Promise]:
        return promises(self.complaint)

    def dedup_key(self) -> str:
        return f"{self.complaint.pk}:{self.event.pk if self.event else 0}"

    def about(self) -> str:
        return f"complaint:{self.complaint.pk}"

    def occasion(self) -> str:
        return f"event:{self.event.pk}" if self.event else ""


class Receipt(CaseNotice):
    """« Accusé de réception » at once after filing (rows A10, C36)."""

    key = "complaints.receipt"

    def __init__(self, complaint: Complaint, *, clocks: Sequence[Clock] | None = None) -> None:
        """`clocks` are those just started, so that they need not be read again."""
        super().__init__(complaint)
        self.clocks = clocks

    def promises(self) -> list[Promise]:
        return super().promises() if self.clocks is None else promised_by(self.clocks)


class Acknowledged(CaseNotice):
    key = "complaints.acknowledged"


class ComplementAsked(CaseNotice):
    key = "complaints.complement"


class NewMessage(CaseNotice):
    key = "complaints.message"
    replaceable = True


class Answered(CaseNotice):
    """The answer waits on the tracking page; the mediators it names are told here too (rows C40–C46)."""

    key = "complaints.answered"

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return super().context(recipient) | {"recourse": self.event.recourse if self.event else ""}


class AnswerLate(CaseNotice):
    """The answer did not come in time: what the person may do now, without asking (N7)."""

    key = "complaints.answer_late"

    def context(self, recipient: Recipient) -> dict[str, Any]:
        clock = self.complaint.clocks.current().get(kind=ClockKind.ANSWER)
        ways = ways_on(self.complaint.desk, risk_bearer_of(self.complaint))
        return super().context(recipient) | {"due": spelled_due(clock), "ways": ways}


class Closed(CaseNotice):
    key = "complaints.closed"
    replaceable = True


class ClosingSoon(CaseNotice):
    """An answered case closes by itself soon, unless the person writes."""

    key = "complaints.closing_soon"


class Reopened(CaseNotice):
    key = "complaints.reopened"
    replaceable = True


class Transferred(CaseNotice):
    """The case is at another desk, which is the one that signs."""

    key = "complaints.transferred"


class Referred(CaseNotice):
    """Another body has to answer; the page of the case says which (F24)."""

    key = "complaints.referred"


class Merged(CaseNotice):
    """The case goes on in another one, whose number is to be followed from now on (F8)."""

    key = "complaints.merged"

    def __init__(self, complaint: Complaint, event: Event, into: Complaint) -> None:
        super().__init__(complaint, event)
        self.into = into

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return super().context(recipient) | {"followed": number_in_text(self.into.number)}


class TrackingOpened(CaseNotice):
    """The case can be followed online with a contact that an agent added; to every contact of the person (K1)."""

    key = "complaints.tracking_opened"

    def recipients(self) -> list[Recipient]:
        person = self.complaint.complainant
        return [Recipient(email=person.email, mobile=str(person.mobile or ""), language=self.complaint.language)]


class TrackingRefused(Notice):
    """A request to follow a case online was refused, and why."""

    key = "complaints.tracking_refused"

    def __init__(self, request: TrackingRequest) -> None:
        self.request = request

    def recipients(self) -> list[Recipient]:
        request = self.request
        return [Recipient(email=request.email, mobile=str(request.mobile or ""), language=request.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "reason": str(TrackingRequest.Refusal(self.request.refusal).label),
            "desk": self.request.desk,
            "organisation": self.request.desk.organisation,
        }

    def dedup_key(self) -> str:
        return str(self.request.pk)

    def about(self) -> str:
        return f"tracking-request:{self.request.pk}"


class StaffNotice(Notice):
    """To those who handle a case, about one of its delays. The words are the portal's own language."""

    proved = True

    def __init__(self, complaint: Complaint, clock: Clock, addresses: Sequence[str]) -> None:
        self.complaint = complaint
        self.clock = clock
        self.addresses = addresses

    def recipients(self) -> list[Recipient]:
        return [Recipient(email=address) for address in self.addresses]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "number": number_in_text(self.complaint.number),
            "desk": self.complaint.desk,
            "clock": self.clock.get_kind_display(),
            "due": spelled_due(self.clock),
            "case_url": public_url("admin:complaints_complaint_change", self.complaint.pk, language=recipient.language),
        }

    def dedup_key(self) -> str:
        return str(self.clock.pk)

    def about(self) -> str:
        return f"complaint:{self.complaint.pk}"


class DueSoon(StaffNotice):
    """A delay ends soon (F12)."""

    key = "complaints.due_soon"
    lifetime = SOON


class Overdue(StaffNotice):
    """A delay is over (F13)."""

    key = "complaints.overdue"


class MyComplaints(Notice):
    """The link to « Mes réclamations » (F3)."""

    key = "complaints.mine"
    sensitive = True  # the link opens the cases

    def __init__(self, *, email: str, token: str, language: str, hours: int) -> None:
        self.recipient = Recipient(email=email, language=language)
        self.token = token
        self.hours = hours

    def recipients(self) -> list[Recipient]:
        return [self.recipient]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        url = public_url("complaints:mine-list", self.token, language=recipient.language)
        return {"url": url, "hours": self.hours}

    def dedup_key(self) -> str:
        return self.token[:16]
