"""Public numbers: twelve digits that survive a telephone."""

from __future__ import annotations

from itertools import pairwise

import pytest
from hypothesis import given
from hypothesis import strategies as st

from complaints import references
from complaints.references import MistypedNumber, new_number, read_number, spoken

NUMBERS = st.builds(new_number)


def is_wrong(text: str) -> bool:
    try:
        read_number(text)
    except MistypedNumber:
        return True
    return False


@pytest.mark.req("A12")
@given(NUMBERS)
def test_a_new_number_is_twelve_digits_that_check_themselves(number):
    assert len(number) == 12
    assert number.isdecimal()
    assert number[0] != "0"
    assert read_number(number) == number


@pytest.mark.req("A12")
@given(NUMBERS)
def test_every_single_wrong_digit_is_recognised(number):
    wrong = [
        number[:at] + other + number[at + 1 :] for at in range(12) for other in "0123456789" if other != number[at]
    ]
    assert len(wrong) == 108
    assert all(map(is_wrong, wrong))


@pytest.mark.req("A12")
@given(NUMBERS)
def test_every_swap_of_two_neighbours_is_recognised(number):
    swapped = [number[:at] + number[at + 1] + number[at] + number[at + 2 :] for at in range(11)]
    assert all(is_wrong(each) for each in swapped if each != number)


@given(NUMBERS)
def test_a_digit_too_many_or_too_few_is_recognised(number):
    assert all(is_wrong(each) for each in (number[:-1], number[1:], number + "0", ""))


@given(NUMBERS)
def test_a_number_is_read_however_it_is_written(number):
    arabic = number.translate({ord(str(digit)): chr(0x0660 + digit) for digit in range(10)})
    for typed in (spoken(number), f" n° {number} ", "-".join(number), arabic, spoken(number).replace(" ", "\u202f")):
        assert read_number(typed) == number


@given(NUMBERS)
def test_letters_that_look_like_digits_are_read_as_such(number):
    assert read_number("No " + number.replace("0", "O").replace("1", "I")) == number
    assert read_number(number.replace("0", "o").replace("1", "l")) == number


@pytest.mark.parametrize("typed", ["²" * 12, "abcdefghijkl", "\x00", "1" * 10_000])
def test_what_is_no_number_is_mistyped(typed):
    assert is_wrong(typed)


def test_numbers_are_said_in_three_groups():
    assert spoken("482913507264") == "4829 1350 7264"


@pytest.mark.req("A12")
def test_no_number_leads_to_the_next():
    numbers = [int(new_number()) // 10 for _ in range(500)]
    assert len(set(numbers)) == 500
    assert min(abs(one - next_one) for one, next_one in pairwise(numbers)) > 1000
    assert numbers != sorted(numbers)


def test_numbers_come_from_a_source_made_for_secrets(monkeypatch):
    asked = []
    monkeypatch.setattr(references.secrets, "randbelow", lambda size: asked.append(size) or 0)
    assert new_number()[:11] == "10000000000"
    assert asked == [9 * 10**10]
