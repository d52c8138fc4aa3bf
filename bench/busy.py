"""Many at once: 200 declarations a minute while agents decide, and fifty members who send at the same moment."""

from __future__ import annotations

import os
import queue
import threading
import time
from collections.abc import Callable
from dataclasses import asdict, dataclass
from decimal import Decimal
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


def in_threads(works: list[Callable[[], None]]) -> float:
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


def sustain(port: int, sign_in: Callable[[Browser], None], seconds: int) -> Minute:
    """One declaration begins every 0.3 s for so long, each of another member, while agents empty the queue.

    The rate is counted from the first arrival to the last end: whatever the portal is behind lowers it.
    """
    arrivals: queue.SimpleQueue[tuple[float, Member]] = queue.SimpleQueue()
    number = max(2, A_MINUTE * seconds // 60)
    for place, member in enumerate(next_members(number)):
        arrivals.put((place * 60 / A_MINUTE, member))
    members = [Browser(port) for _each in range(MEMBERS)]
    agents = [Browser(port) for _each in range(AGENTS)]
    for agent in agents:
        sign_in(agent)
    late: list[float] = []
    ends: list[float] = []
    begun = time.perf_counter()

    def declare_in_turn(browser: Browser) -> None:
        while True:
            try:
                planned, member = arrivals.get_nowait()
            except queue.Empty:
                return
            enter_as(browser, member)
            wait = begun + planned - time.perf_counter()
            time.sleep(max(0.0, wait))
            late.append(max(0.0, -wait))
            declaration(browser, 0)
            ends.append(time.perf_counter())

    def decide(browser: Browser) -> None:
        while len(ends) < number and time.perf_counter() < begun + 10 * seconds:
            decision(browser, 0)
            time.sleep(PAUSE)

    works: list[Callable[[], None]] = [lambda each=each: declare_in_turn(each) for each in members]  # type: ignore[misc]
    works += [lambda each=each: decide(each) for each in agents]  # type: ignore[misc]
    in_threads(works)
    return Minute(
        declared=number,
        a_minute=60 * number / (max(ends) - begun),
        aim=A_MINUTE,
        declaration_p50=_seconds(members, "whole declaration", 0.5),
        declaration_p95=_seconds(members, "whole declaration", 0.95),
        last_step_p50=_seconds(members, "last step, declaration", 0.5),
        late=percentile(late, 0.95) / 1000,
        decided=sum(len(each.seconds["validate"]) for each in agents),
        queue_p50=_seconds(agents, "list declarations", 0.5),
        validate_p50=_seconds(agents, "validate", 0.5),
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
            given.append(int(declare(declared=declared).reference))

    took = in_threads([lambda each=each: send(each) for each in members])  # type: ignore[misc]
    different = set(given)
    span = max(given) - min(given) + 1
    return References(len(given), len(given) / took, len(given) - len(different), span - len(different))


def busy(port: int, sign_in: Callable[[Browser], None]) -> dict[str, Any]:
    """Both, printed; gives them for the JSON file, and under « missed » whether an aim was."""
    minute = sustain(port, sign_in, int(os.environ.get("SECONDS", "60")))
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
