"""Legal hold: as long as it lasts, a case is neither archived nor erased, whatever its age (F29)."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.models import Case, CommonEvent
from claims_portal.cases.refusals import TransitionNotAllowed

from .changes import apply_transition, lock_case


@transaction.atomic
def place_hold(model: type[Case], *, case_id: int, user: User, body: str) -> Any:
    """Forbid the disposal of a case, with the reason. A disposal already proposed will leave it out.

    Raise TransitionNotAllowed when the case is held already, or erased.
    """
    case = lock_case(model, case_id)
    if case.is_held:
        raise TransitionNotAllowed("hold", case.state)
    now = timezone.now()
    apply_transition(case, "hold", event_kind=CommonEvent.HOLD_PLACED, user=user, body=body, at=now, held_at=now)
    return case


@transaction.atomic
def lift_hold(model: type[Case], *, case_id: int, user: User, body: str) -> Any:
    """Let a case age again, with the reason. Raise TransitionNotAllowed when it is not held."""
    case = lock_case(model, case_id)
    if not case.is_held:
        raise TransitionNotAllowed("release", case.state)
    apply_transition(case, "release", event_kind=CommonEvent.HOLD_LIFTED, user=user, body=body, held_at=None)
    return case
