"""Who does what about sickness files: the roles that an installation begins with, readable as a table."""

from __future__ import annotations

from claims_portal.accounts import services
from claims_portal.accounts.models import SEE_ORGANISATION

from .workflow import GIVE_BACK, HANDLE, READ_MEDICAL, SETTLE

VIEW_DECLARATIONS = "health_claims.view_declaration"
VIEW_CLAIMS = "health_claims.view_claim"
VIEW_BATCHES = "health_claims.view_settlementbatch"
VIEW_MEMBERS = "membership.view_member"
VIEW = [VIEW_DECLARATIONS, VIEW_CLAIMS]

HANDLERS = "Gestionnaires maladie"
SETTLERS = "Régleurs"
SUPERVISORS = "Superviseurs maladie"
ROLES = {
    HANDLERS: [*VIEW, HANDLE, READ_MEDICAL],
    SETTLERS: [VIEW_CLAIMS, VIEW_BATCHES, SETTLE],
    SUPERVISORS: [
        *(*VIEW, VIEW_BATCHES, HANDLE, READ_MEDICAL),
        *(VIEW_MEMBERS, GIVE_BACK, SEE_ORGANISATION, "accounts.view_auditentry"),
    ],
}


def ensure_roles(*, refresh: bool = False) -> None:
    """Make these roles; those that exist stay as an administrator changed them, unless `refresh`."""
    services.ensure_roles(roles=ROLES, refresh=refresh)
