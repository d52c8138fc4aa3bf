"""Days that people type: in the order they say them, kept as they typed them when they cannot be read."""

from __future__ import annotations

import datetime
import re
import unicodedata
from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from .identifiers import digits

OLDEST = datetime.date(1900, 1, 1)
RUN_TOGETHER = re.compile(r"(\d{2})(\d{2})(\d{4})", re.ASCII)
BETWEEN = re.compile(r"[\s.,/\u060c\u2010-\u2015-]+")


class DayField(forms.DateField):
    """A day: 14/08/2026, with any usual sign between or none, or 2026-08-14.

    A plain line of text, not a browser's calendar: that one speaks the language of the browser, cannot say what is
    wrong with 31/02, and forgets it.
    """

    default_error_messages = {
        "invalid": _("Écrivez la date comme 03/02/2026 : le jour, le mois, l’année."),
    }

    def __init__(self, **kwargs: Any) -> None:
        kwargs.setdefault("widget", forms.DateInput(format="%d/%m/%Y"))
        super().__init__(input_formats=["%d/%m/%Y", "%Y/%m/%d"], **kwargs)

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        # Phones show their figures; a keyboard without a stroke is enough (« 14082026 »).
        typing = {"inputmode": "numeric", "autocomplete": "off", "dir": "ltr", "class": "is-short"}
        return super().widget_attrs(widget) | typing

    def to_python(self, value: Any) -> datetime.date | None:
        return super().to_python(one_form(value) if isinstance(value, str) else value)


class PastDateField(DayField):
    """A day that is not in the future."""

    default_error_messages = {
        "future": _("Cette date est dans le futur : indiquez un jour passé, ou aujourd’hui."),
        "old": _("Cette date est trop ancienne : vérifiez l’année."),
    }

    def to_python(self, value: Any) -> datetime.date | None:
        day = super().to_python(value)
        if day and day > timezone.localdate():
            raise ValidationError(self.error_messages["future"], code="future")
        if day and day < OLDEST:
            raise ValidationError(self.error_messages["old"], code="old")
        return day


def one_form(text: str) -> str:
    """A typed day in ASCII digits, strokes between its parts: from « ١٤-٨-٢٠٢٦ », « 14 8 2026 » or « 14082026 »."""
    seen = "".join(each for each in digits(text) if unicodedata.category(each) not in ("Cf", "Cs")).strip()
    parts = RUN_TOGETHER.fullmatch(seen)
    return "/".join(parts.groups()) if parts else BETWEEN.sub("/", seen)
