"""What the portal does for members without being asked."""

from __future__ import annotations

from celery import shared_task

from .services.importing import prune_imports
from .services.signing_in import prune_browsers


@shared_task(name="membership.prune")
def prune() -> None:
    """Delete lists of members that were read and never taken in, and browsers known too long ago (each night)."""
    prune_imports()
    prune_browsers()
