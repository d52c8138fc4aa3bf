"""Online tracking for who complained on paper: asked for by the person, checked by an agent (rows A43, A44, K1)."""

from __future__ import annotations

from django.db import transaction

from claims_portal.accounts.models import User
from claims_portal.cases.models import Decision
from claims_portal.cases.refusals import AlreadyDecided
from claims_portal.cases.services.changes import lock_case, record_event
from claims_portal.cases.services.decisions import decide
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Desk
from complaints import notices
from complaints.models import Complaint, EventKind, TrackingRequest


class ContactKnown(Exception):
    """The case has an address or number of this kind already: an agent adds one, and never replaces it."""


@transaction.atomic
def ask_online_tracking(
    *, desk: Desk, number: str, name: str, letter_reference: str, email: str, mobile: str, language: str
) -> None:
    """Write a request down for the desk of the case, or for `desk` when the number is unknown or not given.

    The same whether the case exists or not; asked again while it waits, it stays one request.
    """
    known = Complaint.objects.filter(number=number).values_list("desk_id", flat=True).first()
    request = TrackingRequest(
        desk_id=known or desk.pk,
        number=number,
        name=name,
        letter_reference=letter_reference,
        email=email,
        mobile=mobile,
        language=language,
    )
    TrackingRequest.objects.bulk_create([request], ignore_conflicts=True)


@transaction.atomic
def add_contact(*, complaint_id: int, user: User, email: str = "", mobile: str = "") -> Complaint:
    """Add an e-mail address, a mobile (E.164) or both to a case that lacks them, and tell the person there.

    In any state, and neither the state nor the turn changes. ContactKnown when it would replace what is known,
    or brings nothing new: whoever holds the contact opens the case.
    """
    complaint = lock_case(Complaint, complaint_id)
    person = complaint.complainant
    new = {
        name: value
        for name, value, known in (("email", email, person.email), ("mobile", mobile, str(person.mobile or "")))
        if value and value != known
    }
    if not new or any(getattr(person, name) for name in new):
        raise ContactKnown
    for name, value in new.items():
        setattr(person, name, value)
    person.save(update_fields=list(new))
    complaint.wants_sms = complaint.wants_sms or not person.email
    complaint.save(update_fields=["wants_sms", "changed_at"])
    event = record_event(complaint, EventKind.CONTACT_ADDED, user=user)
    queue(notices.TrackingOpened(complaint, event))
    return complaint


@transaction.atomic
def accept_request(*, request_id: int, complaint_id: int, user: User) -> Complaint:
    """The agent found the case and is sure of the person: the contact is theirs. AlreadyDecided, ContactKnown."""
    request = _locked(request_id)
    complaint = add_contact(complaint_id=complaint_id, user=user, email=request.email, mobile=str(request.mobile or ""))
    decide(request, Decision.GRANTED, user=user, complaint=complaint)
    return complaint


@transaction.atomic
def refuse_request(*, request_id: int, user: User, refusal: str) -> TrackingRequest:
    """The agent cannot open the case to this contact, for one of the `Refusal` reasons. AlreadyDecided."""
    request = _locked(request_id)
    decide(request, Decision.REFUSED, user=user, refusal=TrackingRequest.Refusal(refusal))
    queue(notices.TrackingRefused(request))
    return request


def _locked(request_id: int) -> TrackingRequest:
    requests = TrackingRequest.objects.select_for_update(of=("self",)).select_related("desk__organisation")
    request = requests.get(pk=request_id)
    if not request.is_pending:
        raise AlreadyDecided
    return request
