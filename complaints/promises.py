"""What happens next to a complaint and by when, in words: for messages, papers and pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.utils.formats import date_format
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.deadlines.explanation import Explanation, explanation_sentence, spelled_date
from claims_portal.deadlines.models import Delay

from .models import Clock, ClockKind, Complaint

TITLES: dict[str, LazyText] = {
    ClockKind.ACKNOWLEDGEMENT: _("Le service prend en charge votre réclamation"),
    ClockKind.ANSWER: _("Le service vous répond"),
    ClockKind.REOPENING: _("Vous pouvez encore rouvrir votre réclamation"),
    ClockKind.CLOSING: _("Sans nouvelle de votre part, votre réclamation est clôturée"),
}


@dataclass(frozen=True)
class Promise:
    """One next step. `when` is « au plus tard le mardi 3 mars 2026 », `text` how that date is counted."""

    kind: str
    title: str
    when: str
    text: str


def spelled_moment(moment: datetime, time_zone: str) -> str:
    """« mardi 3 mars 2026 à 14:05 » on the clocks of an IANA time zone, in the active language."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return gettext("%(date)s à %(time)s") % {"date": spelled_date(local.date()), "time": date_format(local, "H:i")}


def received_on(complaint: Complaint) -> str:
    """The moment of reception as the organisation's clocks showed it; reads `desk.organisation`."""
    return spelled_moment(complaint.received_at, complaint.desk.organisation.time_zone)


def spelled_due(clock: Clock) -> str:
    """The due date of a clock; with its time only where the delay is counted in hours or minutes."""
    explanation = Explanation.from_json(clock.explanation)
    if explanation.unit in (Delay.Unit.HOURS, Delay.Unit.MINUTES):
        return spelled_moment(clock.due_at, explanation.time_zone)
    return spelled_date(clock.due_at.astimezone(ZoneInfo(explanation.time_zone)).date())


def promises(complaint: Complaint) -> list[Promise]:
    """The clocks that still run, the soonest first, in the active language. Two queries, none when prefetched.

    A clock that waits for the complainant is left out: its date will move by the length of the pause.
    """
    waiting = any(each.ended_at is None for each in complaint.pauses.all())
    return promised_by(each for each in complaint.clocks.all() if not (waiting and each.kind == ClockKind.ANSWER))


def promised_by(clocks: Iterable[Clock]) -> list[Promise]:
    """What these clocks promise, those that still run, the soonest first."""
    running = (each for each in clocks if not each.stopped_at)
    return [_promise(each) for each in sorted(running, key=lambda each: each.due_at)]


def _promise(clock: Clock) -> Promise:
    when = gettext("le %(date)s") if clock.kind == ClockKind.CLOSING else gettext("au plus tard le %(date)s")
    return Promise(
        kind=clock.kind,
        title=str(TITLES[clock.kind]),
        when=when % {"date": spelled_due(clock)},
        text=explanation_sentence(clock.explanation),
    )
