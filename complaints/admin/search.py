"""Finding a case by what somebody says on the telephone. Each way has its index; none reads the whole table."""

from __future__ import annotations

import secrets
from collections.abc import Callable

from django.core.exceptions import ValidationError
from django.http import HttpRequest

from claims_portal.identifiers import CinField, EmailAddressField, NirField, one_line
from complaints.forms import TrackedMobileField
from complaints.models.case import ComplaintQuerySet
from complaints.references import read_number
from complaints.services.filing import search_name

PARAMETER = "recherche"  # of the list's address: the key of a search kept in the session
SESSION_KEY = "searches"
KEPT = 10
LONGEST = 254

# Tried in this order. Their forms are disjoint: twelve digits, an @, fifteen, ten with 06 or +212, letters and digits.
READERS: list[tuple[str, Callable[[str], str | list[str]]]] = [
    ("number", read_number),
    ("complainant__email", EmailAddressField().clean),
    ("complainant__nir", NirField().clean),
    ("complainant__mobile__in", lambda text: TrackedMobileField().clean(text).split()),
    ("complainant__cin", CinField().clean),
]


def matching(cases: ComplaintQuerySet, text: str, *, contact: bool) -> ComplaintQuerySet:
    """The cases of a number, e-mail address, mobile, CIN or NIR in any writing, else of the beginning of a name.

    Without `contact`, the right to see them, contact details and identifiers find nothing.
    """
    for column, read in READERS if contact else READERS[:1]:
        try:
            return cases.filter(**{column: read(text)})
        except (ValidationError, ValueError):
            continue
    name = search_name(text)
    return cases.filter(complainant__search_name__startswith=name) if name else cases.none()


def remember(request: HttpRequest, text: str) -> str:
    """Keep what is looked for in the session, and give its key: an address holds no personal data."""
    kept = request.session.get(SESSION_KEY, {})
    key = secrets.token_hex(4)
    request.session[SESSION_KEY] = dict([*kept.items(), (key, one_line(text)[:LONGEST])][-KEPT:])
    return key


def remembered(request: HttpRequest) -> str:
    """What this address looks for; "" when it looks for nothing, or too long ago."""
    return kept(request, request.GET.get(PARAMETER, ""))


def kept(request: HttpRequest, key: str) -> str:
    """What is looked for under a key of this session; "" when there is nothing, or no more."""
    return str(request.session.get(SESSION_KEY, {}).get(key, ""))
