"""The agents' and supervisors' pages about complaints, under /gestion/."""

from .complaint import ComplaintAdmin
from .disposals import DisposalBatchAdmin
from .letters import LetterAdmin
from .online import TrackingRequestAdmin
from .procedure import AskedFieldAdmin, CategoryAdmin, ProcedureAdmin, RespondentAdmin

__all__ = [
    "AskedFieldAdmin",
    "CategoryAdmin",
    "ComplaintAdmin",
    "DisposalBatchAdmin",
    "LetterAdmin",
    "ProcedureAdmin",
    "RespondentAdmin",
    "TrackingRequestAdmin",
]
