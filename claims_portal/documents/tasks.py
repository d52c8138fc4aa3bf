"""Documents in the background: what waits for the antivirus, what nobody claimed."""

from datetime import timedelta

from celery import shared_task
from django.conf import settings
from django.utils import timezone

from .services import prune_documents, scan_pending_documents


@shared_task(name="documents.scan_pending")
def scan_pending() -> None:
    scan_pending_documents()


@shared_task(name="documents.prune")
def prune() -> None:
    # A draft lives DRAFT_DAYS after its last change; the day more lets it go first.
    prune_documents(older_than=timezone.now() - timedelta(days=settings.DRAFT_DAYS + 1))
