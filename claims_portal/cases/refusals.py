"""Refusals of the case services. A page shows their sentence; none of them is a mistake of the program."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from .workflow import TransitionNotAllowed

__all__ = [
    "AlreadyDecided",
    "CaseRefused",
    "ChangedMeanwhile",
    "NothingToDispose",
    "SamePerson",
    "TooManyMessages",
    "TransitionNotAllowed",
]


class CaseRefused(Exception):
    """A service refuses what was asked; `message` is a translated sentence that says what to do."""

    def __init__(self, message: str) -> None:
        super().__init__(message)
        self.message = message


class TooManyMessages(Exception):
    """The person has written as many messages on this case as one holds (`settings.CASE_MESSAGES`)."""


class ChangedMeanwhile(Exception):
    """Something happened to the case after the page was made: `events` say what, oldest first."""

    def __init__(self, events: Sequence[Any]) -> None:
        super().__init__(len(events))
        self.events = events


class AlreadyDecided(Exception):
    """Somebody granted, refused or cancelled it meanwhile."""


class NothingToDispose(Exception):
    """None of these cases may be erased now: held, reopened, proposed already, or not old enough."""


class SamePerson(Exception):
    """Whoever proposed does not approve: a second person is needed."""
