"""The complaint and everything that belongs to it."""

from .case import Channel, Complainant, Complaint, ComplaintDocument, Dependant, DocumentKind, Quality
from .disposal import Disposal, DisposalBatch
from .history import Clock, ClockKind, Event, EventKind, Pause
from .linking import CaseLink
from .paper import Letter, TrackingRequest
from .procedure import AskedField, Category, Procedure, Respondent
from .referral import Recipient, Referral
from .routing import AssignmentRule, Team
from .saved import SavedFilter

__all__ = [
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
    "DisposalBatch",
    "DocumentKind",
    "Event",
    "EventKind",
    "Letter",
    "Pause",
    "Procedure",
    "Quality",
    "Recipient",
    "Referral",
    "Respondent",
    "SavedFilter",
    "Team",
    "TrackingRequest",
]
