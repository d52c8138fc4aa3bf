"""What every kind of case has between the desk and the person: opening, messages, complements, notes, closing.

Each is one transaction, one event, and the notice that the kind of case sends for that transition. A kind of case that
does more in one of them writes its own service beside these.
"""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any, TypeVar

from django.conf import settings
from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.kinds import kind_of
from claims_portal.cases.models import Actor, Case, CommonEvent
from claims_portal.cases.refusals import TooManyMessages
from claims_portal.notifications.services import queue

from .changes import Joined, apply_transition, is_repeated_press, join_documents, lock_case
from .clocks import begin_pause, build_first_clocks, end_pause, stop_clocks

SomeCase = TypeVar("SomeCase", bound=Case)


def open_case(
    case: SomeCase, *, user: User | None = None, body: str = "", documents: Joined = (), event_kind: str = ""
) -> Any:
    """Write a new case with its first event, its documents and its clocks, and return the event.

    Call it inside a transaction; the number is the caller's. The notice of « open » is queued, where there is one.
    """
    kind = kind_of(case)
    clocks = build_first_clocks(case) if kind.clocks is not None else []
    case.waiting_on = case.workflow.party_in(case.state)
    case.save(force_insert=True)
    if clocks:
        kind.clocks._default_manager.bulk_create(clocks)
    event = kind.events._default_manager.create(
        case=case,
        kind=event_kind or CommonEvent.OPENED,
        at=timezone.now(),
        actor=Actor.STAFF if user is not None else Actor.PERSON,
        user=user,
        to_state=case.state,
        body=body,
    )
    join_documents(case, documents=documents, event=event)
    notify(case, "open", event)
    return event


def notify(case: Case, transition: str, event: Any) -> None:
    """Queue the message that this kind of case sends for a transition; nothing where it sends none."""
    notice = kind_of(case).notices.get(transition)
    if notice is not None:
        queue(notice(case, event))


@transaction.atomic
def send_message(model: type[Case], *, case_id: int, user: User, body: str, documents: Joined = ()) -> Any:
    """Write to the person without changing where the case stands (F16)."""
    case = lock_case(model, case_id)
    event = apply_transition(case, "message", user=user, body=body, documents=documents)
    notify(case, "message", event)
    return case


@transaction.atomic
def ask_for_complement(
    model: type[Case], *, case_id: int, user: User, body: str, documents: Joined = (), **fields: Any
) -> Any:
    """Ask the person for more; the clocks that pause stand still until they reply.

    The agent becomes the handler of a case that had none.
    """
    case = lock_case(model, case_id)
    now = timezone.now()
    event = apply_transition(
        case,
        "ask_complement",
        user=user,
        body=body,
        documents=documents,
        at=now,
        assigned_to_id=case.assigned_to_id or user.pk,
        **fields,
    )
    if kind_of(case).clocks is not None:
        begin_pause(case, at=now)
    notify(case, "ask_complement", event)
    return case


@transaction.atomic
def write_to_desk(model: type[Case], *, case_id: int, body: str, documents: Joined = ()) -> Any:
    """Send what the person writes: the complement when one was asked for, a message otherwise.

    The same words with the same files, pressed twice, are one message. Raise TransitionNotAllowed when the case is
    closed, TooManyMessages when it holds no more.
    """
    case = lock_case(model, case_id)
    workflow = model.workflow
    kinds = [workflow[name].event_kind for name in ("supply", "write")]
    if is_repeated_press(case, kinds=kinds, body=body, documents=[document for document, _kind in documents]):
        return case
    check_room(case)
    now = timezone.now()
    transition = "supply" if workflow.allows("supply", case.state) else "write"
    apply_transition(case, transition, body=body, documents=documents, at=now)
    if transition == "supply" and kind_of(case).clocks is not None:
        end_pause(case, at=now)
    return case


def check_room(case: Any) -> None:
    """Raise TooManyMessages when the words of the person on this case reach the limit. One query."""
    if case.events.filter(actor=Actor.PERSON).exclude(body="").count() >= settings.CASE_MESSAGES:
        raise TooManyMessages


@transaction.atomic
def add_note(model: type[Case], *, case_id: int, user: User, body: str) -> Any:
    """Write something down for the desk alone: the person never reads it."""
    case = lock_case(model, case_id)
    apply_transition(case, "note", user=user, body=body)
    return case


@transaction.atomic
def close_case(model: type[Case], *, case_id: int, user: User | None = None, body: str = "") -> Any:
    """Close a case on the desk's side, or the person's (`user` None); its clocks stop."""
    case = lock_case(model, case_id)
    now = timezone.now()
    event = apply_transition(case, "close" if user is not None else "withdraw", user=user, body=body, at=now)
    if kind_of(case).clocks is not None:
        end_pause(case, at=now)
        stop_clocks(case, at=now)
    notify(case, "close", event)
    return case


def documents_as(kind: str, documents: Sequence[Any]) -> Joined:
    """Return documents with what they show, as the services take them."""
    return [(document, kind) for document in documents]
