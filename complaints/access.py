"""The right of a person without an account to follow one case, for a short while (rows A34, A36)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare

from claims_portal.cases.services.erasing import contact_mark
from claims_portal.compiled_query import CompiledQuery
from claims_portal.identifiers import numbers_in

from .models import Complaint
from .references import MistypedNumber, read_number

_complaint_with_contact = CompiledQuery(
    lambda number: Complaint.objects.select_related("complainant", "disposal", "desk__organisation").filter(
        number=number
    ),
    number=str,
)

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
    """The complaint of this number if the contact is the one given when filing, even if it was erased since.

    `mobile` comes from `TrackedMobileField`: without a prefix it is a number of the country of the case's desk.
    Wrong number and wrong contact cost the same query and the same comparisons; of an erased case only marks are left.
    """
    found = _complaint_with_contact.first(number=number)
    known_email = found.complainant.email if found else ""
    known_mobile = str(found.complainant.mobile) if found else ""
    disposal = getattr(found, "disposal", None)
    marks = [*(disposal.contact_marks if disposal else []), "", ""][:2]
    region = found.desk.organisation.country if found else next(iter(settings.SMS_ALLOWED_REGIONS), "")
    meant = "".join(numbers_in(mobile, [region])) if mobile else ""
    right = [_is_right(number, *given, marks) for given in ((email, known_email), (meant, known_mobile))]
    return found if True in right else None


def _is_right(number: str, given: str, known: str, marks: Sequence[str]) -> bool:
    """Return whether a contact is the one known, in clear or by its mark: the same work whichever there is."""
    in_clear = constant_time_compare(given, known)
    given_mark = contact_mark(number, given)
    by_mark = [constant_time_compare(given_mark, mark) for mark in marks]
    return bool(given) and (in_clear or True in by_mark)


def grant_followed(request: HttpRequest, complaint: Complaint) -> None:
    """Let who may follow a merged case follow the one it goes on in too, when that one has the same contact (F8)."""
    if complaint.merged_into_id is None:
        return
    into = Complaint.objects.select_related("complainant").get(pk=complaint.merged_into_id)
    one, two = complaint.complainant, into.complainant
    if (one.email and one.email == two.email) or (one.mobile and one.mobile == two.mobile):
        grant(request, into.number)


def followed(request: HttpRequest, complaint: Complaint) -> dict[str, Any] | None:
    """The case in which a merged one goes on, and whether this session may open it; None when it is not merged."""
    if complaint.merged_into_id is None:
        return None
    into = Complaint.objects.only("number").get(pk=complaint.merged_into_id)
    return {"complaint": into, "open": request.session.get(SESSION_KEY, {}).get(into.number, 0) >= time.time()}
