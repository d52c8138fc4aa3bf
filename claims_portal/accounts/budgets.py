"""How many SMS the portal pays for: one budget for notices, others for codes, so that neither uses up the other's.

The counters are in PostgreSQL (`throttles`): when they cannot be counted, nothing is sent.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import structlog
from django.conf import settings
from django.utils.translation import gettext_lazy as _

from . import throttles

logger = structlog.get_logger("portal.budgets")

DAY = 24 * 3600  # seconds
NOTICES, CODES, CODES_ASKED = "sms-notices", "sms-codes", "code-budget"
EVERYBODY = "all"
LABELS: dict[str, Any] = {
    NOTICES: _("SMS d’information, par jour"),
    CODES: _("Codes par SMS, par jour"),
    CODES_ASKED: _("Codes demandés, par heure"),
}


@dataclass(frozen=True)
class Use:
    """How much of a budget is used in its present window."""

    label: str
    used: int
    allowed: int

    @property
    def percent(self) -> int:
        return min(100, 100 * self.used // self.allowed) if self.allowed > 0 else 100

    @property
    def is_spent(self) -> bool:
        return self.used >= self.allowed

    @property
    def is_low(self) -> bool:
        """True from four fifths."""
        return self.used >= warning_at(self.allowed)


def limit_of(scope: str) -> tuple[int, int]:
    """Return (SMS, seconds) of a budget."""
    if scope == CODES_ASKED:
        return settings.THROTTLES[CODES_ASKED]
    return (settings.SMS_PER_DAY if scope == NOTICES else settings.SMS_CODES_PER_DAY, DAY)


def warning_at(allowed: int) -> int:
    """Return the number of SMS with which 80 % of a budget is used."""
    return -(-allowed * 4 // 5)


def spend(scope: str) -> None:
    """Count one SMS against a budget. LimitReached when it is spent; an alarm in the log at 80 % and at 100 %."""
    allowed, seconds = limit_of(scope)
    used = throttles.count(scope, EVERYBODY, limit=(allowed, seconds))
    if used in (warning_at(allowed), allowed):
        logger.error("sms_budget_alarm", budget=scope, used=used, allowed=allowed, percent=100 * used // allowed)


def uses() -> list[Use]:
    """Return the present use of every budget."""
    found = []
    for scope, label in LABELS.items():
        allowed, seconds = limit_of(scope)
        used = throttles.used(scope, EVERYBODY, limit=(allowed, seconds))
        found.append(Use(label=str(label), used=min(used, allowed), allowed=allowed))
    return found
