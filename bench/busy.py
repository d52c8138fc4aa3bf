"""Many at once: 200 declarations a minute while agents decide, and fifty members who send at the same moment."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable, Sequence
from dataclasses import asdict, dataclass
from decimal import Decimal
from functools import partial
from typing import Any

from django.db import connection
from django.utils import timezone

from health_claims.services.declaring import Declared, declare
from membership.models import Guarantee, Member

from .client import Browser
from .declarations import next_members
from .member_journeys import decision, declaration, enter_as
from .report import percentile

A_MINUTE = 200
MEMBERS = 16  # browsers that wait for their turn: a declaration takes a few seconds
AGENTS = 4
PAUSE = 1.0  # seconds an agent thinks between two decisions
SENDERS = 50
SENDS = 10  # of each


@dataclass(frozen=True)
class Minute:
    """What a sustained load came to. Seconds; `late`: how long the 95th percentile waited for a free browser."""

    declared: int
    a_minute: float
    aim: int
    declaration_p50: float
    declaration_p95: float
    last_step_p50: float
    late: float
    decided: int
    queue_p50: float
    validate_p50: float

    @property
    def missed(self) -> bool:
        return self.a_minute < 0.95 * self.aim


@dataclass(frozen=True)
class References:
    """What fifty senders at once were given."""

    sent: int
    a_second: float
    twice: int
    left_out: int

    @property
    def missed(self) -> bool:
        return bool(self.twice or self.left_out)


def in_threads(works: Sequence[Callable[[], None]]) -> float:
    """Run all of them at once, started together; gives the seconds until the last one ended, raises what one raised."""
    trouble: list[BaseException] = []
    start = threading.Barrier(len(works) + 1)

    def run(work: Callable[[], None]) -> None:
        try:
            start.wait()
            work()
        except BaseException as error:  # told by the main thread
            trouble.append(error)
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=(work,)) for work in works]
    for thread in threads:
        thread.start()
    start.wait()
    begun = time.perf_counter()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if trouble:
        raise trouble[0]
    return took


class Load:
    """One declaration begins every 0.3 s, each of another member, while agents empty the queue."""

    def __init__(self, port: int, sign_in: Callable[[Browser], None], seconds: int) -> None:
        self.seconds = seconds
        self.number = max(2, A_MINUTE * seconds // 60)
        self.arrivals: queue.SimpleQueue[tuple[float, Member]] = queue.SimpleQueue()
        for place, member in enumerate(next_members(self.number)):
            self.arrivals.put((place * 60 / A_MINUTE, member))
        self.members = [Browser(port) for _each in range(MEMBERS)]
        self.agents = [Browser(port) for _each in range(AGENTS)]
        for agent in self.agents:
            sign_in(agent)
        self.late: list[float] = []
        self.ends: list[float] = []
        self.begun = 0.0

    def run(self) -> Minute:
        """All of it, measured."""
        works = [partial(self.declare_in_turn, each) for each in self.members]
        works += [partial(self.decide, each) for each in self.agents]
        self.begun = time.perf_counter()
        in_threads(works)
        return self.measured()

    def declare_in_turn(self, browser: Browser) -> None:
        """Declare as one member after the other, none before their time."""
        while True:
            try:
                planned, member = self.arrivals.get_nowait()
            except queue.Empty:
                return
            enter_as(browser, member)
            wait = self.begun + planned - time.perf_counter()
            time.sleep(max(0.0, wait))
            self.late.append(max(0.0, -wait))
            declaration(browser, 0)
            self.ends.append(time.perf_counter())

    def decide(self, browser: Browser) -> None:
        """Decide while members declare, for ten times as long as they should at most."""
        while len(self.ends) < self.number and time.perf_counter() < self.begun + 10 * self.seconds:
            decision(browser, 0)
            time.sleep(PAUSE)

    def measured(self) -> Minute:
        """The rate counts from the first arrival to the last end: whatever the portal is behind lowers it."""
        return Minute(
            declared=self.number,
            a_minute=60 * self.number / (max(self.ends) - self.begun),
            aim=A_MINUTE,
            declaration_p50=_seconds(self.members, "whole declaration", 0.5),
            declaration_p95=_seconds(self.members, "whole declaration", 0.95),
            last_step_p50=_seconds(self.members, "last step, declaration", 0.5),
            late=percentile(self.late, 0.95) / 1000,
            decided=sum(len(each.seconds["validate"]) for each in self.agents),
            queue_p50=_seconds(self.agents, "list declarations", 0.5),
            validate_p50=_seconds(self.agents, "validate", 0.5),
        )


def _seconds(browsers: list[Browser], label: str, part: float) -> float:
    return percentile([each for browser in browsers for each in browser.seconds[label]], part) / 1000


def allocate() -> References:
    """Fifty threads send ten declarations each, in transactions of their own; numbers follow one another, or not."""
    members = next_members(SENDERS)
    guarantee = Guarantee.objects.on(timezone.now().date()).filter(policy=members[0].policy_id)[0]
    given: list[int] = []

    def send(member: Member) -> None:
        for _each in range(SENDS):
            declared = Declared(
                member=member, guarantee=guarantee, care_date=timezone.now().date(), amount=Decimal(100)
            )
            given.append(int(declare(declared=declared).number))

    took = in_threads([partial(send, each) for each in members])
    different = set(given)
    span = max(given) - min(given) + 1
    return References(len(given), len(given) / took, len(given) - len(different), span - len(different))


def busy(port: int, sign_in: Callable[[Browser], None]) -> dict[str, Any]:
    """Both, printed; gives them for the JSON file, and under « missed » whether an aim was."""
    minute = Load(port, sign_in, int(os.environ.get("SECONDS", "60"))).run()
    print(f"\n{A_MINUTE} declarations a minute, two photographs each, with {AGENTS} agents deciding")
    _show(minute)
    references = allocate()
    print(f"\n{SENDERS} senders at once")
    _show(references)
    return {
        "sustained": asdict(minute),
        "references": asdict(references),
        "missed": minute.missed or references.missed,
    }


def _show(found: Minute | References) -> None:
    for name, value in asdict(found).items():
        print(f"{name:28}{value:>12.2f}" if isinstance(value, float) else f"{name:28}{value:>12}")
    if found.missed:
        print("MISSED")
