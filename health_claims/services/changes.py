"""The one way a declaration or a claim changes: row locked, transition checked, state and event written."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime, timedelta

from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.workflow import Workflow
from claims_portal.documents.models import Document
from claims_portal.documents.services import discard_document
from health_claims.models import Claim, ClaimEvent, Declaration, DeclarationEvent
from health_claims.workflow import claim_workflow, declaration_workflow

PRESSED_TWICE = timedelta(minutes=2)
INTERNAL = frozenset({"assign", "attach", "review"})  # the desk's own housekeeping: the member does not read it


def locked_declaration(declaration_id: int) -> Declaration:
    """The declaration under its row's lock, with what notices need. Call it inside a transaction."""
    return (
        Declaration.objects.select_for_update(of=("self",))
        .select_related("desk__organisation", "member__policy", "member__account", "patient", "prestation", "reason")
        .get(pk=declaration_id)
    )


def change_declaration(
    *,
    declaration: Declaration,
    transition: str,
    user: User | None = None,
    body: str = "",
    at: datetime | None = None,
    **fields: object,
) -> DeclarationEvent:
    """Apply a transition to a locked declaration and record it; TransitionNotAllowed when its state forbids it.

    `user` None is the member. `fields` are other columns this change sets.
    """
    told = _moved(declaration, declaration_workflow, transition, fields)
    return DeclarationEvent.objects.create(
        declaration=declaration, at=at or timezone.now(), user=user, body=body, **told
    )


def locked_claim(claim_id: int) -> Claim:
    """The claim under its row's lock, with what notices need. Call it inside a transaction."""
    return (
        Claim.objects.select_for_update(of=("self",))
        .select_related(
            *("desk__organisation", "member__policy", "member__account", "patient", "prestation", "guarantee"),
            *("declaration", "review_rule"),
        )
        .get(pk=claim_id)
    )


def change_claim(
    *,
    claim: Claim,
    transition: str,
    user: User | None = None,
    body: str = "",
    at: datetime | None = None,
    **fields: object,
) -> ClaimEvent:
    """Apply a transition to a locked claim and record it; TransitionNotAllowed when its state forbids it.

    `user` None is the member. `fields` are other columns this change sets.
    """
    told = _moved(claim, claim_workflow, transition, fields)
    return ClaimEvent.objects.create(claim=claim, at=at or timezone.now(), user=user, body=body, **told)


def answered_already(row: Declaration | Claim, *, body: str, documents: Sequence[Document]) -> bool:
    """Whether the member sent this very answer to a locked row a moment ago: the button was pressed twice.

    What was received for the second press is then destroyed. Two queries.
    """
    last = row.events.last()
    if last is None or (last.kind, last.body) != ("supply", body) or timezone.now() - last.at >= PRESSED_TWICE:
        return False
    known = set(row.pieces.values_list("document__sha256", flat=True))
    if not known.issuperset(document.sha256 for document in documents):
        return False
    for document in documents:
        discard_document(document=document)
    return True


def _moved(
    row: Declaration | Claim, workflow: Workflow, transition: str, fields: dict[str, object]
) -> dict[str, object]:
    """Write the row's new state and columns; what its event says of that."""
    row.state = workflow.check(transition, row.state).target_from(row.state)
    for name, value in fields.items():
        setattr(row, name, value)
    row.save(update_fields=["state", *fields])
    return {"kind": transition, "to_state": row.state, "is_public": transition not in INTERNAL}
