"""The lines of the audit log that say who of the staff read what of a case."""

from __future__ import annotations

from typing import Any

from django.db.models import Model
from django.http import HttpRequest

from claims_portal.accounts import audit
from claims_portal.middleware import client_address


def log_reading(request: HttpRequest, action: audit.Action, case: Any, about: Model) -> None:
    """Record that this person read `about`, the case itself or a document of it."""
    audit.record(
        action=action,
        user=request.user,  # type: ignore[arg-type]
        about=about,
        reference=case.number,
        desk=case.desk,
        address=client_address(request),
    )
