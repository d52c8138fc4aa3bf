"""What happens to requests without anybody asking."""

from __future__ import annotations

from celery import shared_task

from claims_portal.deadlines.models import Calendar

from .services import erase_old, recount_open


@shared_task(name="privacy.recount")
def recount(calendar_id: int) -> None:
    """Count the open requests of a calendar again, because it changed."""
    recount_open(calendar_id=calendar_id)


@shared_task(name="privacy.retention")
def retention() -> None:
    """Erase what has been kept long enough (each night)."""
    erase_old()


def calendar_changed(calendar: Calendar) -> None:
    """Queue it."""
    recount.delay(calendar.pk)
