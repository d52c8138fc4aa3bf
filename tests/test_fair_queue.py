"""Few processes and many who wait: who used them least comes first."""

from __future__ import annotations

import threading
import time
from collections.abc import Iterator
from concurrent.futures import Future, ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from claims_portal.bounded_processes import Allowance, BoundReached, run_bounded, start_processes, stop
from claims_portal.documents.worker import examine_apart
from claims_portal.fair_queue import FairQueue, Interrupted
from tests.documents import misbehaviour
from tests.documents.misbehaviour import LIMITS

CROWDED = Allowance(seconds=20, memory_bytes=1024**3, processes=2, crowded_seconds=1)
HONEST_SECONDS = 3
HOSTILE = 20


def take_turn(queue: FairQueue, person: str) -> None:
    with queue.turn(person, patience=20, crowded_seconds=0.05):
        pass


@pytest.fixture(autouse=True)
def _stopped() -> Iterator[None]:
    yield
    stop()


@pytest.mark.parametrize("places", [1, 2, 4, 10])
def test_an_honest_file_is_answered_while_twenty_endless_ones_are_examined(tmp_path: Path, places: int) -> None:
    start = time.monotonic()
    start_processes(CROWDED)
    # A process that was stopped is started again: where that takes a second (many tests at once), so does the wait.
    bound = max(HONEST_SECONDS, 1 + 4 * (time.monotonic() - start))
    enough = tmp_path / "enough"

    def send_endless(number: int) -> str:
        try:
            run_bounded(
                misbehaviour.linger,
                (tmp_path / f"begun-{number}", enough),
                CROWDED,
                person=f"127.0.0.{number % places + 2}/browser",
            )
        except BoundReached as reached:
            return reached.code
        return "ended"

    with ThreadPoolExecutor(HOSTILE) as people:
        endless = [people.submit(send_endless, number) for number in range(HOSTILE)]
        while len(list(tmp_path.glob("begun-*"))) < min(places, 2):
            time.sleep(0.01)
        start = time.monotonic()
        assert examine_apart(misbehaviour.pdf(), "a.pdf", LIMITS, CROWDED, person="127.0.0.1/browser").pages == 1
        seconds = time.monotonic() - start
        enough.touch()
        assert {call.result() for call in endless} <= {"ended", "busy"}
    assert seconds < bound


def test_the_second_file_of_somebody_leaves_a_process_to_others(tmp_path: Path) -> None:
    patient = replace(CROWDED, crowded_seconds=None)
    start_processes(patient)
    enough = tmp_path / "enough"
    with ThreadPoolExecutor(2) as people:
        calls = [
            people.submit(run_bounded, misbehaviour.linger, (tmp_path / name, enough), patient, person="a/1")
            for name in ("first", "second")
        ]
        while not any(tmp_path.iterdir()):
            time.sleep(0.01)
        assert examine_apart(misbehaviour.pdf(), "a.pdf", LIMITS, patient, person="a/2").pages == 1
        assert len(list(tmp_path.iterdir())) == 1
        enough.touch()
        assert [call.result() for call in calls] == [None, None]


def test_who_used_the_processes_comes_after_who_did_not() -> None:
    queue, order = FairQueue(1), []
    begun, enough = threading.Event(), threading.Event()

    def take(person: str) -> None:
        with queue.turn(person, patience=20, crowded_seconds=None):
            order.append(person)
            if len(order) == 1:
                begun.set()
                enough.wait()

    with ThreadPoolExecutor(4) as people:
        people.submit(take, "a/1")
        begun.wait()
        for waiting, person in enumerate(("a/1", "a/2", "b/1"), start=1):
            people.submit(take, person)
            while len(queue._waiting) < waiting:
                time.sleep(0.01)
        enough.set()
    assert order == ["a/1", "b/1", "a/2", "a/1"]


def test_a_single_file_does_not_end_because_somebody_with_many_waits() -> None:
    queue = FairQueue(1)
    interrupted: Future[None] = Future()
    with ThreadPoolExecutor(2) as people:
        with queue.turn("a/1", patience=20, crowded_seconds=0.05) as call:
            call.future = interrupted
            many = [people.submit(take_turn, queue, "b/1") for _number in range(2)]
            time.sleep(0.4)  # several looks of those who wait
            assert not interrupted.cancelled()
        assert [waited.result() for waited in many] == [None, None]


def test_somebody_whose_file_lasts_long_begins_no_other() -> None:
    queue = FairQueue(2)
    with queue.turn("a/1", patience=20, crowded_seconds=0.1):
        time.sleep(0.2)
        with pytest.raises(Interrupted), queue.turn("a/1", patience=20, crowded_seconds=0.1):
            pass
        with queue.turn("a/2", patience=20, crowded_seconds=0.1):
            pass
