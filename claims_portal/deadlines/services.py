"""Telling the rest of the portal that a calendar changed."""

from __future__ import annotations

from functools import partial

import structlog
from django.db import transaction

from . import registry
from .models import Calendar

log = structlog.get_logger("portal.deadlines")


def calendar_changed(*, calendar: Calendar) -> None:
    """Call everybody registered with the calendar once the present transaction is committed, or at once outside one.

    One that fails is logged and does not keep the others from being told.
    """
    transaction.on_commit(partial(log.info, "calendar_changed", calendar=calendar.code))
    for callback in registry.callbacks():
        transaction.on_commit(partial(callback, calendar), robust=True)
