"""Who wants to hear that a calendar changed: business apps register, deadlines never imports them."""

from __future__ import annotations

from collections.abc import Callable

from .models import Calendar

CalendarCallback = Callable[[Calendar], None]
_callbacks: list[CalendarCallback] = []


def on_calendar_change(callback: CalendarCallback) -> CalendarCallback:
    """Have the callback called with a calendar after each change of it; register in `AppConfig.ready`.

    It should only queue a task that recomputes the open deadlines. Registering twice counts once; usable as a
    decorator.
    """
    if callback not in _callbacks:
        _callbacks.append(callback)
    return callback


def callbacks() -> tuple[CalendarCallback, ...]:
    """Everybody registered, in order."""
    return tuple(_callbacks)


def forget(callback: CalendarCallback) -> None:
    """Stop calling it."""
    _callbacks.remove(callback)
