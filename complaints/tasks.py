"""What the portal does for complaints alone without being asked; `cases.tasks` does the rest."""

from __future__ import annotations

from celery import shared_task

from .services.clocks import recount_categories
from .services.closing import await_answered, close_silent
from .services.erasing import erase_refused_requests
from .services.measuring import measure_delays
from .services.saving import prune_filters

# Longer than other tasks: a category may hold every open case. Shorter than the broker waits before it repeats one.
TIME_LIMIT = 3000


@shared_task(name="complaints.recount_category", time_limit=TIME_LIMIT)
def recount_category(category_id: int | None = None) -> None:
    """Count the running clocks of a category again because its delays changed, or of all categories (each night)."""
    recount_categories(category_id=category_id)


@shared_task(name="complaints.close_silent")
def close_answered() -> None:
    """Announce, then close, answered cases without news (each quarter of an hour, in the desk's hours)."""
    close_silent()


@shared_task(name="complaints.measure", time_limit=TIME_LIMIT)
def measure() -> None:
    """Measure how long answers take, for the pages that tell it (each night)."""
    measure_delays()


@shared_task(name="complaints.retention", time_limit=TIME_LIMIT)
def retention() -> None:
    """Start the closing of answered cases, and delete requests and searches that serve no more (each night)."""
    await_answered()
    erase_refused_requests()
    prune_filters()
