"""Opening, printing or reading what belongs to a case is a line of the audit log."""

from __future__ import annotations

from django.db.models import Model
from django.http import HttpRequest

from claims_portal.accounts import audit
from claims_portal.middleware import client_address
from complaints.models import Complaint


def log_reading(request: HttpRequest, action: audit.Action, complaint: Complaint, about: Model | None = None) -> None:
    """Who did it, to which case, and to which of its rows: the case itself unless `about` says."""
    audit.record(
        action=action,
        user=request.user,  # type: ignore[arg-type]
        about=about or complaint,
        reference=complaint.number,
        desk=complaint.desk,
        address=client_address(request),
    )
