"""When the desk's answer is late, and how long the complainant was waited for: the clocks of each party (N7)."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils import timezone
from django.utils.translation import gettext as _

from claims_portal.cases.promises import spelled_due
from claims_portal.cases.workflow import WaitingOn
from claims_portal.deadlines.explanation import spelled_date

from .answering import WayOn, risk_bearer_of, ways_on
from .models import Clock, ClockKind, Complaint, Pause


@dataclass(frozen=True)
class LateAnswer:
    """An answer that did not come in time: when it was due, and who may be turned to now, in the active language."""

    due: str
    ways: list[WayOn]


def late_answer(complaint: Complaint, clocks: Iterable[Clock]) -> LateAnswer | None:
    """What the silence of the desk opens; None while its answer is not due, or waits for the complainant. No query."""
    over = (each for each in clocks if each.kind == ClockKind.ANSWER and not each.stopped_at)
    clock = next((each for each in over if each.due_at < timezone.now()), None)
    if clock is None or complaint.waiting_on != WaitingOn.DESK:
        return None
    return LateAnswer(spelled_due(clock), ways_on(complaint.desk, risk_bearer_of(complaint)))


def waited(pauses: Iterable[Pause], zone: ZoneInfo) -> list[str]:
    """Each time the answer stood still because the desk waited for the complainant, one sentence each."""
    return [_waited(each.started_at, each.ended_at, zone) for each in pauses]


def _waited(start: datetime, end: datetime | None, zone: ZoneInfo) -> str:
    begun = spelled_date(start.astimezone(zone).date())
    if end is None:
        return _("En pause depuis le %(start)s : le service attend un complément.") % {"start": begun}
    words = {"start": begun, "end": spelled_date(end.astimezone(zone).date())}
    return _("Pause du %(start)s au %(end)s : le service attendait un complément.") % words
