"""What is asked of a member, told first on « Accueil »: apps that know register, membership never imports them."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass

from .models import Member


@dataclass(frozen=True)
class Asked:
    """One thing that waits for the member: what it is, what to do, and the page where they do it."""

    title: str
    text: str
    url: str


Source = Callable[[Member], Iterable[Asked]]
_sources: list[Source] = []


def on_home(source: Source) -> Source:
    """Have the source called with each member who opens « Accueil » (with account); register in `AppConfig.ready`."""
    if source not in _sources:
        _sources.append(source)
    return source


def asked_of(member: Member) -> list[Asked]:
    """All that is asked of a member now, in the order of the sources."""
    return [each for source in _sources for each in source(member)]
