"""The right of a person without an account to follow one case, for a short while (rows A34, A36)."""

from __future__ import annotations

import time

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare

from .models import Complaint
from .references import MistypedNumber, read_number

SESSION_KEY = "cases"
SESSION_MAX = 20


def grant(request: HttpRequest, number: str) -> None:
    """Let this browser session follow the case for `settings.TRACKING_GRANT_SECONDS`."""
    now = int(time.time())
    held = {each: until for each, until in request.session.get(SESSION_KEY, {}).items() if until > now}
    held[number] = now + settings.TRACKING_GRANT_SECONDS
    request.session[SESSION_KEY] = dict(list(held.items())[-SESSION_MAX:])


def granted_number(request: HttpRequest, number: str) -> str:
    """The number, when this session may follow its case; Http404 like for a case that does not exist."""
    try:
        number = read_number(number)
    except MistypedNumber:
        raise Http404 from None
    if request.session.get(SESSION_KEY, {}).get(number, 0) < time.time():
        raise Http404
    return number


def matching(*, number: str, email: str, mobile: str) -> Complaint | None:
    """The complaint of this number if the contact is the one given when filing.

    `mobile` holds the numbers in E.164 that were meant, with a space between them (`TrackedMobileField`).
    Wrong number and wrong contact cost the same query and the same comparisons.
    """
    found = Complaint.objects.select_related("complainant").filter(number=number).first()
    known_email = found.complainant.email if found else ""
    known_mobile = str(found.complainant.mobile) if found else ""
    by_email = bool(email) and constant_time_compare(email, known_email)
    by_mobile = True in [constant_time_compare(each, known_mobile) for each in mobile.split()]
    return found if by_email or by_mobile else None
