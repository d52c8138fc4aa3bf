"""What the case block must know of complaints: their delays, messages, retention, erasure and access copy."""

from __future__ import annotations

from collections.abc import Iterator
from typing import Any

from django.db.models import Q

from claims_portal.cases.kinds import AccessCopy, CaseKind, Erasure, Retention
from claims_portal.cases.services.changes import record_event
from claims_portal.cases.services.clocks import stop_clocks
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Desk

from . import notices, printing
from .models import Clock, ClockKind, Complaint, Event, EventKind, Procedure
from .services.clocks import cancel_auto_close, rules_of, start_closing, start_reopening
from .services.erasing import COMPLAINT_BLANK, contacts_of, erase_rows
from .services.letters import goes_on_paper, promise_letter
from .wording import late_words
from .workflow import State

TAKEN_UP = frozenset({EventKind.ACKNOWLEDGED, EventKind.COMPLEMENT_ASKED})
CASE_COLUMNS = (
    *("policy_number", "registration_number", "subscriber", "claim_reference", "respondent_other"),
    *("facts", "event_date", "prior_steps", "prior_answer", "desired_outcome"),
    *("answered_at", "consented_at", "satisfaction", "satisfaction_comment"),
)
PERSON_COLUMNS = (
    *("quality", "first_name", "last_name", "represented_name", "email", "mobile"),
    *("address", "postal_code", "city", "cin", "cnss_number", "nir"),
)


def follow_change(complaint: Complaint, event: Event) -> None:
    """Keep the clocks and the letters of a complaint in step with what just happened to it."""
    if event.kind in TAKEN_UP:
        stop_clocks(complaint, kinds=[ClockKind.ACKNOWLEDGEMENT], at=event.at)
    if event.is_public and event.from_state == State.ANSWERED:
        cancel_auto_close(complaint)
    if event.kind == EventKind.MESSAGE_FROM_DESK:
        start_closing(complaint, at=event.at)
    if event.to_state == State.CLOSED != event.from_state and event.kind != EventKind.MERGED:
        start_reopening(complaint, at=event.at)
    promise_letter(complaint, event)


def tell_that_answer_is_late(complaint: Complaint, clock: Clock, event: Event) -> None:
    """Tell the complainant of a late answer and of what that opens (N7), by message or by letter (row C38)."""
    if clock.kind != ClockKind.ANSWER:
        return
    queue(notices.AnswerLate(complaint, event))
    words = late_words(complaint) if goes_on_paper(complaint, EventKind.LATE_TOLD) else ""
    if words:
        promise_letter(complaint, record_event(complaint, EventKind.LATE_TOLD, at=event.at, body=words))


def retention_of(desk: Desk) -> Retention:
    """Return the delays of the desk's procedure. One query."""
    procedure = Procedure.objects.filter(desk=desk)
    found = procedure.select_related("archive_delay__calendar", "retention_delay__calendar").first()
    return Retention(found.archive_delay, found.retention_delay) if found else Retention()


def complaints_of_contact(email: str, mobile: str) -> Q:
    """Return what selects the complaints of a contact; none without an address nor a number."""
    theirs = Q(pk=None)
    if email:
        theirs |= Q(complainant__email=email)
    if mobile:
        theirs |= Q(complainant__mobile=mobile)
    return theirs


def data_of(complaint: Complaint) -> dict[str, Any]:
    """Return what a complaint holds about its complainant, beside what every case holds."""
    person = complaint.complainant
    return {
        **{name: getattr(complaint, name) for name in CASE_COLUMNS},
        "category": complaint.category.name_fr,
        "complainant": {name: str(getattr(person, name)) for name in PERSON_COLUMNS},
        "dependants": list(complaint.dependants.values("first_name", "last_name", "relation", "birth_date")),
    }


def papers_of(complaint: Complaint) -> Iterator[tuple[str, bytes]]:
    """Yield the case as a PDF."""
    yield f"{complaint.number}.pdf", printing.case_pdf(complaint)


COMPLAINT = CaseKind(
    model=Complaint,
    related=("desk__organisation", "complainant"),
    rules=rules_of,
    notices={
        "message": notices.NewMessage,
        "ask_complement": notices.ComplementAsked,
        "close": notices.Closed,
    },
    changed=follow_change,
    due_soon=notices.DueSoon,
    overdue=notices.Overdue,
    late=tell_that_answer_is_late,
    staff_notices=frozenset({notices.DueSoon.key, notices.Overdue.key}),
    undelivered=cancel_auto_close,  # somebody whom no message reached is not silent
    retention=retention_of,
    # What a merged case holds serves the other one while that one is open or on hold.
    may_age=Q(merged_into=None) | Q(merged_into__closed_at__isnull=False, merged_into__held_at=None),
    erasure=Erasure(blank=COMPLAINT_BLANK, rows=erase_rows, contacts=contacts_of),
    access_copy=AccessCopy(theirs=complaints_of_contact, data=data_of, papers=papers_of),
)
