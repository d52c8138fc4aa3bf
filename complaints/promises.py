"""What happens next to a complaint and by when, in words: for messages, papers and pages."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import timedelta

from django.utils import timezone
from django.utils.formats import number_format
from django.utils.functional import Promise as LazyText
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.promises import spelled_due
from claims_portal.deadlines.explanation import explanation_sentence, spelled_moment
from claims_portal.organisations.models import Desk

from .models import Clock, ClockKind, Complaint, ExpectedDelay
from .questions import questions_of
from .workflow import State

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


@dataclass(frozen=True)
class Expected:
    """What may be expected, as measured, and on what that rests: two sentences in the active language."""

    sentence: str
    basis: str


def expected_delay(desk: Desk) -> Expected | None:
    """How long answers have taken at this desk; None while too few were measured. No query (F14)."""
    measures = questions_of(desk).expected
    return _told(measures[None]) if None in measures else None


def still_expected(complaint: Complaint) -> Expected | None:
    """The same for a case that waits for its answer, about its category where enough answers were given.

    None once it has waited for longer than nine out of ten.
    """
    measures = questions_of(complaint.desk).expected
    found = measures.get(complaint.category_id) or measures.get(None)
    waits = complaint.answered_at is None and complaint.state != State.CLOSED
    if found is None or not waits or timezone.now() - complaint.opened_at > timedelta(days=found.ninth_days):
        return None
    return _told(found)


def _told(measure: ExpectedDelay) -> Expected:
    """Half of the answers and nine out of ten: one number alone is read as a promise."""
    if measure.category_id is None:
        sentence = gettext("En général, ce guichet répond en %(half)s, et 9 fois sur 10 en %(most)s au plus.")
    else:
        sentence = gettext(
            "À ce sujet, ce guichet répond en général en %(half)s, et 9 fois sur 10 en %(most)s au plus."
        )
    basis = gettext("Mesuré sur %(count)s réponses des douze derniers mois. Ce n’est pas un engagement.")
    return Expected(
        sentence % {"half": _days(measure.median_days), "most": _days(measure.ninth_days)},
        basis % {"count": number_format(measure.answers, 0, force_grouping=True)},
    )


def _days(count: int) -> str:
    words = ngettext("%(count)s jour", "%(count)s jours", count) % {"count": count}
    return words.replace(" ", "\u00a0")  # a number stays with its unit


def received_on(complaint: Complaint) -> str:
    """The moment of reception as the organisation's clocks showed it; reads `desk.organisation`."""
    return spelled_moment(complaint.opened_at, complaint.desk.organisation.time_zone)


def promises(complaint: Complaint) -> list[Promise]:
    """The clocks that still run, the soonest first, in the active language. Two queries, none when prefetched.

    A clock that waits for the complainant is left out: its date will move by the length of the pause.
    """
    waiting = any(each.ended_at is None for each in complaint.pauses.all())
    return promised_by(each for each in complaint.current_clocks() if not (waiting and each.kind == ClockKind.ANSWER))


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
