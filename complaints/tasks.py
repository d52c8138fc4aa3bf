"""What the portal does for complaints without being asked."""

from __future__ import annotations

from celery import shared_task

from claims_portal.deadlines.models import Calendar

from .services.clocks import recompute_open_clocks, recount_categories
from .services.closing import await_answered, close_silent
from .services.disposal import carry_out_disposals
from .services.erasing import erase_refused_requests, note_files_gone
from .services.measuring import measure_delays
from .services.reminders import escalate_overdue, remind_of_deadlines
from .services.retention import archive_closed
from .services.saving import prune_filters

# Longer than other tasks: a calendar may hold every open case. Shorter than the broker waits before it repeats one.
TIME_LIMIT = 3000


@shared_task(name="complaints.recompute_clocks", time_limit=TIME_LIMIT)
def recompute_clocks(calendar_id: int | None = None) -> None:
    """Count the running clocks of a calendar again, or of all calendars and categories (each night)."""
    calendars = Calendar.objects.order_by("pk").values_list("pk", flat=True)
    for each in calendars if calendar_id is None else calendars.filter(pk=calendar_id):
        recompute_open_clocks(calendar_id=each)
    if calendar_id is None:
        recount_categories()


@shared_task(name="complaints.recount_category", time_limit=TIME_LIMIT)
def recount_category(category_id: int) -> None:
    """Count the running clocks of a category again, because its delays changed."""
    recount_categories(category_id=category_id)


@shared_task(name="complaints.remind")
def remind() -> None:
    """Tell who must act before a delay ends, and the desk once it has (each quarter of an hour, in its hours)."""
    remind_of_deadlines()
    escalate_overdue()


@shared_task(name="complaints.close_silent")
def close_answered() -> None:
    """Announce, then close, answered cases of which nobody says anything more (each quarter of an hour, in hours)."""
    close_silent()


@shared_task(name="complaints.measure", time_limit=TIME_LIMIT)
def measure() -> None:
    """Measure how long answers take, for the pages that tell it (each night)."""
    measure_delays()


@shared_task(name="complaints.dispose", time_limit=TIME_LIMIT)
def dispose() -> None:
    """Erase what was approved a moment ago."""
    carry_out_disposals()


@shared_task(name="complaints.retention", time_limit=TIME_LIMIT)
def retention() -> None:
    """Let what is answered wait for its closing, archive what was closed long enough ago, erase what was approved and
    not nudged, note which files are gone. Let go of contacts and searches that serve no more.
    """
    await_answered()
    archive_closed()
    carry_out_disposals()
    note_files_gone()
    erase_refused_requests()
    prune_filters()


def calendar_changed(calendar: Calendar) -> None:
    """Queue it. When the broker is away the registry writes that down, and the night does it."""
    recompute_clocks.delay(calendar.pk)
