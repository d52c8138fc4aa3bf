"""Examination apart: its limits hold, a broken process is replaced, and none outlives the web process."""

from __future__ import annotations

import contextlib
import multiprocessing
import os
import signal
import subprocess
import sys
import time
import urllib.request
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace
from pathlib import Path

import pytest
from PIL import Image

from claims_portal.documents.checks import Refused
from claims_portal.documents.worker import examine_apart, run_apart, stop, warm
from claims_portal.local import BASE_DIR, free_port, wait_for_port
from tests.factories.documents import image_bytes, pdf_bytes

from . import misbehaviour
from .misbehaviour import ALLOWANCE, LIMITS

HURRIED = replace(ALLOWANCE, seconds=1, processes=1)
POOR = replace(ALLOWANCE, memory_bytes=160 * 1024**2, processes=1)


@pytest.fixture(scope="module", autouse=True)
def _stopped() -> Iterator[None]:
    yield
    stop()


def gone(*pids: int, seconds: float = 10) -> bool:
    """Whether all these processes end within the time."""
    end = time.monotonic() + seconds
    alive = list(pids)
    while alive and time.monotonic() < end:
        alive = [pid for pid in alive if os.path.exists(f"/proc/{pid}")]  # noqa: PTH110
        time.sleep(0.05)
    return not alive


def still_works(allowance: misbehaviour.Allowance) -> bool:
    return examine_apart(pdf_bytes(), "a.pdf", LIMITS, allowance).pages == 1


@pytest.mark.parametrize("hang", [(misbehaviour.sleep, (60,)), (misbehaviour.backtrack, ())], ids=["idle", "busy in C"])
def test_a_file_that_takes_too_long_is_refused_and_its_process_replaced(hang) -> None:
    warm(HURRIED)
    start = time.monotonic()
    with pytest.raises(Refused, match="too_slow"):
        run_apart(*hang, HURRIED)
    assert time.monotonic() - start < 6
    assert still_works(HURRIED)


def test_memory_beyond_the_allowance_is_refused() -> None:
    with pytest.raises(Refused, match="too_heavy"):
        run_apart(misbehaviour.eat, (400 * 1024**2,), POOR)
    assert still_works(POOR)


def test_a_real_image_that_needs_too_much_memory_is_refused() -> None:
    large = image_bytes(Image.new("RGB", (6000, 5000)))
    with pytest.raises(Refused, match="too_heavy"):
        examine_apart(large, "photo.jpg", LIMITS, POOR)


def test_the_largest_image_fits_the_usual_allowance() -> None:
    largest = image_bytes(Image.effect_noise((6000, 5000), 40).convert("RGB"), exif=_lying())
    assert examine_apart(largest, "photo.jpg", LIMITS, ALLOWANCE).content_type == "image/jpeg"


def _lying() -> Image.Exif:
    exif = Image.Exif()
    exif[0x0112] = 6
    return exif


def test_a_crash_is_a_refusal_and_the_process_is_replaced() -> None:
    with pytest.raises(Refused, match="crashed"):
        run_apart(misbehaviour.crash, (), HURRIED)
    assert still_works(HURRIED)


def test_an_idle_process_killed_by_the_system_is_replaced_unseen() -> None:
    warm(HURRIED)
    for child in multiprocessing.active_children():
        os.kill(child.pid or 0, signal.SIGKILL)
    time.sleep(0.5)
    assert still_works(HURRIED)


def test_one_who_waits_too_long_behind_others_is_asked_to_come_back(tmp_path: Path) -> None:
    patient = replace(ALLOWANCE, processes=1)
    begun, enough = tmp_path / "begun", tmp_path / "enough"
    with ThreadPoolExecutor(1) as people:
        first = people.submit(run_apart, misbehaviour.linger, (begun, enough), patient)
        while not begun.exists():
            time.sleep(0.01)
        with pytest.raises(Refused, match="busy"):
            run_apart(os.getpid, (), replace(patient, patience=0.2))
        enough.touch()
        assert first.exception() is None
    assert still_works(patient)


def test_twenty_uploads_at_once_are_all_examined() -> None:
    with ThreadPoolExecutor(20) as people:
        pages = people.map(lambda _: examine_apart(pdf_bytes(2), "a.pdf", LIMITS, ALLOWANCE).pages, range(20))
        assert list(pages) == [2] * 20


def test_a_hanging_file_does_not_stop_the_others() -> None:
    allowance = replace(ALLOWANCE, seconds=3)
    warm(allowance)
    with ThreadPoolExecutor(2) as people:
        hanging = people.submit(run_apart, misbehaviour.sleep, (60,), allowance)
        time.sleep(0.2)
        assert still_works(allowance)
        assert not hanging.done()
        assert isinstance(hanging.exception(), Refused)


def test_a_forked_process_examines_with_processes_of_its_own() -> None:
    warm(ALLOWANCE)
    child = os.fork()
    if not child:
        # No clean-up in the copy: it shares pytest's.
        os._exit(0 if still_works(ALLOWANCE) else 1)
    assert os.waitstatus_to_exitcode(os.waitpid(child, 0)[1]) == 0
    assert still_works(ALLOWANCE)


def started(**environment: str) -> subprocess.Popen[str]:
    command = [sys.executable, "-m", "tests.documents.misbehaviour"]
    return subprocess.Popen(
        command, cwd=BASE_DIR, env=os.environ | environment, stdout=subprocess.PIPE, stderr=subprocess.PIPE, text=True
    )


def test_a_program_that_has_examined_ends_at_once_and_alone() -> None:
    process = started()
    output, errors = process.communicate(timeout=20)
    assert process.returncode == 0
    assert errors == ""
    assert gone(*map(int, output.split()), seconds=5)


def test_processes_end_when_their_web_process_is_killed() -> None:
    process = started(STAY="1")
    assert process.stdout
    pids = [int(pid) for pid in process.stdout.readline().split()]
    assert len(pids) == 2
    process.kill()
    process.communicate()
    assert gone(*pids)


@contextlib.contextmanager
def gunicorn() -> Iterator[tuple[subprocess.Popen[bytes], int]]:
    port = free_port()
    command = [sys.executable, "-m", "gunicorn", "tests.documents.misbehaviour:application", "--no-control-socket"]
    command += ["--bind", f"127.0.0.1:{port}", "--workers", "1", "--threads", "4", "--log-level", "critical"]
    process = subprocess.Popen(command, cwd=BASE_DIR)
    try:
        wait_for_port(port)
        yield process, port
    finally:
        if process.poll() is None:
            process.kill()
        process.wait()


def test_gunicorn_with_threads_stops_within_seconds_and_leaves_nothing() -> None:
    with gunicorn() as (process, port):
        with urllib.request.urlopen(f"http://127.0.0.1:{port}/", timeout=20) as response:
            pids = [int(pid) for pid in response.read().split()]
        start = time.monotonic()
        process.terminate()
        assert process.wait(timeout=10) == 0
        assert time.monotonic() - start < 5
        assert gone(*pids, seconds=5)
