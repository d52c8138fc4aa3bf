"""Contracts and members in the back-office."""

from .member import MemberAdmin
from .policy import BaseRegimeAdmin, GuaranteeAdmin, PolicyAdmin, PrestationAdmin

__all__ = ["BaseRegimeAdmin", "GuaranteeAdmin", "MemberAdmin", "PolicyAdmin", "PrestationAdmin"]
