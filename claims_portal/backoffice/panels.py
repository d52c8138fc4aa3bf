"""The front page of /gestion/: business apps bring their own counters, the back-office imports none of them."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils.functional import Promise

MOST = 1000


@dataclass(frozen=True)
class Counter:
    """How many wait somewhere, and where."""

    label: str | Promise
    count: str
    url: str
    icon: str = "inbox"


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
    """Everything registered that concerns this person, the main ones first."""
    return sorted((panel for maker in _makers if (panel := maker(request))), key=lambda panel: not panel.first)


def counted(queryset: QuerySet[Any]) -> str:
    """How many rows there are, « 999+ » from a thousand on: it never reads more than that."""
    count = queryset.order_by()[:MOST].count()
    return str(count) if count < MOST else f"{MOST - 1}+"
