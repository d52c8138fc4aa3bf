"""The abstract tables of a case. Each kind of case declares its own, so that rights and indexes stay per kind.

    class Complaint(Case):
        state = models.CharField(_("état"), max_length=20, choices=State, default=State.RECEIVED)
        workflow = workflow

    class Event(CaseEvent):
        case = models.ForeignKey(Complaint, models.PROTECT, related_name="events")

The block finds the tables of a case by their reverse names: `events`, `documents`, `clocks` and `pauses`.
"""

from __future__ import annotations

from .case import (
    NO_PROMISE,
    Actor,
    Case,
    CaseDocument,
    CaseEvent,
    CaseEventQuerySet,
    CaseQuerySet,
    Channel,
    CommonEvent,
)
from .clock import CaseClock, CaseClockQuerySet, CasePause
from .decision import DECISIONS, Decidable, Decision
from .disposal import CaseDisposal, DisposalBatch, DisposalBatchQuerySet

__all__ = [
    "DECISIONS",
    "NO_PROMISE",
    "Actor",
    "Case",
    "CaseClock",
    "CaseClockQuerySet",
    "CaseDisposal",
    "CaseDocument",
    "CaseEvent",
    "CaseEventQuerySet",
    "CasePause",
    "CaseQuerySet",
    "Channel",
    "CommonEvent",
    "Decidable",
    "Decision",
    "DisposalBatch",
    "DisposalBatchQuerySet",
]
