"""The agents' and supervisors' pages about complaints, under /gestion/."""

from .answering import MediationAdmin, MediatorAdmin, OutcomeAdmin, ReasonAdmin
from .complaint import ComplaintAdmin
from .letters import LetterAdmin
from .online import TrackingRequestAdmin
from .procedure import AskedFieldAdmin, CategoryAdmin, ProcedureAdmin, RespondentAdmin
from .referral import RecipientAdmin
from .routing import AssignmentRuleAdmin, TeamAdmin
from .wording import AnswerTemplateAdmin

__all__ = [
    "AnswerTemplateAdmin",
    "AskedFieldAdmin",
    "AssignmentRuleAdmin",
    "CategoryAdmin",
    "ComplaintAdmin",
    "LetterAdmin",
    "MediationAdmin",
    "MediatorAdmin",
    "OutcomeAdmin",
    "ProcedureAdmin",
    "ReasonAdmin",
    "RecipientAdmin",
    "RespondentAdmin",
    "TeamAdmin",
    "TrackingRequestAdmin",
]
