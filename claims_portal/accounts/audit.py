"""The audit log: who opened, read, exported or changed what. Written here, read in /gestion/, changed nowhere."""

from __future__ import annotations

from typing import Any

from django.db.models import Model

from claims_portal.organisations.models import Desk

from .models import AuditEntry, User

Action = AuditEntry.Action


def record(
    *,
    action: Action,
    user: User | None,
    about: Model | None = None,
    reference: str = "",
    desk: Desk | None = None,
    address: str | None = None,
    details: dict[str, Any] | None = None,
) -> AuditEntry:
    """Write one line, with one insert. It holds when the caller's transaction does.

    `about` is the row concerned, `reference` what people call it (a case number), `desk` the desk it belongs to,
    `address` the client's. `details` say how much and which, never anything about a person, but for changes of who
    is paid or may sign in: they keep the values before and after, of RIB and CIN the last characters only.
    """
    return AuditEntry.objects.create(
        action=action,
        user=user,
        object_type=about._meta.label_lower if about is not None else "",
        object_id=str(about.pk) if about is not None else "",
        reference=reference,
        desk=desk,
        address=address,
        details=details or {},
    )
