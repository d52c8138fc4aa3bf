"""What a copy of somebody's data holds beside their cases: business apps register, privacy never imports them."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Protocol

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Organisation


class Source(Protocol):
    """Return files (name, content) about a contact at an organisation, as far as this member of staff may see them."""

    def __call__(
        self, *, email: str, mobile: str, organisation: Organisation, user: User
    ) -> Iterable[tuple[str, bytes]]: ...


_sources: list[Source] = []


def on_copy(source: Source) -> Source:
    """Add a source to every copy; register in `AppConfig.ready`. Registering twice counts once."""
    if source not in _sources:
        _sources.append(source)
    return source


def sources() -> tuple[Source, ...]:
    """Return every registered source, in order."""
    return tuple(_sources)
