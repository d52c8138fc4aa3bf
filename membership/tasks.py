"""What the portal does for members without being asked."""

from __future__ import annotations

from celery import shared_task

from .services.importing import prune_imports


@shared_task(name="membership.prune")
def prune() -> None:
    """Delete lists of members that were read and never taken in (each night)."""
    prune_imports()
