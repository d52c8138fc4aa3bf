"""A case in the shapes that the pages of its person and of its desk share. Reads what is loaded, queries nothing."""

from __future__ import annotations

from typing import Any

from django.utils import timezone

from claims_portal.deadlines.compute import Due
from claims_portal.deadlines.explanation import explanation_details, explanation_with_origin


def clock_view(clock: Any, *, paused: bool = False, label: str = "") -> dict[str, Any]:
    """Return a `CaseClock` for `components/clock.html`: label, due moment, state, how far it has run, and why.

    `label` replaces that of the model; `paused` says that the case waits for its person.
    """
    due = Due.stored(at=clock.due_at, explanation=clock.explanation)
    now = clock.stopped_at or timezone.now()
    state = "done" if clock.stopped_at else "paused" if paused and clock.can_pause else due.state(now)
    return {
        "kind": clock.kind,
        "label": label or clock.get_kind_display(),
        "due": clock.due_at,
        "state": state,
        "fraction": None if clock.stopped_at else due.progress(now),
        "explanation": explanation_with_origin(due.explanation),
        "details": explanation_details(due.explanation),
    }
