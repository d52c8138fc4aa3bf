"""The only writers of the register: received, answered, counted again, erased in their time."""

from __future__ import annotations

import secrets
from datetime import datetime
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts import audit
from claims_portal.accounts.models import User
from claims_portal.cases.models import Decision
from claims_portal.cases.services.decisions import decide
from claims_portal.deadlines.compute import compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Delay
from claims_portal.notifications.services import forget_messages, queue
from claims_portal.organisations.models import Organisation

from . import notices
from .models import ANSWERS, RightsDelay, RightsRequest

DIGITS = 10
BATCH = 200


class IdentityUnchecked(Exception):
    """Nothing is given, corrected or erased for somebody whose identity was not checked."""


@transaction.atomic
def receive_request(
    *,
    form_id: UUID,
    organisation: Organisation,
    kind: str,
    name: str,
    email: str,
    mobile: str,
    details: str,
    language: str,
    received_at: datetime | None = None,
) -> RightsRequest:
    """Write a request into the register, with its due date, and acknowledge it to the person.

    The same form sent twice, even at once, makes one request and one message. `mobile` is in E.164.
    """
    received_at = received_at or timezone.now()
    rule = RightsDelay.objects.select_related("delay__calendar").filter(organisation=organisation, kind=kind).first()
    due = compute(delay=rule.delay, start=received_at) if rule else None
    request, created = RightsRequest.objects.get_or_create(
        form_id=form_id,
        defaults={
            "number": f"{secrets.randbelow(10**DIGITS):0{DIGITS}}",
            "organisation": organisation,
            "kind": kind,
            "name": name,
            "email": email,
            "mobile": mobile,
            "details": details,
            "language": language,
            "received_at": received_at,
            "delay": rule.delay if rule else None,
            "due_at": due.at if due else None,
            "explanation": due.explanation.as_json() if due else None,
        },
    )
    if created:
        queue(notices.Received(request))
    return request


@transaction.atomic
def answer_request(
    *,
    request_id: int,
    user: User,
    decision: str,
    done: str,
    refusal: str = "",
    identity_checked: bool = False,
    address: str | None = None,
) -> RightsRequest:
    """Accept a request, wholly or in part, or refuse it; the person is told, with the reason of what is not met.

    `done` stays in the register. AlreadyDecided; IdentityUnchecked when accepted for nobody knows whom;
    ValueError for a decision that is no answer, or without the reason that a refusal, even in part, must have.
    """
    if decision not in ANSWERS or decision == Decision.PENDING:
        raise ValueError(decision)
    if decision != Decision.REFUSED and not identity_checked:
        raise IdentityUnchecked
    requests = RightsRequest.objects.select_for_update(of=("self",)).select_related("organisation")
    request = requests.get(pk=request_id)
    decide(
        request,
        decision,
        user=user,
        seen=Decision.PENDING,
        refusal="" if decision == Decision.GRANTED else RightsRequest.Refusal(refusal),
        done=done,
        identity_checked=identity_checked,
    )
    audit.record(
        action=audit.Action.RIGHTS_ANSWERED,
        user=user,
        about=request,
        reference=request.number,
        address=address,
        details={"kind": request.kind, "state": request.decision},
    )
    queue(notices.Answered(request))
    return request


def recount_open(*, calendar_id: int) -> int:
    """Count the open requests of a calendar again from their start; gives how many moved. Safe to run twice."""
    moved = 0
    delays = Delay.objects.with_calendar().filter(calendar_id=calendar_id).in_bulk()
    waiting = RightsRequest.objects.pending().filter(delay__in=delays)
    for request in waiting.iterator(chunk_size=200):
        due = compute(delay=delays[request.delay_id], start=request.received_at)
        if due.at != request.due_at:
            still = RightsRequest.objects.filter(pk=request.pk, decision=Decision.PENDING)
            moved += still.update(due_at=due.at, explanation=due.explanation.as_json())
    return moved


def erase_old() -> int:
    """Take answered requests out of the register once their retention is over, with their messages; gives how many.

    The audit log keeps that a request of this number was answered, by whom and how. The longest answered come first,
    and the first that is not due ends the search. Safe to run twice.
    """
    erased = 0
    for rule in RightsDelay.objects.filter(retention__isnull=False).select_related("retention__calendar"):
        while keys := _past_retention(rule):
            erased += _erase(keys)
    return erased


def _past_retention(rule: RightsDelay) -> list[int]:
    answered = RightsRequest.objects.filter(organisation=rule.organisation_id, kind=rule.kind, decided_at__isnull=False)
    delay: Delay = rule.retention  # type: ignore[assignment]
    days, now = CalendarDays.of(delay.calendar), timezone.now()
    found = []
    for key, decided_at in answered.order_by("decided_at", "pk").values_list("pk", "decided_at")[:BATCH]:
        if compute(delay=delay, start=decided_at, days=days).at > now:  # type: ignore[arg-type]
            break
        found.append(key)
    return found


@transaction.atomic
def _erase(request_ids: list[int]) -> int:
    forget_messages(about=[f"rights-request:{key}" for key in request_ids])
    return RightsRequest.objects.filter(pk__in=request_ids).delete()[0]
