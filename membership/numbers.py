"""The shape of a member's number, which every policy writes as a regular expression of its own (row D9)."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from .models import Policy

LONGEST = 20  # what a member's number has room for
# A row of single characters or sets, each with its count: nothing that could take long to match.
PIECE = r"(?:\[[^\[\]\\]+\]|\\d|[A-Za-z0-9])(?:\{[0-9]{1,2}(?:,[0-9]{1,2})?\}|\?)?"
PLAIN = re.compile(rf"(?:{PIECE}){{1,12}}")
OPEN_COUNTS = re.compile(r"\?|,[0-9]")  # « ? » and « {4,8} »: each multiplies the ways to try
MOST_OPEN = 4


def is_plain(pattern: str) -> bool:
    """True for a pattern made of characters, sets and counts only (« [A-Z][0-9]{4,8} »), few of them open."""
    if not PLAIN.fullmatch(pattern) or len(OPEN_COUNTS.findall(pattern)) > MOST_OPEN:
        return False
    try:
        re.compile(pattern)
    except re.error:  # « [9-0] », « {8,4} »
        return False
    return True


def well_formed(policy: Policy, number: str) -> bool:
    """True when the number, already compact and in ASCII, has the shape of this policy's numbers.

    A pattern that is not plain could keep a process busy for hours: it is not applied, and the length alone counts.
    """
    if not 0 < len(number) <= LONGEST:
        return False
    pattern = policy.member_number_pattern
    return not is_plain(pattern) or bool(re.fullmatch(pattern, number, re.ASCII))
