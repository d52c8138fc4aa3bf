"""Who works here, with which rights, and what they did."""

from .journal import AuditEntryAdmin
from .people import RoleAdmin, StaffAdmin

__all__ = ["AuditEntryAdmin", "RoleAdmin", "StaffAdmin"]
