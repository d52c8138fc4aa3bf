"""Heavy functions run apart: few wait, nobody holds every place, and nothing that people typed is written out."""

from __future__ import annotations

import contextlib
import logging
import os
import time
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest

from claims_portal.bounded_processes import Allowance, BoundReached, run_bounded, stop
from tests.documents.misbehaviour import linger

TWO = Allowance(seconds=20, memory_bytes=1024**3, processes=2)
ONE = replace(TWO, processes=1)


@pytest.fixture(scope="module", autouse=True)
def _stopped() -> Iterator[None]:
    yield
    stop(ONE, TWO)


@contextlib.contextmanager
def somebody_inside(folder: Path, allowance: Allowance, person: str = "") -> Iterator[None]:
    """A call that runs until the end of the block."""
    begun, enough = folder / "begun", folder / "enough"
    with ThreadPoolExecutor(1) as people:
        running = people.submit(run_bounded, linger, (begun, enough), allowance, person=person)
        try:
            while not begun.exists():
                time.sleep(0.01)
            yield
        finally:
            enough.touch()
        running.result()


def warn(text: str) -> None:
    logging.getLogger("pikepdf._core").warning(text)
    os.write(1, text.encode())
    os.write(2, text.encode())


def test_who_comes_when_all_places_are_taken_is_told_at_once(tmp_path: Path) -> None:
    few = replace(TWO, waiting=1)
    with somebody_inside(tmp_path, few), pytest.raises(BoundReached, match="busy"):
        run_bounded(os.getpid, (), few)
    assert run_bounded(os.getpid, (), few) != os.getpid()


def test_one_person_does_not_take_the_place_of_another(tmp_path: Path) -> None:
    fair = replace(TWO, waiting=3, waiting_per_person=1)
    with somebody_inside(tmp_path, fair, "amina"):
        with pytest.raises(BoundReached, match="busy"):
            run_bounded(os.getpid, (), fair, person="amina")
        assert run_bounded(os.getpid, (), fair, person="youssef") != os.getpid()
    assert run_bounded(os.getpid, (), fair, person="amina") != os.getpid()


def test_a_call_whose_caller_left_is_not_run(tmp_path: Path) -> None:
    late = tmp_path / "late"
    with somebody_inside(tmp_path, ONE), pytest.raises(BoundReached, match="busy"):
        run_bounded(os.mkdir, (str(late),), replace(ONE, patience=0.1))
    run_bounded(os.getpid, (), ONE)  # what waited before has had its turn
    assert not late.exists()


def test_what_a_library_says_of_a_text_is_written_nowhere(capfd: pytest.CaptureFixture[str]) -> None:
    warned = replace(TWO, niceness=1)  # a process that is started while the output is watched
    run_bounded(warn, ("Amina El Amrani",), warned)
    stop(warned)
    assert capfd.readouterr() == ("", "")
