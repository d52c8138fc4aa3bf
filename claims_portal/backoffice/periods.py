"""The days that a page of figures counts: chosen by name or by date, cut into the steps of its lines."""

from __future__ import annotations

import hashlib
from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, time, timedelta
from typing import Any, TypeVar, cast

from django import forms
from django.contrib.postgres.fields import ArrayField
from django.core.cache import cache
from django.db import models
from django.db.models import DateTimeField, F, Func, IntegerField, Value
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

DEFAULT_DAYS = 90
LONGEST_DAYS = 731  # two years: what one page can read in a moment
KEPT_SECONDS = 60

Counted = TypeVar("Counted")


class Span(models.TextChoices):
    """What the form offers, as addresses write it."""

    LATEST = "90-jours", _("Les 90 derniers jours")
    THIS_MONTH = "mois", _("Ce mois-ci")
    LAST_MONTH = "mois-dernier", _("Le mois dernier")
    THIS_QUARTER = "trimestre", _("Ce trimestre")
    LAST_QUARTER = "trimestre-dernier", _("Le trimestre dernier")
    DATES = "dates", _("Du… au…")


@dataclass(frozen=True)
class Period:
    """Whole days of the portal's time zone, both ends included. ValueError when empty or over `LONGEST_DAYS`."""

    first: date
    last: date

    def __post_init__(self) -> None:
        if not 0 < self.days <= LONGEST_DAYS:
            raise ValueError(self)

    @classmethod
    def latest(cls, days: int = DEFAULT_DAYS) -> Period:
        """Return the last so many days, today included."""
        today = timezone.localdate()
        return cls(today - timedelta(days=days - 1), today)

    @property
    def days(self) -> int:
        return (self.last - self.first).days + 1

    @property
    def step(self) -> str:
        """What one point of a line stands for: a day up to a month, a week up to half a year, else a month."""
        return "day" if self.days <= 31 else "week" if self.days <= 184 else "month"

    def moments(self) -> tuple[datetime, datetime]:
        """When it begins, and when it is over."""
        return _midnight(self.first), _midnight(self.last + timedelta(days=1))

    def steps(self) -> list[date]:
        """Return the first day of each step, those without a case included."""
        day = self.first
        if self.step == "week":
            day -= timedelta(days=day.weekday())
        elif self.step == "month":
            day = day.replace(day=1)
        found = []
        while day <= self.last:
            found.append(day)
            day = _next(day, self.step)
        return found


def _midnight(day: date) -> datetime:
    return datetime.combine(day, time.min, timezone.get_current_timezone())


def _next(day: date, step: str) -> date:
    if step == "month":
        return (day + timedelta(days=31)).replace(day=1)
    return day + timedelta(days=7 if step == "week" else 1)


def step_of(steps: list[date], column: str) -> Func:
    """Return the number of a moment's step, from 1. Its midnights are ours, never those of the server's zones."""
    midnights = Value([_midnight(day) for day in steps], output_field=ArrayField(DateTimeField()))
    return Func(F(column), midnights, function="WIDTH_BUCKET", output_field=IntegerField())


def period_named(name: str, today: date) -> Period:
    """Return the period a choice means on this day; quarters are those of the calendar year."""
    month = today.replace(day=1)
    quarter = month.replace(month=(today.month - 1) // 3 * 3 + 1)
    match name:
        case Span.THIS_MONTH:
            return Period(month, today)
        case Span.LAST_MONTH:
            last = month - timedelta(days=1)
            return Period(last.replace(day=1), last)
        case Span.THIS_QUARTER:
            return Period(quarter, today)
        case Span.LAST_QUARTER:
            last = quarter - timedelta(days=1)
            return Period(last.replace(month=last.month - 2, day=1), last)
    return Period(today - timedelta(days=DEFAULT_DAYS - 1), today)


class PeriodForm(forms.Form):
    """Which days to count; `period` holds for a valid form."""

    periode = forms.ChoiceField(label=_("Période"), choices=Span.choices, required=False)
    du = forms.DateField(
        label=_("Du"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )
    au = forms.DateField(
        label=_("Au"), required=False, widget=forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
    )

    def __init__(self, data: Any) -> None:
        super().__init__(data, auto_id="id_%s")
        for name in ("du", "au"):
            self.fields[name].input_formats = ["%Y-%m-%d"]  # type: ignore[attr-defined]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        named = given.get("periode") or Span.LATEST
        self.period = period_named(named, timezone.localdate())
        if named == Span.DATES:
            if not (given.get("du") and given.get("au")):
                raise forms.ValidationError(gettext("Indiquez les deux dates de la période."))
            try:
                self.period = Period(given["du"], given["au"])
            except ValueError:
                message = gettext("La période doit finir après son début et compter au plus %(days)s jours.")
                raise forms.ValidationError(message % {"days": LONGEST_DAYS}) from None
        return given


def step_label(day: date, step: str) -> str:
    """Return a step as a line or a row names it: « 03/02/2026 », or « février 2026 »."""
    return date_format(day, "F Y" if step == "month" else "d/m/Y")


def kept(question: tuple[Any, ...], count: Callable[[], Counted]) -> Counted:
    """Return what was counted for this question less than a minute ago; otherwise count it now.

    Figures read every case of their period: who looks at them again, or exports what they see, does not wait again.
    `question` says all that the answer depends on, in a form that `repr` tells apart.
    """
    key = hashlib.sha256(repr(question).encode()).hexdigest()
    return cast(Counted, cache.get_or_set(f"figures:{key}", count, KEPT_SECONDS))
