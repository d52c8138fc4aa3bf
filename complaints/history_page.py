"""The history of a case in pages: the newest first, older ones by key."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from typing import Any
from urllib.parse import urlencode

from django.db.models import QuerySet
from django.http import Http404

from claims_portal.backoffice.keyset import NEWER, OLDER, page_by_key

from .models import Event

SIZE = 30


@dataclass(frozen=True)
class HistoryPage:
    """Events, oldest first, and the query strings of the pages around them; "" where there is none."""

    events: list[Any]  # with the annotations of their queryset
    earlier: str = ""
    later: str = ""

    @property
    def is_whole(self) -> bool:
        """True when the page shows everything that happened."""
        return not (self.earlier or self.later)


def page_of_history(
    events: QuerySet[Event], address: Mapping[str, Any], first: Callable[[], list[Event]] | None = None
) -> HistoryPage:
    """Return the page of these events that the address asks for, the newest without a key. One query.

    `first` as in `page_by_key`. Http404 for a key that is none.
    """
    older, newer = address.get(OLDER, ""), address.get(NEWER, "")
    try:
        page = page_by_key(events, keyset=("at", "pk"), size=SIZE, older=older, newer=newer, first=first)
    except ValueError:
        raise Http404 from None
    return HistoryPage(
        events=page.rows[::-1],
        earlier=f"?{urlencode({OLDER: page.older})}" if page.older else "",
        later=f"?{urlencode({NEWER: page.newer})}" if page.newer else "",
    )
