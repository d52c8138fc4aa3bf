"""Days typed by people: every usual way of writing one is read, what is none is told and stays typed."""

from __future__ import annotations

from datetime import date

import pytest
from django import forms
from django.core.exceptions import ValidationError
from django.utils import translation
from django.utils.formats import get_format

from claims_portal.dates import PastDateField

WRITTEN = [
    *("14/08/2025", "14.8.2025", "14-08-2025", "14 8 2025", "14082025", "14 / 08 / 2025", "2025-08-14", "14,08,2025"),
    *("١٤/٠٨/٢٠٢٥", "١٤،٠٨،٢٠٢٥", "۱۴۰۸۲۰۲۵", "\u200e14/08/2025\u200f", "14‑08‑2025", " 14/08/2025\u00a0"),
]
REFUSED = [
    *((text, "Écrivez la date") for text in ("31/02/2025", "00/00/0000", "14/08/25", "hier", "²/8/2025", "1/1/1/2025")),
    *((text, "trop ancienne") for text in ("01/01/0001", "31/12/1899")),
    *((text, "dans le futur") for text in ("31/12/9999", "2999-01-01")),
]


class Asked(forms.Form):
    day = PastDateField(required=False)


@pytest.mark.parametrize("text", WRITTEN)
def test_a_day_is_read_as_people_write_it(text: str) -> None:
    assert PastDateField().clean(text) == date(2025, 8, 14)


@pytest.mark.parametrize(("text", "sentence"), REFUSED)
def test_what_is_no_past_day_is_told_in_a_sentence(text: str, sentence: str) -> None:
    with translation.override("fr"), pytest.raises(ValidationError, match=sentence):
        PastDateField().clean(text)


def test_a_day_that_does_not_exist_stays_in_its_field() -> None:
    assert 'value="31/02/2025"' in str(Asked({"day": "31/02/2025"})["day"])


@pytest.mark.parametrize("language", ["fr", "ar"])
def test_the_fields_of_the_back_office_read_and_show_the_day_first(language: str) -> None:
    with translation.override(language):
        assert forms.DateField().clean("02/03/1982") == date(1982, 3, 2)
        assert forms.DateField().clean("1982-03-02") == date(1982, 3, 2)
        assert forms.DateTimeField().clean("02/03/1982 14:05").strftime("%Y-%m-%d %H:%M") == "1982-03-02 14:05"
        assert forms.DateInput().format_value(date(1982, 3, 2)) == "02/03/1982"
        assert get_format("FIRST_DAY_OF_WEEK") == 1
