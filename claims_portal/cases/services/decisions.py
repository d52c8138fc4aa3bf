"""The one way something that waits for a decision is granted, refused or cancelled."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.models import DECISIONS, Decision
from claims_portal.cases.refusals import AlreadyDecided


def decide(
    row: Any, decision: str, *, user: User | None, note: str = "", seen: str | None = None, **fields: Any
) -> Any:
    """Write the decision of a `Decidable` row whose lock the caller holds, and return the row.

    `seen` is the decision that its page showed, the present one when not given; `fields` are other columns to write.
    Raise AlreadyDecided when another decision was taken since, or when this one does not follow it.
    """
    before = Decision(row.decision)
    if (seen is not None and before != seen) or Decision(decision) not in DECISIONS[before]:
        raise AlreadyDecided
    written = {"decision": decision, "decided_at": timezone.now(), "decided_by": user, "decision_note": note} | fields
    for name, value in written.items():
        setattr(row, name, value)
    row.save(update_fields=list(written))
    return row
