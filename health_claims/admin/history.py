"""The events of a declaration or claim in the order and shapes of a thread."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import Any

from django.utils.functional import Promise

Names = Mapping[str, str | Promise]


def history(events: Iterable[Any], names: Names, member: str) -> list[dict[str, Any]]:
    """What happened, oldest first; what the desk wrote for itself is a note. `event.user` is read beforehand."""
    return [
        {
            "pk": event.pk,
            "at": event.at,
            "who": str(event.user or member),
            "title": names.get(event.kind, event.kind),
            "shape": "note" if not event.is_public and event.body else "bubble" if event.body else "line",
            "ours": event.user_id is not None,
            "text": event.body,
        }
        for event in events
    ]
