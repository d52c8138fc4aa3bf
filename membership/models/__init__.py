"""Policies and what they guarantee, members and their families."""

from .card import MemberCard
from .change import SensitiveChange
from .member import Beneficiary, KnownBrowser, Member, MemberAccount, MemberImport, rights_on
from .policy import (
    BaseRegime,
    Ceiling,
    Deductible,
    DepositPoint,
    Guarantee,
    KeyLetter,
    Policy,
    PracticalText,
    Prestation,
    RequiredPiece,
)

__all__ = [
    "BaseRegime",
    "Beneficiary",
    "Ceiling",
    "Deductible",
    "DepositPoint",
    "Guarantee",
    "KeyLetter",
    "KnownBrowser",
    "Member",
    "MemberAccount",
    "MemberCard",
    "MemberImport",
    "Policy",
    "PracticalText",
    "Prestation",
    "RequiredPiece",
    "SensitiveChange",
    "rights_on",
]
