"""States and who may change them: one small mechanism for every kind of case.

An app writes its table in its own `workflow.py`:

    workflow = Workflow(
        Transition("acknowledge", {"received"}, "acknowledged", "complaints.handle", _("Accuser réception")),
        …
    )

Services call `workflow.check(...)` under the row's lock, then write the new state and an event.
"""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise


class TransitionNotAllowed(Exception):
    """The case is not, or no longer, in a state from which this may be done."""

    def __init__(self, transition: str, state: str) -> None:
        super().__init__(f"{transition} is not allowed from {state}")
        self.transition = transition
        self.state = state


@dataclass(frozen=True)
class Transition:
    """One permitted change. `target` None keeps the state; `permission` "" means the person concerned."""

    name: str
    sources: frozenset[str]
    target: str | None
    permission: str
    label: str | Promise

    def target_from(self, state: str) -> str:
        return self.target or state


class Workflow:
    """The transition table of a case type."""

    def __init__(self, *transitions: Transition) -> None:
        self._by_name = {transition.name: transition for transition in transitions}

    def __iter__(self) -> Any:
        return iter(self._by_name.values())

    def check(self, name: str, state: str) -> Transition:
        """The transition, if the state permits it; TransitionNotAllowed otherwise."""
        transition = self._by_name[name]
        if state not in transition.sources:
            raise TransitionNotAllowed(name, state)
        return transition

    def allows(self, name: str, state: str) -> bool:
        return state in self._by_name[name].sources

    def open_to(self, state: str, permissions: Iterable[str]) -> list[Transition]:
        """What somebody with these permissions may do from this state, in the table's order."""
        held = set(permissions)
        return [each for each in self if state in each.sources and each.permission in held]
