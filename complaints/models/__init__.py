"""The complaint and everything that belongs to it."""

from claims_portal.cases.models import Channel

from .answering import Answer, Mediation, Mediator, Outcome, Reason
from .case import Complainant, Complaint, ComplaintDocument, Dependant, DocumentKind, Quality
from .disposal import Disposal
from .expected import ExpectedDelay
from .history import Clock, ClockKind, Event, EventKind, Pause
from .linking import CaseLink
from .paper import Letter, TrackingRequest
from .procedure import AskedField, Category, Procedure, Respondent, RiskBearer
from .referral import Recipient, Referral
from .routing import AssignmentRule, Team
from .saved import SavedFilter
from .template import AnswerTemplate

__all__ = [
    "Answer",
    "AnswerTemplate",
    "AskedField",
    "AssignmentRule",
    "CaseLink",
    "Category",
    "Channel",
    "Clock",
    "ClockKind",
    "Complainant",
    "Complaint",
    "ComplaintDocument",
    "Dependant",
    "Disposal",
    "DocumentKind",
    "Event",
    "EventKind",
    "ExpectedDelay",
    "Letter",
    "Mediation",
    "Mediator",
    "Outcome",
    "Pause",
    "Procedure",
    "Quality",
    "Reason",
    "Recipient",
    "Referral",
    "Respondent",
    "RiskBearer",
    "SavedFilter",
    "Team",
    "TrackingRequest",
]
