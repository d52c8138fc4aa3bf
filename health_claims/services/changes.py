"""The one way a declaration or a claim changes: row locked, transition checked, state and event written."""

from __future__ import annotations

from datetime import datetime

from django.utils import timezone

from claims_portal.accounts.models import User
from health_claims.models import Claim, ClaimEvent, Declaration, DeclarationEvent
from health_claims.workflow import claim_workflow, declaration_workflow

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
    step = declaration_workflow.check(transition, declaration.state)
    declaration.state = step.target_from(declaration.state)
    for name, value in fields.items():
        setattr(declaration, name, value)
    declaration.save(update_fields=["state", *fields])
    return DeclarationEvent.objects.create(
        declaration=declaration,
        kind=transition,
        at=at or timezone.now(),
        user=user,
        to_state=declaration.state,
        body=body,
        is_public=transition not in INTERNAL,
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
    step = claim_workflow.check(transition, claim.state)
    claim.state = step.target_from(claim.state)
    for name, value in fields.items():
        setattr(claim, name, value)
    claim.save(update_fields=["state", *fields])
    return ClaimEvent.objects.create(
        claim=claim,
        kind=transition,
        at=at or timezone.now(),
        user=user,
        to_state=claim.state,
        body=body,
        is_public=transition not in INTERNAL,
    )
