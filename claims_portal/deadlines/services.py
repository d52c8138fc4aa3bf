"""Telling the rest of the portal that a calendar changed."""

from __future__ import annotations

import structlog
from django.db import transaction

from . import registry
from .models import Calendar

log = structlog.get_logger("portal.deadlines")


def calendar_changed(*, calendar: Calendar) -> None:
    """Call everybody registered with the calendar once the present transaction is committed, or at once outside one.

    One that fails is logged and does not keep the others from being told.
    """
    transaction.on_commit(lambda: _tell_everybody(calendar))


def _tell_everybody(calendar: Calendar) -> None:
    log.info("calendar_changed", calendar=calendar.code)
    for callback in registry.callbacks():
        try:
            callback(calendar)
        except Exception:
            log.exception("calendar_change_not_heard", calendar=calendar.code, callback=repr(callback))
