"""Who does what about complaints: the roles that an installation begins with, readable as a table."""

from __future__ import annotations

from claims_portal.accounts import services
from claims_portal.accounts.models import SEE_ORGANISATION

from .workflow import DISPOSE, HANDLE, HOLD, SEE_ARCHIVES, SEE_CONTACT

VIEW = "complaints.view_complaint"
SEE_LOG = "accounts.view_auditentry"
SEE_DISPOSALS = "cases.view_disposalbatch"
# What makes a desk: its texts, categories, questions, delays and calendars.
SETTINGS = {
    "organisations": ["sector", "organisation", "desk", "legaltext"],
    "complaints": [
        *("procedure", "category", "askedfield", "respondent", "team", "assignmentrule", "recipient"),
        *("answertemplate", "outcome", "reason", "mediator", "mediation"),
    ],
    "deadlines": ["calendar", "holidayoverride", "delay"],
    "membership": [
        "policy",
        "guarantee",
        "requiredpiece",
        "ceiling",
        "deductible",
        "depositpoint",
        "practicaltext",
        "prestation",
        "baseregime",
        "keyletter",
    ],
    "health_claims": ["reason"],
    "privacy": ["rightsdelay"],
}


def on_settings(*verbs: str) -> list[str]:
    """The permissions to do so with every setting."""
    return [f"{app}.{verb}_{model}" for app, models in SETTINGS.items() for model in models for verb in verbs]


SEE_RIGHTS = "privacy.view_rightsrequest"
RIGHTS = [SEE_RIGHTS, "privacy.answer_rightsrequest"]
# Opening what is archived, forbidding that a case is erased, and erasing it: the last one takes two people.
LIFE = [SEE_ARCHIVES, HOLD, DISPOSE]
# A copy of somebody's data holds their sickness files too, without the content of the medical pieces.
SICKNESS_FILES = ["health_claims.view_declaration", "health_claims.view_claim"]

AGENTS = "Agents"
SUPERVISORS = "Superviseurs"
AUDITORS = "Auditeurs"
DATA_PROTECTION = "Protection des données"
PROCEDURES = "Administrateurs des procédures"
ROLES = {
    AGENTS: [VIEW, HANDLE, SEE_CONTACT, *on_settings("view")],
    SUPERVISORS: [VIEW, HANDLE, SEE_CONTACT, *LIFE, SEE_ORGANISATION, SEE_LOG, *on_settings("view")],
    AUDITORS: [VIEW, SEE_ARCHIVES, SEE_RIGHTS, SEE_DISPOSALS, SEE_ORGANISATION, SEE_LOG, *on_settings("view")],
    DATA_PROTECTION: [
        VIEW,
        SEE_CONTACT,
        *LIFE,
        *RIGHTS,
        *SICKNESS_FILES,
        SEE_ORGANISATION,
        SEE_LOG,
        *on_settings("view"),
    ],
    PROCEDURES: [
        *on_settings("view", "add", "change"),
        "complaints.delete_askedfield",
        "complaints.delete_assignmentrule",
        "complaints.delete_team",
        "complaints.delete_mediation",
        "complaints.delete_answertemplate",
        "deadlines.delete_holidayoverride",
        *(f"membership.{verb}_{model}" for verb in ("view", "add", "change") for model in ("member", "beneficiary")),
        "membership.import_members",
    ],
}


def ensure_roles(*, refresh: bool = False) -> None:
    """Make these roles; those that exist stay as an administrator changed them, unless `refresh`."""
    services.ensure_roles(roles=ROLES, refresh=refresh)
