"""Declarations, the claims they open, and the statements of these."""

from .account import AccountReturn
from .approval import PriorApproval
from .claim import (
    Abatement,
    Claim,
    ClaimDisposal,
    ClaimDocument,
    ClaimEvent,
    SettlementBatch,
    Statement,
    StatementLine,
)
from .complaint import MemberComplaint, complaints_of
from .declaration import (
    Declaration,
    DeclarationDisposal,
    DeclarationDocument,
    DeclarationEvent,
    DocumentKind,
    IdentityPaper,
)
from .reference import DailyCounter, Reason
from .review import ReviewRule

__all__ = [
    "Abatement",
    "AccountReturn",
    "Claim",
    "ClaimDisposal",
    "ClaimDocument",
    "ClaimEvent",
    "DailyCounter",
    "Declaration",
    "DeclarationDisposal",
    "DeclarationDocument",
    "DeclarationEvent",
    "DocumentKind",
    "IdentityPaper",
    "MemberComplaint",
    "PriorApproval",
    "Reason",
    "ReviewRule",
    "SettlementBatch",
    "Statement",
    "StatementLine",
    "complaints_of",
]
