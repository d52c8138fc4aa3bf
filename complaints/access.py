"""The right of a person without an account to follow one case, for a short while (rows A34, A36)."""

from __future__ import annotations

import time
from collections.abc import Sequence
from typing import Any

from django.conf import settings
from django.http import Http404, HttpRequest
from django.utils.crypto import constant_time_compare, salted_hmac

from claims_portal.accounts.sessions import remove_rights, renew_key
from claims_portal.cases.services.erasing import contact_mark
from claims_portal.compiled_query import CompiledQuery
from claims_portal.identifiers import numbers_in
from claims_portal.wizards.views import forget_sent_drafts

from .models import Complaint
from .references import MistypedNumber, read_number

_complaint_with_contact = CompiledQuery(
    lambda number: Complaint.objects.select_related("complainant", "disposal", "desk__organisation").filter(
        number=number
    ),
    number=str,
)

SESSION_KEY = "tracking"
LIST_KEY = "mine"  # the right to the list of one's cases (`complaints.views.mine`)
SESSION_MAX = 20
WRITE_EVERY = 60  # seconds: activity is written once a minute, not at every request


def grant(request: HttpRequest, complaint: Complaint, *, new_key: bool = True) -> None:
    """Let this browser session follow the case until `settings.TRACKING_GRANT_SECONDS` after the last activity.

    `complaint` comes with its complainant. The session gets a new key, unless the caller gave it one with the right
    that this one follows from.
    """
    now = int(time.time())
    held = {number: right for number, right in _rights(request).items() if right["until"] > now}
    until = now + settings.TRACKING_GRANT_SECONDS
    held[complaint.number] = {"until": until, "contact": contact_proof(complaint)}
    request.session[SESSION_KEY] = dict(list(held.items())[-SESSION_MAX:])
    if new_key:
        renew_key(request.session)


def _rights(request: HttpRequest) -> dict[str, dict[str, Any]]:
    """Return the rights of this session, by number."""
    rights: dict[str, dict[str, Any]] = request.session.get(SESSION_KEY, {})
    return rights


def is_granted(request: HttpRequest, number: str) -> bool:
    """Return whether this session holds a right for the number that has not ended by time."""
    right = _rights(request).get(number)
    return right is not None and bool(right["until"] >= time.time())


def granted_number(request: HttpRequest, number: str) -> str:
    """The number, when this session may follow its case; Http404 like for a case that does not exist."""
    try:
        number = read_number(number)
    except MistypedNumber:
        raise Http404 from None
    if not is_granted(request, number):
        raise Http404
    return number


def contact_proof(complaint: Complaint) -> str:
    """Return a keyed hash of the contacts of the case, which a right is bound to."""
    person = complaint.complainant
    contacts = f"{complaint.number}:{person.email}:{person.mobile or ''}"
    return salted_hmac("complaints.access", contacts, algorithm="sha256").hexdigest()


def check_grant(request: HttpRequest, complaint: Complaint) -> None:
    """Extend the right of this session to the case; Http404 when the contacts of the case changed since it was given.

    An erased case has no contact any more: its right ends thirty minutes after it was given.
    """
    if complaint.disposed_at is not None:
        return
    rights = _rights(request)
    right = rights[complaint.number]
    if not constant_time_compare(right["contact"], contact_proof(complaint)):
        raise Http404
    until = int(time.time()) + settings.TRACKING_GRANT_SECONDS
    if until - right["until"] >= WRITE_EVERY:
        request.session[SESSION_KEY] = rights | {complaint.number: right | {"until": until}}


def holds_rights(request: HttpRequest) -> bool:
    """Return whether this session was given a right to a case or to the list of them, and did not leave since."""
    return SESSION_KEY in request.session or LIST_KEY in request.session


def leave_cases(request: HttpRequest) -> None:
    """End the rights of this session to cases and to the list of them, and to the confirmations that give them."""
    forget_sent_drafts(request)
    remove_rights(request.session, [SESSION_KEY, LIST_KEY])


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
        grant(request, into)


def followed(request: HttpRequest, complaint: Complaint) -> dict[str, Any] | None:
    """The case in which a merged one goes on, and whether this session may open it; None when it is not merged."""
    if complaint.merged_into_id is None:
        return None
    into = Complaint.objects.only("number").get(pk=complaint.merged_into_id)
    return {"complaint": into, "open": is_granted(request, into.number)}
