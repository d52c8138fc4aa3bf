"""How a case changes: its row locked, the transition checked, the state written, an event appended."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from datetime import datetime, timedelta
from typing import Any, TypeVar

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.kinds import kind_of
from claims_portal.cases.models import Actor, Case, CommonEvent
from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.documents.models import Document
from claims_portal.documents.services import claim_documents

SomeCase = TypeVar("SomeCase", bound=Case)

Joined = Sequence[tuple[Document, str]]  # documents with what they show, a kind of the case's own choices

PRESSED_TWICE = timedelta(minutes=2)
# What happens by itself changes nothing in what somebody was about to do with the case.
UNSEEN = frozenset({CommonEvent.ESCALATED, "late-told", "closing-announced"})


def lock_case(model: type[SomeCase], case_id: int) -> SomeCase:
    """Return the case under the lock of its row, with what its notices read. Call it inside a transaction.

    Raise TransitionNotAllowed for a case that was erased, DoesNotExist for none. One query.
    """
    locked = model._default_manager.select_for_update(of=("self",)).select_related(*kind_of(model).related)
    case = locked.get(pk=case_id)
    if case.disposed_at is not None:
        raise TransitionNotAllowed("anything", "disposed")
    return case


def apply_transition(
    case: Case,
    transition: str,
    *,
    user: User | None = None,
    event_kind: str = "",
    actor: str = "",
    on_behalf_of: str = "",
    body: str = "",
    documents: Joined = (),
    at: datetime | None = None,
    **fields: object,
) -> Any:
    """Apply a transition to a locked case and return its event; raise TransitionNotAllowed when its state forbids it.

    `user` None is the person concerned, or the portal where `actor` says so. `fields` are other columns of the case
    that the change sets. A case is closed in the states in which nobody has to act. Two statements, and two for
    documents.
    """
    before, now = case.state, at or timezone.now()
    step = case.workflow.check(transition, before)
    case.state = step.target_from(before)
    case.waiting_on = case.workflow.party_after(step, case.state, case.waiting_on)
    if case.workflow.is_final(case.state) != case.workflow.is_final(before):
        fields["closed_at"] = now if case.workflow.is_final(case.state) else None
    if user is not None and case.undelivered_at:
        fields["undelivered_at"] = None  # a member of staff has seen it and acts
    for name, value in fields.items():
        setattr(case, name, value)
    columns: list[str] = ["state", "waiting_on", "changed_at", *fields]
    case.save(update_fields=columns)
    event = record_event(
        case,
        event_kind or step.event_kind,
        at=now,
        actor=actor or (Actor.STAFF if user is not None else Actor.PERSON),
        user=user,
        on_behalf_of=on_behalf_of,
        from_state=before,
        body=body,
        is_public=not step.is_internal,
    )
    join_documents(case, documents=documents, event=event)
    if (changed := kind_of(case).changed) is not None:
        changed(case, event)
    return event


def record_event(
    case: Case, kind: str, *, at: datetime | None = None, user: User | None = None, actor: str = "", **columns: Any
) -> Any:
    """Append an event and return it; the case stays in its state unless `from_state` says where it came from.

    Without `user`, the portal did it unless `actor` says who. One statement.
    """
    return case.events.create(  # type: ignore[attr-defined]
        kind=kind,
        at=at or timezone.now(),
        actor=actor or (Actor.STAFF if user is not None else Actor.PORTAL),
        user=user,
        to_state=case.state,
        **{"from_state": case.state, **columns},
    )


def join_documents(case: Case, *, documents: Joined, event: Any) -> None:
    """Claim received documents for the case, as brought on the occasion of an event. Two statements at most."""
    if not documents:
        return
    claim_documents(documents=[document for document, _kind in documents])
    joined = kind_of(case).documents
    joined._default_manager.bulk_create(
        joined(case=case, document=document, kind=kind, event=event) for document, kind in documents
    )


@contextmanager
def as_seen(model: type[Case], *, case_id: int, last_event_id: int) -> Iterator[None]:
    """Act on a case only as it was seen; raise ChangedMeanwhile when its last event is another one by now.

    One transaction around what is done inside, under the lock of the case.
    """
    with transaction.atomic():
        locked = model._default_manager.select_for_update(of=("self",)).only("pk").get(pk=case_id)
        news = kind_of(model).events._default_manager.filter(case=locked, pk__gt=last_event_id)
        if events := list(news.exclude(kind__in=UNSEEN).select_related("user").order_by("pk")):
            raise ChangedMeanwhile(events)
        yield


def is_repeated_press(case: Case, *, kinds: Sequence[str], body: str, documents: Sequence[Document]) -> bool:
    """Return whether the last event of a locked case is this very message, sent a moment ago.

    Somebody who forgot a file sends the same words again with it: that is another message. Two queries.
    """
    last = case.events.last()  # type: ignore[attr-defined]
    if last is None or last.kind not in kinds or timezone.now() - last.at >= PRESSED_TWICE:
        return False
    sent = last.documents.values_list("document__sha256", flat=True)
    return bool(last.body == body and sorted(sent) == sorted(document.sha256 for document in documents))
