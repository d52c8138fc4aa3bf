"""The pages of the back-office that belong to no business app."""

from .cases.disposals import DisposalBatchAdmin

__all__ = ["DisposalBatchAdmin"]
