"""A long case in parts, so that each one is drawn as a PDF within its limits of time and memory."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import datetime

from django.db.models.functions import Length

from .models import Complaint

EVENTS_MAX, CHARACTERS_MAX = 50, 100_000  # of one part: about a second of drawing


@dataclass(frozen=True)
class Part:
    """Consecutive public events of a case, by key; `number` counts from 1."""

    number: int
    total: int
    events: tuple[int, ...]
    begins_at: datetime | None = None
    ends_at: datetime | None = None


def parts_of(complaint: Complaint) -> list[Part]:
    """Return the parts of a case, oldest first; a short case has one. One query, which reads no text."""
    events = complaint.events.filter(is_public=True)
    groups = list(_groups(list(events.values_list("pk", "at", Length("body")))))
    return [
        Part(number, len(groups), tuple(key for key, _at in group), group[0][1], group[-1][1])
        for number, group in enumerate(groups, start=1)
    ] or [Part(1, 1, ())]


def _groups(events: list[tuple[int, datetime, int]]) -> Iterator[list[tuple[int, datetime]]]:
    group: list[tuple[int, datetime]] = []
    characters = 0
    for key, at, length in events:
        if group and (len(group) == EVENTS_MAX or characters + length > CHARACTERS_MAX):
            yield group
            group, characters = [], 0
        group.append((key, at))
        characters += length
    if group:
        yield group
