"""Nightly tidying of drafts."""

from celery import shared_task

from .services import prune_drafts


@shared_task(name="wizards.prune")
def prune() -> None:
    while prune_drafts():
        pass
