"""Public numbers: twelve digits that survive a telephone.

Digits only, because everybody can say and type them in French and in Arabic; eleven of them
from a cryptographic source, so that no number leads to another; the last is a Damm check digit,
which recognises every single wrong digit and every swap of two neighbours. Said and shown in
three groups of four: « 4829 1350 7264 ».
"""

from __future__ import annotations

import secrets

from stdnum import damm

from claims_portal.identifiers import digits

LENGTH = 12
LOOKALIKES = str.maketrans("OoIl", "0011")


class MistypedNumber(ValueError):
    """These are not the digits of any complaint: too few, too many, or one is wrong (`complete`: there are twelve)."""

    def __init__(self, *, complete: bool) -> None:
        super().__init__(complete)
        self.complete = complete


def new_number() -> str:
    """Twelve random digits, the last one checking the others. Not guaranteed to be free."""
    body = str(secrets.randbelow(9 * 10 ** (LENGTH - 2)) + 10 ** (LENGTH - 2))
    return body + str(damm.calc_check_digit(body))


def read_number(text: str) -> str:
    """The number somebody typed: spaces, « n° », Arabic digits, « O » for 0 are fine. MistypedNumber otherwise."""
    number = _ascii_digits(text)
    if len(number) != LENGTH:  # digits are missing: letters among digits stand for them, those of « No » do not
        words = [word for word in text.split() if any(map(str.isdigit, word))]
        number = _ascii_digits("".join(words).translate(LOOKALIKES))
    if len(number) != LENGTH or not damm.is_valid(number):
        raise MistypedNumber(complete=len(number) == LENGTH)
    return number


def _ascii_digits(text: str) -> str:
    return "".join(each for each in digits(text) if each.isascii() and each.isdigit())


def spoken(number: str) -> str:
    """The number in groups for reading aloud."""
    return " ".join(number[start : start + 4] for start in range(0, LENGTH, 4))
