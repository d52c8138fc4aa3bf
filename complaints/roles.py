"""Who does what about complaints: the roles that an installation begins with, readable as a table."""

from __future__ import annotations

from claims_portal.accounts import services
from claims_portal.accounts.models import SEE_ORGANISATION

from .workflow import HANDLE, SEE_CONTACT

VIEW = "complaints.view_complaint"
SEE_LOG = "accounts.view_auditentry"
# What makes a desk: its texts, categories, questions, delays and calendars.
SETTINGS = {
    "organisations": ["sector", "organisation", "desk", "legaltext"],
    "complaints": ["procedure", "category", "askedfield", "respondent"],
    "deadlines": ["calendar", "holidayoverride", "delay"],
}


def on_settings(*verbs: str) -> list[str]:
    """The permissions to do so with every setting."""
    return [f"{app}.{verb}_{model}" for app, models in SETTINGS.items() for model in models for verb in verbs]


AGENTS = "Agents"
SUPERVISORS = "Superviseurs"
AUDITORS = "Auditeurs"
PROCEDURES = "Administrateurs des procédures"
ROLES = {
    AGENTS: [VIEW, HANDLE, SEE_CONTACT, *on_settings("view")],
    SUPERVISORS: [VIEW, HANDLE, SEE_CONTACT, SEE_ORGANISATION, SEE_LOG, *on_settings("view")],
    AUDITORS: [VIEW, SEE_ORGANISATION, SEE_LOG, *on_settings("view")],
    PROCEDURES: [
        *on_settings("view", "add", "change"),
        "complaints.delete_askedfield",
        "deadlines.delete_holidayoverride",
    ],
}


def ensure_roles(*, refresh: bool = False) -> None:
    """Make these roles; those that exist stay as an administrator changed them, unless `refresh`."""
    services.ensure_roles(roles=ROLES, refresh=refresh)
