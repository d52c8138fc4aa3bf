"""Declarations, the claims they open, and the statements of these."""

from .account import AccountReturn
from .approval import PriorApproval
from .claim import (
    Abatement,
    Claim,
    ClaimEvent,
    ClaimPiece,
    SettlementBatch,
    Statement,
    StatementLine,
)
from .complaint import MemberComplaint, complaints_of
from .declaration import Declaration, DeclarationEvent, DeclarationPiece, IdentityPaper
from .reference import DailyCounter, Reason
from .review import ReviewRule

__all__ = [
    "Abatement",
    "AccountReturn",
    "Claim",
    "ClaimEvent",
    "ClaimPiece",
    "DailyCounter",
    "Declaration",
    "DeclarationEvent",
    "DeclarationPiece",
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
