"""Decide whose call comes next where many people wait for a few processes.

Who has used the processes least comes first, so that an upload that takes long delays the other uploads of who sent it,
and not those of everybody.
"""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any

# How often those who wait look again for a call that has lasted too long.
LOOK_SECONDS = 0.1


class Interrupted(Exception):
    """The call cannot be served now: others have to be first."""


@dataclass(eq=False)
class Call:
    """A call that waits or runs. `person` is « place » or « place/browser »: people of one place share its turn."""

    person: str
    arrived: float = field(default_factory=time.monotonic)
    started: float | None = None
    future: Future[Any] | None = None

    @property
    def place(self) -> str:
        return self.person.partition("/")[0]

    @property
    def seconds(self) -> float:
        """How long it has run."""
        return time.monotonic() - self.started if self.started is not None else 0.0


class FairQueue:
    """Those who wait for one of so many processes, and those who have one."""

    def __init__(self, processes: int) -> None:
        self._processes = processes
        self._changed = threading.Condition()
        self._waiting: list[Call] = []
        self._running: list[Call] = []
        # Seconds that each place and person has used since the queue was last empty.
        self._used: dict[str, float] = {}

    @contextmanager
    def turn(self, person: str, *, patience: float, crowded_seconds: float | None) -> Iterator[Call]:
        """Wait for a process and hold it. Raises TimeoutError after `patience` seconds, and Interrupted.

        A call that has run for more than `crowded_seconds` gives its process to somebody who used less, and its person
        begins no other meanwhile. The caller sets `future` of the call it gets, to be cancelled in that case.
        """
        call = Call(person)
        with self._changed:
            self._waiting.append(call)
            try:
                while not self._is_next(call):
                    left = patience - (time.monotonic() - call.arrived)
                    if left <= 0:
                        raise TimeoutError
                    if crowded_seconds is not None:
                        self._make_room(call, crowded_seconds)
                    self._changed.wait(min(left, LOOK_SECONDS))
                call.started = time.monotonic()
                self._running.append(call)
            finally:
                self._waiting.remove(call)
                self._changed.notify_all()
        try:
            yield call
        finally:
            with self._changed:
                self._running.remove(call)
                self._note_use(call)
                self._changed.notify_all()

    def _is_next(self, call: Call) -> bool:
        if len(self._running) >= self._processes:
            return False
        return call is min(filter(self._may_run, self._waiting), key=self._rank, default=None)

    def _may_run(self, call: Call) -> bool:
        """Whether the call's person leaves a process to the others."""
        running = sum(other.person == call.person for other in self._running)
        return not call.person or running < max(1, self._processes - 1)

    def _rank(self, call: Call) -> tuple[float, ...]:
        """Least first: what the place used and how many calls it has here, then the person, then who came first."""
        return (*self._weight(call), call.arrived)

    def _weight(self, call: Call) -> tuple[float, ...]:
        if not call.person:
            return (0.0, 0, 0.0, 0)
        calls = [*self._waiting, *self._running]
        place = [other for other in calls if other.place == call.place]
        own = [other for other in place if other.person == call.person]
        return (
            self._used.get(call.place, 0.0) + sum(other.seconds for other in place),
            len(place),
            self._used.get(call.person, 0.0) + sum(other.seconds for other in own),
            len(own),
        )

    def _make_room(self, call: Call, crowded_seconds: float) -> None:
        """Interrupt the longest call of somebody who used more. Raises Interrupted for who has such a call."""
        long = [other for other in self._running if other.person and other.seconds > crowded_seconds]
        if any(other.person == call.person for other in long):
            raise Interrupted
        if call is not min(self._waiting, key=self._rank):
            return
        for other in sorted(long, key=lambda other: other.seconds, reverse=True):
            # Not for somebody with more calls: one honest file must not end because many others wait.
            is_heavier = self._weight(other) > self._weight(call) and self._calls_of(other) >= self._calls_of(call)
            if other.future is not None and is_heavier:
                other.future.cancel()
                return

    def _calls_of(self, call: Call) -> int:
        return sum(other.person == call.person for other in (*self._waiting, *self._running))

    def _note_use(self, call: Call) -> None:
        for name in {call.place, call.person} - {""}:
            self._used[name] = self._used.get(name, 0.0) + call.seconds
        if not self._waiting and not self._running:
            self._used.clear()
