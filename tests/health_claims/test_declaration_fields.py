"""Amounts and dates as people write them, and what is refused with a sentence."""

from __future__ import annotations

from datetime import date
from decimal import Decimal

import pytest
import time_machine
from django.core.exceptions import ValidationError

from health_claims.forms import AmountField, CareDateField


@pytest.mark.req("D113")
@pytest.mark.parametrize(
    ("typed", "amount"),
    [
        ("2100", "2100.00"),
        ("2 100,50", "2100.50"),
        ("2\u202f100,5", "2100.50"),
        ("2100.50", "2100.50"),
        ("2.100,50", "2100.50"),
        ("2,100.50", "2100.50"),
        ("٢١٠٠٫٥٠", "2100.50"),
        ("٢٬١٠٠٫٥٠", "2100.50"),
        ("2 100,00 MAD", "2100.00"),
        ("150 dh", "150.00"),
        ("\u200f300\u200f", "300.00"),
        ("0,01", "0.01"),
        ("99999999.99", "99999999.99"),
    ],
)
def test_an_amount_is_read_to_the_centime_however_it_is_written(typed, amount):
    assert AmountField().clean(typed) == Decimal(amount)


@pytest.mark.parametrize(
    ("typed", "code"),
    [
        ("", "required"),
        ("-1", "negative"),
        ("−5,50", "negative"),
        ("0", "zero"),
        ("0,00", "zero"),
        ("1000000000", "large"),
        ("100 000 000", "large"),
        ("12,345", "centimes"),
        ("2.100", "centimes"),
        ("NaN", "invalid"),
        ("Infinity", "invalid"),
        ("1_000", "invalid"),
        ("1e3", "invalid"),
        ("²", "invalid"),
        ("2 1 00", "invalid"),
        ("12,5,0", "invalid"),
        ("deux mille", "invalid"),
        ("9" * 500, "large"),
    ],
)
def test_what_is_no_amount_is_refused_with_its_own_sentence(typed, code):
    field = AmountField()
    with pytest.raises(ValidationError) as refused:
        field.clean(typed)
    assert refused.value.code == code
    assert refused.value.message == field.error_messages[code]


@pytest.mark.req("D109")
@pytest.mark.parametrize("typed", ["2026-02-27", "27/02/2026", "27.02.2026", "٢٧/٠٢/٢٠٢٦", " 27/02/2026\u200f"])
def test_a_date_is_chosen_or_typed_in_digits_of_any_script(typed):
    with time_machine.travel("2026-03-01"):
        assert CareDateField().clean(typed) == date(2026, 2, 27)


@pytest.mark.parametrize(
    ("typed", "code"),
    [("", "required"), ("02/03/2026", "future"), ("27/02/1026", "old"), ("31/02/2026", "invalid"), ("hier", "invalid")],
)
def test_what_is_no_day_of_care_is_refused_with_its_own_sentence(typed, code):
    with time_machine.travel("2026-03-01"), pytest.raises(ValidationError) as refused:
        CareDateField().clean(typed)
    assert refused.value.code == code
