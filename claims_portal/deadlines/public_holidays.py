"""Public holidays of a country, by year, from the `holidays` package."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from types import MappingProxyType
from typing import NamedTuple

import holidays
from django.utils.translation import get_language, gettext, gettext_noop


class Holiday(NamedTuple):
    """A day off that is not a weekly rest."""

    date: date
    name_fr: str
    name_ar: str

    @property
    def name(self) -> str:
        """Its name in the active language."""
        return (self.name_ar if get_language() == "ar" else "") or gettext(self.name_fr)


# The package names French holidays in French only: these msgids let them be read in Arabic.
FRENCH_NAMES = (
    gettext_noop("Jour de l’an"),
    gettext_noop("Lundi de Pâques"),
    gettext_noop("Fête du Travail"),
    gettext_noop("Fête de la Victoire"),
    gettext_noop("Ascension"),
    gettext_noop("Lundi de Pentecôte"),
    gettext_noop("Fête nationale"),
    gettext_noop("Assomption"),
    gettext_noop("Toussaint"),
    gettext_noop("Armistice"),
    gettext_noop("Noël"),
)


def _names(country: str, year: int, language: str) -> dict[date, str]:
    known = holidays.country_holidays(country)
    if language not in known.supported_languages and language != known.default_language:
        return {}
    return dict(holidays.country_holidays(country, years=year, language=language).items())


@lru_cache(maxsize=256)
def public_holidays(country: str, year: int) -> Mapping[date, Holiday]:
    """Return the holidays of a year; none for a blank country. Islamic feasts are marked as estimated."""
    if not country:
        return MappingProxyType({})
    french, arabic = _names(country, year, "fr"), _names(country, year, "ar")
    named = french or dict(holidays.country_holidays(country, years=year).items())
    return MappingProxyType(
        {day: Holiday(day, name.replace("'", "’"), arabic.get(day, "")) for day, name in sorted(named.items())}
    )
