"""Finding a case by what somebody says on the telephone. Each way has its index; none reads the whole table."""

from __future__ import annotations

from collections.abc import Callable
from functools import reduce
from operator import or_

from django.core.exceptions import ValidationError
from django.db.models import Q

from claims_portal.identifiers import CinField, EmailAddressField, NirField, digits, one_line
from complaints.forms import TrackedMobileField
from complaints.models import Complaint
from complaints.models.case import ComplaintQuerySet
from complaints.references import read_number
from complaints.services.filing import search_name

MOST_WORDS = 5  # of a name: each more is one more look-up
# Tried in this order. Their forms are disjoint: twelve digits, an @, fifteen, ten with 06 or +212, letters and digits.
READERS: list[tuple[str, Callable[[str], str | list[str]]]] = [
    ("number", read_number),
    ("complainant__email", EmailAddressField().clean),
    ("complainant__nir", NirField().clean),
    ("complainant__mobile__in", lambda text: TrackedMobileField().clean(text).split()),
    ("complainant__cin", CinField().clean),
]

# Nothing else is written like these.
UNMISTAKABLE = {"number", "complainant__email"}
STROKES = {ord(each): " " for each in "/\\"}  # « 1 85 05 / 78 … », as some forms part the groups of an identifier


def matching(cases: ComplaintQuerySet, text: str, *, contact: bool) -> ComplaintQuerySet:
    """The cases of a number, e-mail address, mobile, CIN or NIR in any writing, else of the beginning of a name.

    A policy may be numbered in any way, even like an identity card: it is found beside those.
    Without `contact`, the right to see them, contact details and identifiers find nothing.
    """
    for column, read in READERS if contact else READERS[:1]:
        try:
            found = Q(**{column: read(text if column in UNMISTAKABLE else text.translate(STROKES))})
        except (ValidationError, ValueError):
            continue
        return cases.filter(found) if column in UNMISTAKABLE else _or_policy(cases, found, text)
    names = in_any_order(search_name(text))
    if not names:
        return cases.none()
    found = reduce(or_, (Q(complainant__search_name__startswith=name) for name in names))
    return _or_policy(cases, found, text)


def in_any_order(name: str) -> list[str]:
    """A name as it was said, and with each of its words first: cases know « nom prénom », people say « prénom nom »."""
    words = name.split()
    turns = range(len(words)) if len(words) <= MOST_WORDS else range(1)
    return list(dict.fromkeys(" ".join(words[turn:] + words[:turn]) for turn in turns))


def _or_policy(cases: ComplaintQuerySet, found: Q, text: str) -> ComplaintQuerySet:
    """What was found, and the cases of the policy of this number. Two look-ups by index: an OR would read the table."""
    written = one_line(digits(text))
    if not any(each.isdigit() for each in written):
        return cases.filter(found)
    by_policy = Complaint.objects.filter(policy_number__in={written, written.upper(), written.lower()})
    return cases.filter(pk__in=Complaint.objects.filter(found).values("pk").union(by_policy.values("pk")))
