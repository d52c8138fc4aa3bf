"""Tidying of what has expired."""

from celery import shared_task

from .searches import prune_searches


@shared_task(name="backoffice.prune")
def prune() -> None:
    prune_searches()
