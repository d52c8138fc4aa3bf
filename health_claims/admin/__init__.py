"""The agents' pages about declarations, claims and their settlement, under /gestion/."""

from .accounts import MemberAccountAdmin
from .approvals import PriorApprovalAdmin
from .batches import SettlementBatchAdmin
from .claims import ClaimAdmin
from .declarations import DeclarationAdmin
from .reasons import ReasonAdmin
from .reviews import ReviewRuleAdmin

__all__ = [
    "ClaimAdmin",
    "DeclarationAdmin",
    "MemberAccountAdmin",
    "PriorApprovalAdmin",
    "ReasonAdmin",
    "ReviewRuleAdmin",
    "SettlementBatchAdmin",
]
