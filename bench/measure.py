"""Running the journeys: in rounds, so that a noisy moment of the machine falls on all of them alike."""

from __future__ import annotations

import statistics
import threading
import time
from collections import defaultdict
from collections.abc import Callable, Generator
from dataclasses import dataclass
from typing import Any

from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext

from . import journeys, member_journeys
from .client import Answer, Browser, Fields, Unexpected

Journey = Callable[[Browser, int], None]
WayIn = Callable[[Browser], None]
LONGEST = 30.0  # seconds a journey may take in one round
THREADS = 4
COUNTED = 15  # journeys of each kind: most of them at a desk that the process knows already
TRANSACTION = ("BEGIN", "COMMIT", "SAVEPOINT", "RELEASE SAVEPOINT")


@dataclass(frozen=True)
class Scenario:
    """A journey; how often it is made in a round, alone and by each of four at once; who makes it."""

    name: str
    journey: Journey
    alone: int
    together: int
    who: str = "public"  # public, agent, member, desk (an agent of the insurer) or floor


SCENARIOS = [
    Scenario("floor: page", journeys.floor_page, 12, 100, "floor"),
    Scenario("floor: post", journeys.floor_post, 8, 50, "floor"),
    Scenario("public pages", journeys.public_pages, 4, 20),
    Scenario("steps of the form", journeys.empty_steps, 3, 10),
    Scenario("whole filing", journeys.filing, 3, 6),
    Scenario("tracking", journeys.tracking, 4, 15),
    Scenario("agent’s lists", journeys.agent_list, 3, 8, "agent"),
    Scenario("agent’s search", journeys.agent_search, 3, 8, "agent"),
    Scenario("agent’s case page", journeys.agent_case, 4, 15, "agent"),
    Scenario("member’s own pages", member_journeys.own_pages, 4, 15, "member"),
    Scenario("whole declaration", member_journeys.declaration, 2, 4, "member"),
    Scenario("insurer’s lists", member_journeys.desk_lists, 3, 8, "desk"),
    Scenario("decision", member_journeys.decision, 3, 8, "desk"),
]


@dataclass
class Measures:
    """Seconds and last body by label, and by journey how many requests and journeys a second."""

    seconds: dict[str, list[float]]
    bodies: dict[str, bytes]
    requests_a_second: dict[str, float]
    journeys_a_second: dict[str, float]


class Crew:
    """The browsers of one kind of person: the first works alone, all of them together."""

    def __init__(self, port: int, sign_in: WayIn | None = None) -> None:
        self.browsers = [Browser(port) for _number in range(THREADS)]
        if sign_in is not None:
            for browser in self.browsers:
                sign_in(browser)


def measure(crews: dict[str, Crew], cases: int, rounds: int) -> Generator[None, None, Measures]:
    """All journeys: warmed up by four at once, then alone, round after round; then four at once, timed.

    A round is a turn (`bench.run`).
    """
    for scenario in SCENARIOS:
        _together(scenario, crews[scenario.who], cases, 2)
    for crew in crews.values():
        for browser in crew.browsers:
            browser.seconds.clear()
    for _round in range(rounds):
        for scenario in SCENARIOS:
            _alone(scenario, crews[scenario.who].browsers[0], cases)
        yield
    seconds: dict[str, list[float]] = {}
    bodies: dict[str, bytes] = {}
    for crew in crews.values():
        seconds |= {label: list(each) for label, each in crew.browsers[0].seconds.items()}
        bodies |= crew.browsers[0].sizes
    measures = Measures(seconds, bodies, {}, {})
    for scenario in SCENARIOS:
        crew = crews[scenario.who]
        took, requests = _together(scenario, crew, cases, scenario.together)
        measures.requests_a_second[scenario.name] = requests / took
        measures.journeys_a_second[scenario.name] = THREADS * scenario.together / took
    return measures


def _alone(scenario: Scenario, browser: Browser, cases: int) -> None:
    end = time.monotonic() + LONGEST
    for _each in range(scenario.alone):
        scenario.journey(browser, cases)
        if time.monotonic() > end:
            break


def _together(scenario: Scenario, crew: Crew, cases: int, each: int) -> tuple[float, int]:
    """Seconds and requests it took all four to make the journey so many times."""
    trouble: list[BaseException] = []

    def work(browser: Browser) -> None:
        try:
            for _time in range(each):
                scenario.journey(browser, cases)
        except BaseException as error:  # told by the main thread
            trouble.append(error)

    before = sum(browser.requests for browser in crew.browsers)
    threads = [threading.Thread(target=work, args=(browser,)) for browser in crew.browsers]
    begun = time.perf_counter()
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    took = time.perf_counter() - begun
    if trouble:
        raise trouble[0]
    return took, sum(browser.requests for browser in crew.browsers) - before


class CountingBrowser(Browser):
    """The same journeys inside this process, to count their queries."""

    def __post_init__(self) -> None:
        super().__post_init__()
        self.client = Client()
        self.queries: dict[str, int] = {}

    def _send(self, method: str, path: str, body: bytes, headers: Fields, label: str) -> Answer:
        if not self.cookies:
            self.client = Client()
        self.client.cookies.load(self.cookies)
        with CaptureQueriesContext(connection) as captured:
            response: Any = self.client.generic(
                method, path, body, content_type=headers.get("Content-Type", ""), SERVER_NAME="127.0.0.1"
            )
        if response.status_code >= 400:
            raise Unexpected(f"{method} {path}: {response.status_code}")
        self.cookies |= {name: morsel.value for name, morsel in self.client.cookies.items()}
        if label:
            self.queries[label] = sum(not each["sql"].startswith(TRANSACTION) for each in captured.captured_queries)
            self.sizes[label] = response.content
        return Answer(response.status_code, response.content, response.headers.get("Location", ""))


def count_queries(cases: int, ways_in: dict[str, WayIn | None]) -> dict[str, int]:
    """Queries by label, transaction control left out: the median of a few journeys, each with a case of any desk.

    Not the first one: a process reads the texts of a desk once for all its pages.
    """
    counted: dict[str, list[int]] = defaultdict(list)
    for who, sign_in in ways_in.items():
        browser = CountingBrowser(0)
        if sign_in is not None:
            sign_in(browser)
        for scenario in SCENARIOS:
            if scenario.who == who:
                for _ in range(COUNTED):
                    browser.queries = {}
                    scenario.journey(browser, cases)
                    for label, queries in browser.queries.items():
                        counted[label].append(queries)
    return {label: statistics.median_low(each) for label, each in counted.items()}
