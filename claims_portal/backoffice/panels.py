"""The front page of /gestion/: business apps bring their own counters, the back-office imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.core.exceptions import EmptyResultSet
from django.db import connection
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

MOST = 1000


@dataclass
class Counter:
    """How many wait somewhere, and where. `count` is known once the page has all its counters."""

    label: str | Promise
    rows: QuerySet[Any]
    url: str
    icon: str = "inbox"
    count: str = ""


@dataclass(frozen=True)
class Panel:
    """The counters of one app; `template` renders what goes above them, such as a search."""

    title: str | Promise
    counters: Sequence[Counter]
    template: str = ""
    first: bool = False  # what the day is made of goes above the rest


PanelMaker = Callable[[HttpRequest], Panel | None]
_makers: list[PanelMaker] = []


def on_front_page(maker: PanelMaker) -> PanelMaker:
    """Have a panel made for each front page; None for somebody whom it does not concern."""
    if maker not in _makers:
        _makers.append(maker)
    return maker


def panels(request: HttpRequest) -> list[Panel]:
    """Everything registered that concerns this person, the main ones first; whatever they count, in one query."""
    found = sorted((panel for maker in _makers if (panel := maker(request))), key=lambda panel: not panel.first)
    counters = [counter for panel in found for counter in panel.counters]
    for counter, count in zip(counters, _counts([each.rows for each in counters]), strict=True):
        counter.count = count
    return found


def counted(queryset: QuerySet[Any]) -> str:
    """How many rows there are, « 999+ » from a thousand on: it never reads more than that."""
    return _counts([queryset])[0]


def _counts(querysets: Sequence[QuerySet[Any]]) -> list[str]:
    parts: list[str] = []
    values: list[Any] = []
    for each in querysets:
        try:
            sql, more = each.order_by().values("pk")[:MOST].query.sql_with_params()
        except EmptyResultSet:  # such as the cases of somebody without a desk
            sql, more = "SELECT 1 WHERE false", ()
        parts.append(f"(SELECT count(*) FROM ({sql}) AS counted)")  # noqa: S608 -- Django's own SQL
        values += more
    if not parts:
        return []
    with connection.cursor() as cursor:
        cursor.execute("SELECT " + ", ".join(parts), values)
        return [str(count) if count < MOST else f"{MOST - 1}+" for count in cursor.fetchone()]
