"""The agents' and supervisors' pages about complaints, under /gestion/."""

from .complaint import ComplaintAdmin
from .disposals import DisposalBatchAdmin
from .letters import LetterAdmin
from .online import TrackingRequestAdmin
from .procedure import AskedFieldAdmin, CategoryAdmin, ProcedureAdmin, RespondentAdmin
from .referral import RecipientAdmin
from .routing import AssignmentRuleAdmin, TeamAdmin

__all__ = [
    "AskedFieldAdmin",
    "AssignmentRuleAdmin",
    "CategoryAdmin",
    "ComplaintAdmin",
    "DisposalBatchAdmin",
    "LetterAdmin",
    "ProcedureAdmin",
    "RecipientAdmin",
    "RespondentAdmin",
    "TeamAdmin",
    "TrackingRequestAdmin",
]
