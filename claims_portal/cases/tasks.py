"""What the portal does for cases of every kind without being asked."""

from __future__ import annotations

from celery import shared_task

from claims_portal.deadlines.models import Calendar

from .services.clocks import recompute_clocks_of_calendar
from .services.disposal import carry_out_disposals
from .services.erasing import note_files_gone
from .services.reminders import escalate_overdue_cases, remind_of_deadlines
from .services.retention import archive_closed_cases

# Longer than other tasks: a calendar may hold every open case. Shorter than the broker waits before it repeats one.
TIME_LIMIT = 3000


@shared_task(name="cases.recompute_clocks", time_limit=TIME_LIMIT)
def recompute_clocks(calendar_id: int | None = None) -> None:
    """Count the running clocks of a calendar again, or of all calendars (each night)."""
    calendars = Calendar.objects.order_by("pk").values_list("pk", flat=True)
    for key in calendars if calendar_id is None else calendars.filter(pk=calendar_id):
        recompute_clocks_of_calendar(calendar_id=key)


@shared_task(name="cases.remind")
def remind() -> None:
    """Tell the agents before a promise is due, and the desk once it is over (each quarter of an hour, in its hours)."""
    remind_of_deadlines()
    escalate_overdue_cases()


@shared_task(name="cases.dispose", time_limit=TIME_LIMIT)
def dispose() -> None:
    """Erase what was approved a moment ago."""
    carry_out_disposals()


@shared_task(name="cases.retention", time_limit=TIME_LIMIT)
def retention() -> None:
    """Archive the cases closed long enough ago, erase what was approved, note which files are gone (each night)."""
    archive_closed_cases()
    carry_out_disposals()
    note_files_gone()


def recompute_after_calendar_change(calendar: Calendar) -> None:
    """Queue the recount of a calendar that staff changed; the night does it when the broker is away."""
    recompute_clocks.delay(calendar.pk)
