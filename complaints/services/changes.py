"""The one way a case changes: its row locked, the transition checked, the state and an event written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime

from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from claims_portal.cases.workflow import TransitionNotAllowed
from complaints.models import Complaint, Event, EventKind
from complaints.workflow import INTERNAL, TURN_IN, State, Turn, workflow

from .clocks import await_nothing
from .filing import add_documents
from .letters import promise_letter


def locked(complaint_id: int) -> Complaint:
    """The complaint under its row's lock, with what notices need. Call it inside a transaction.

    TransitionNotAllowed for one that was erased: nothing happens to it any more.
    """
    complaint = (
        Complaint.objects.select_for_update(of=("self",))
        .select_related("desk__organisation", "complainant")
        .get(pk=complaint_id)
    )
    if complaint.disposed_at is not None:
        raise TransitionNotAllowed("anything", "disposed")
    return complaint


def change(
    *,
    complaint: Complaint,
    transition: str,
    kind: EventKind,
    user: User | None = None,
    body: str = "",
    documents: Sequence[tuple[Document, str]] = (),
    at: datetime | None = None,
    **fields: object,
) -> Event:
    """Apply a transition to a locked complaint and record it; TransitionNotAllowed when its state forbids it.

    `user` None is the complainant. `fields` are other columns this change sets. What is internal to the desk
    (`workflow.INTERNAL`) stays hidden from the complainant and hands the turn to nobody.
    """
    before = complaint.state
    _move(complaint, transition)
    if user is not None and complaint.undelivered_at:
        fields["undelivered_at"] = None  # somebody has seen it, and acts
    for name, value in fields.items():
        setattr(complaint, name, value)
    complaint.save(update_fields=["state", "turn", "changed_at", *fields])
    event = Event.objects.create(
        complaint=complaint,
        kind=kind,
        at=at or timezone.now(),
        user=user,
        from_state=before,
        to_state=complaint.state,
        body=body,
        is_public=transition not in INTERNAL,
    )
    add_documents(complaint=complaint, documents=documents, event=event)
    promise_letter(complaint=complaint, event=event)
    return event


def _move(complaint: Complaint, transition: str) -> None:
    """Bring the state and the turn to what the transition makes of them; they are not saved yet."""
    before = complaint.state
    complaint.state = workflow.check(transition, before).target_from(before)
    if transition in INTERNAL:
        return
    complaint.turn = turn_after(complaint.state, transition)
    if before == State.ANSWERED:
        await_nothing(complaint=complaint)


def turn_after(state: str, transition: str) -> str:
    """Whose turn it is after a change: who writes hands the turn over, otherwise the state says."""
    if transition == "write":
        return Turn.DESK
    return TURN_IN[State(state)]
