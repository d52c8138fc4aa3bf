"""States and transitions: the table that each kind of case writes in its own `workflow.py`.

    workflow = Workflow(
        # name, from, to (None: unchanged), permission, label of the button
        Transition("acknowledge", {R}, P, "complaints.handle", _("Accuser réception"), event="acknowledged"),
        …
        waiting_on={R: WaitingOn.DESK, P: WaitingOn.DESK, …},
    )

`cases.services.changes.apply_transition` reads it under the lock of the case.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from dataclasses import dataclass

from django.db import models
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

PERSON = ""  # the permission of a transition that belongs to the person concerned


class WaitingOn(models.TextChoices):
    """Who has to act next."""

    DESK = "desk", _("Au service")
    PERSON = "person", _("À vous")
    NOBODY = "nobody", _("À personne")


class TransitionNotAllowed(Exception):
    """The state of the case does not allow this transition, or does not allow it any more."""

    def __init__(self, transition: str, state: str) -> None:
        super().__init__(f"{transition} is not allowed from {state}")
        self.transition = transition
        self.state = state


@dataclass(frozen=True)
class Transition:
    """One permitted change.

    `target` None keeps the state; `permission` "" belongs to the person concerned. `event` is the kind of the event,
    the name of the transition when blank. An internal transition is the desk's housekeeping: the person does not read
    it, and it changes nobody's turn. `waiting_on` says who acts next where the new state alone does not.
    """

    name: str
    sources: frozenset[str]
    target: str | None
    permission: str
    label: str | Promise
    event: str = ""
    is_internal: bool = False
    waiting_on: str = ""

    @property
    def event_kind(self) -> str:
        return self.event or self.name

    def target_from(self, state: str) -> str:
        return self.target or state


class Workflow:
    """The transition table of a kind of case, and who acts next in each of its states."""

    def __init__(self, *transitions: Transition, waiting_on: Mapping[str, str]) -> None:
        self._by_name = {transition.name: transition for transition in transitions}
        self._waiting_on = {str(state): str(party) for state, party in waiting_on.items()}

    def __iter__(self) -> Iterator[Transition]:
        return iter(self._by_name.values())

    def __contains__(self, name: object) -> bool:
        return name in self._by_name

    def __getitem__(self, name: str) -> Transition:
        return self._by_name[name]

    def check(self, name: str, state: str) -> Transition:
        """Return the transition; raise TransitionNotAllowed when the state forbids it."""
        transition = self._by_name[name]
        if state not in transition.sources:
            raise TransitionNotAllowed(name, state)
        return transition

    def allows(self, name: str, state: str) -> bool:
        return state in self._by_name[name].sources

    def party_in(self, state: str) -> str:
        """Return who acts next in a state, as a value of `WaitingOn`."""
        return self._waiting_on[state]

    def is_final(self, state: str) -> bool:
        """Return whether a case is closed in this state: nobody has to act."""
        return self.party_in(state) == WaitingOn.NOBODY

    def party_after(self, transition: Transition, state: str, before: str) -> str:
        """Return who acts next after a transition that led to `state`; `before` is who had to act until then."""
        if transition.is_internal:
            return before
        return transition.waiting_on or self.party_in(state)

    def open_to(self, state: str, permissions: Iterable[str]) -> list[Transition]:
        """Return what somebody with these permissions may do from this state, in the order of the table."""
        held = set(permissions)
        return [transition for transition in self if state in transition.sources and transition.permission in held]
