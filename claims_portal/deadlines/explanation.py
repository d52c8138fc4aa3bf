"""Why a deadline is that date: stored with the case, said in the language of whoever reads it."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, datetime
from functools import lru_cache
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.utils.formats import date_format
from django.utils.translation import get_language, gettext, ngettext, pgettext

from .models import Delay
from .public_holidays import Holiday


@dataclass(frozen=True)
class Explanation:
    """How a due moment was counted.

    `start` is in UTC and shown in `time_zone`. `holidays` and `rest_days` are the days passed over between
    start and due. `origin_fr` and `origin_ar` name what set this delay in place of the usual one, "" for the usual one.
    `paused_seconds` is the time added (of the desk, where only its hours count), `paused_days`
    the whole days added to a delay in days or months. `extended_from` is the date before an extension.
    """

    delay_code: str
    amount: int
    unit: str
    counting: str
    calendar_name_fr: str
    calendar_name_ar: str
    time_zone: str
    start: datetime
    holidays: tuple[Holiday, ...] = ()
    rest_days: int = 0
    paused_seconds: int = 0
    paused_days: int = 0
    extended_from: date | None = None
    origin_fr: str = ""
    origin_ar: str = ""

    @property
    def calendar_name(self) -> str:
        """The calendar's name in the active language."""
        return (self.calendar_name_ar if get_language() == "ar" else "") or self.calendar_name_fr

    @property
    def origin(self) -> str:
        """What set this delay, in the active language."""
        return (self.origin_ar if get_language() == "ar" else "") or self.origin_fr

    def as_json(self) -> dict[str, Any]:
        """Return what a case stores; `from_json` reads it back. A usual delay says nothing about its origin."""
        unsaid = set() if self.origin_fr else {"origin_fr", "origin_ar"}
        return {
            **{name: value for name, value in self.__dict__.items() if name not in unsaid},
            "start": self.start.isoformat(),
            "holidays": [[day.date.isoformat(), day.name_fr, day.name_ar] for day in self.holidays],
            "extended_from": self.extended_from.isoformat() if self.extended_from else None,
        }

    @classmethod
    def from_json(cls, stored: dict[str, Any]) -> Explanation:
        """Return the explanation that a case stored; TypeError or KeyError when it is not one."""
        extended = stored["extended_from"]
        return cls(
            **stored
            | {
                "start": datetime.fromisoformat(stored["start"]),
                "holidays": tuple(Holiday(date.fromisoformat(day), fr, ar) for day, fr, ar in stored["holidays"]),
                "extended_from": date.fromisoformat(extended) if extended else None,
            }
        )


def spelled_date(day: date) -> str:
    """« mardi 3 mars 2026 », « dimanche 1er mars 2026 », in the active language."""
    return _spelled(day, get_language() or settings.LANGUAGE_CODE)


def spelled_moment(moment: datetime, time_zone: str) -> str:
    """« mardi 3 mars 2026 à 14:05 » on the clocks of an IANA time zone, in the active language."""
    local = moment.astimezone(ZoneInfo(time_zone))
    return gettext("%(date)s à %(time)s") % {"date": spelled_date(local.date()), "time": date_format(local, "H:i")}


def written_date(day: date) -> str:
    """« 3 mars 2026 », « 1er mars 2026 », in the active language: what Django’s formats cannot say of a first day."""
    return _written(day, get_language() or settings.LANGUAGE_CODE)


@lru_cache(maxsize=4000)
def _written(day: date, _language: str) -> str:
    return f"{_number(day)} {date_format(day, 'F Y')}"


def _number(day: date) -> str:
    return pgettext("premier jour du mois", "1er") if day.day == 1 else str(day.day)


@lru_cache(maxsize=4000)
def _spelled(day: date, _language: str) -> str:
    """In the active language, which is given so that each has its own; the same days are spelled all the time."""
    return gettext("%(weekday)s %(number)s %(month)s %(year)s") % {
        "weekday": date_format(day, "l"),
        "number": _number(day),
        "month": date_format(day, "F"),
        "year": day.year,
    }


def spelled_amount(explanation: Explanation | Delay) -> str:
    """« 10 jours ouvrables », « 48 heures »: the length of a delay, or of the one that was counted."""
    count = explanation.amount
    match explanation.unit, explanation.counting:
        case Delay.Unit.MINUTES, Delay.Counting.DESK_HOURS:
            text = ngettext("%(count)s minute d’ouverture", "%(count)s minutes d’ouverture", count)
        case Delay.Unit.MINUTES, _:
            text = ngettext("%(count)s minute", "%(count)s minutes", count)
        case Delay.Unit.HOURS, Delay.Counting.DESK_HOURS:
            text = ngettext("%(count)s heure d’ouverture", "%(count)s heures d’ouverture", count)
        case Delay.Unit.HOURS, _:
            text = ngettext("%(count)s heure", "%(count)s heures", count)
        case Delay.Unit.DAYS, Delay.Counting.WORKING_DAYS:
            text = ngettext("%(count)s jour ouvrable", "%(count)s jours ouvrables", count)
        case Delay.Unit.DAYS, _:
            text = ngettext("%(count)s jour", "%(count)s jours", count)
        case _:
            text = ngettext("%(count)s mois", "%(count)s mois", count)
    return text % {"count": count}


def _start(explanation: Explanation) -> str:
    local = explanation.start.astimezone(ZoneInfo(explanation.time_zone))
    if explanation.unit in (Delay.Unit.DAYS, Delay.Unit.MONTHS):
        return spelled_date(local.date())
    return gettext("%(date)s à %(time)s") % {"date": spelled_date(local.date()), "time": date_format(local, "H:i")}


def _pause(explanation: Explanation) -> str:
    """Return the time for which the clock was stopped, in the largest units that say it; "" when it never was."""
    if explanation.paused_days:
        count = explanation.paused_days
        return ngettext("%(count)s jour de pause", "%(count)s jours de pause", count) % {"count": count}
    if explanation.unit in (Delay.Unit.DAYS, Delay.Unit.MONTHS) or not explanation.paused_seconds:
        return ""
    hours, minutes = divmod(-(-explanation.paused_seconds // 60), 60)
    if not hours:
        return ngettext("%(count)s minute de pause", "%(count)s minutes de pause", minutes) % {"count": minutes}
    if not minutes:
        return ngettext("%(count)s heure de pause", "%(count)s heures de pause", hours) % {"count": hours}
    return gettext("%(hours)s h %(minutes)02d de pause") % {"hours": hours, "minutes": minutes}


def _left_out(explanation: Explanation) -> str:
    """« 2 jours fériés et 4 jours de pause »: what lengthened the delay; "" when nothing did."""
    parts = []
    skips_days = explanation.counting in (Delay.Counting.WORKING_DAYS, Delay.Counting.DESK_HOURS)
    if skips_days and explanation.holidays:
        count = len(explanation.holidays)
        parts.append(ngettext("%(count)s jour férié", "%(count)s jours fériés", count) % {"count": count})
    if pause := _pause(explanation):
        parts.append(pause)
    if len(parts) == 2:
        return gettext("%(first)s et %(second)s") % {"first": parts[0], "second": parts[1]}
    return "".join(parts)


def explanation_sentence(explanation: Explanation | dict[str, Any]) -> str:
    """« 10 jours ouvrables à compter du mardi 3 mars 2026, sans compter 2 jours fériés et 4 jours de pause ».

    Takes what `compute` gave or what a case stored; speaks the active language, without a final stop.
    """
    if isinstance(explanation, dict):
        explanation = Explanation.from_json(explanation)
    words = {"amount": spelled_amount(explanation), "start": _start(explanation), "left_out": _left_out(explanation)}
    if words["left_out"]:
        sentence = gettext("%(amount)s à compter du %(start)s, sans compter %(left_out)s") % words
    else:
        sentence = gettext("%(amount)s à compter du %(start)s") % words
    if explanation.extended_from:
        sentence = gettext("%(sentence)s, avec report au premier jour ouvrable après le %(date)s") % {
            "sentence": sentence,
            "date": spelled_date(explanation.extended_from),
        }
    return sentence


def explanation_with_origin(explanation: Explanation) -> str:
    """Return the sentence, and what set an unusual delay: that may reveal what a case is about."""
    sentence = explanation_sentence(explanation)
    if not explanation.origin:
        return sentence
    words = {"sentence": sentence, "origin": explanation.origin}
    return gettext("%(sentence)s, délai propre à « %(origin)s »") % words


def explanation_details(explanation: Explanation) -> list[str]:
    """Return the calendar, each holiday passed over and how many days of rest, in the active language.

    For « comment cette date est calculée », below the sentence, which says the pauses.
    """
    lines = [gettext("Calendrier : %(name)s") % {"name": explanation.calendar_name}]
    lines += [
        gettext("Férié : %(date)s, %(name)s") % {"date": spelled_date(day.date), "name": day.name}
        for day in explanation.holidays
    ]
    if count := explanation.rest_days:
        text = ngettext("%(count)s jour de repos hebdomadaire", "%(count)s jours de repos hebdomadaire", count)
        lines.append(text % {"count": count})
    return lines


def wait_in_words(seconds: int) -> str:
    """« 12 minutes », « 3 heures », « 2 jours »: how long until a limit is over."""
    minutes = max(1, -(-seconds // 60))
    if minutes < 90:
        return ngettext("%(count)d minute", "%(count)d minutes", minutes) % {"count": minutes}
    hours = -(-minutes // 60)
    if hours <= 48:
        return ngettext("%(count)d heure", "%(count)d heures", hours) % {"count": hours}
    days = -(-hours // 24)
    return ngettext("%(count)d jour", "%(count)d jours", days) % {"count": days}
