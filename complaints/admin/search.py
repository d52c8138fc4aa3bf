"""Finding a case by what somebody says on the telephone. Each way has its index; none reads the whole table."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.conf import settings
from django.core.exceptions import ValidationError
from django.db.models import Q

from claims_portal.identifiers import (
    CinField,
    CnssNumberField,
    EmailAddressField,
    NirField,
    digits,
    numbers_in,
    one_line,
)
from complaints.folding import name_beginnings
from complaints.models import Complaint
from complaints.models.case import ComplaintQuerySet
from complaints.references import read_number


def read_mobiles(text: str) -> list[str]:
    """Return the mobiles that a text means in any accepted country; ValueError when it means none."""
    numbers = numbers_in(text, settings.SMS_ALLOWED_REGIONS)
    if not numbers:
        raise ValueError("no mobile")
    return numbers


# Nine digits may be a mobile without its 0 and a CNSS number; the forms of the others are disjoint.
READERS: list[tuple[str, Callable[[str], str | list[str]]]] = [
    ("number", read_number),
    ("complainant__email", EmailAddressField().clean),
    ("complainant__nir", NirField().clean),
    ("complainant__mobile__in", read_mobiles),
    ("complainant__cnss_number", CnssNumberField().clean),
    ("complainant__cin", CinField().clean),
]
REFERENCES = ("policy_number", "registration_number", "claim_reference")

# Nothing else is written like these.
UNMISTAKABLE = {"number", "complainant__email"}
STROKES = {ord(each): " " for each in "/\\"}  # « 1 85 05 / 78 … », as some forms part the groups of an identifier


def matching(cases: ComplaintQuerySet, text: str, *, contact: bool) -> ComplaintQuerySet:
    """The cases of a number, e-mail address, mobile or identifier in any writing, else of the beginning of a name.

    A policy, a membership or a claim may be numbered in any way, even like an identity card: it is found beside those.
    Without `contact`, the right to see them, contact details and identifiers find nothing.
    """
    found = Q()
    for column, read in READERS if contact else READERS[:1]:
        try:
            key = Q(**{column: read(text if column in UNMISTAKABLE else text.translate(STROKES))})
        except (ValidationError, ValueError):
            continue
        if column in UNMISTAKABLE:
            return cases.filter(key)
        found |= key
    return _or_reference(cases, found or named(text), text)


def named(name: str) -> Q:
    """The cases of somebody whose name begins so, in any order of its words; of nobody for a name without letters."""
    beginnings = (Q(complainant__search_name__startswith=each) for each in name_beginnings(name))
    return reduce(or_, beginnings, Q(pk__in=[]))


def _or_reference(cases: ComplaintQuerySet, found: Q, text: str) -> ComplaintQuerySet:
    """What was found, and the cases with this reference. Look-ups by index: an OR would read the whole table."""
    written = one_line(digits(text))
    if not any(each.isdigit() for each in written):
        return cases.filter(found)
    writings = {written, written.upper(), written.lower()}
    referred = (Complaint.objects.filter(**{f"{name}__in": writings}).values("pk") for name in REFERENCES)
    return cases.filter(pk__in=Complaint.objects.filter(found).values("pk").union(*referred))
