"""Finding a declaration or a claim by its number, or by the number or CIN of a member. Each way has its index."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet

from claims_portal.identifiers import compact
from membership.models import Member, Policy

NUMBER_DIGITS = 14  # YYYYMMDD and six digits
MOST_MEMBERS = 200


def read_reference(text: str) -> str:
    """The number of a declaration or claim in any writing; "" for a text that is none."""
    number = compact(text)
    return number if len(number) == NUMBER_DIGITS and number.isascii() and number.isdigit() else ""


def matching(rows: QuerySet[Any], text: str) -> QuerySet[Any]:
    """Return the cases of this number, or of the members of this number or CIN, whole. Four queries at most."""
    if number := read_reference(text):
        return rows.filter(number=number)
    wanted = compact(text).upper()
    if not wanted:
        return rows.none()
    policies = list(Policy.objects.values_list("pk", flat=True))
    members = {
        *Member.objects.filter(policy__in=policies, number=wanted).values_list("pk", flat=True)[:MOST_MEMBERS],
        *Member.objects.filter(cin=wanted).values_list("pk", flat=True)[:MOST_MEMBERS],
    }
    return rows.filter(member__in=members)
