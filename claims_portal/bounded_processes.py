"""Run heavy functions in processes of their own, with limits of time and memory.

Used to examine files and to draw PDFs. A function that loops, takes too much memory or crashes ends its own
process, never the process that serves pages. This module does not import Django, so that the processes stay
small and start fast.
"""

from __future__ import annotations

import atexit
import logging
import multiprocessing
import os
import resource
import signal
import threading
import time
from collections import Counter
from collections.abc import Callable, Iterator
from concurrent.futures import CancelledError
from concurrent.futures.process import BrokenProcessPool
from contextlib import contextmanager
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from .fair_queue import FairQueue, Interrupted

Answer = TypeVar("Answer")

# A new process replaces the old one after this many calls, to give back memory that libraries leak.
CALLS_A_PROCESS = 500


@dataclass(frozen=True)
class Allowance:
    """The limits of one call: seconds, bytes of address space; and how many calls run at a time.

    `patience` is how many seconds the caller waits in all, the time behind other calls included. `waiting` is how
    many calls may wait or run at once, `waiting_per_person` how many of them for the same person; None: no limit.
    `crowded_seconds` is how long a call may run while somebody waits who used less; None: as long as others.
    Calls that differ only in these four share the same processes.
    """

    seconds: float
    memory_bytes: int
    processes: int = 2
    niceness: int = 0
    patience: float = field(default=45, compare=False)
    waiting: int | None = field(default=None, compare=False)
    waiting_per_person: int | None = field(default=None, compare=False)
    crowded_seconds: float | None = field(default=None, compare=False)


class BoundReached(Exception):
    """The call was given up. `code`: `too_slow`, `too_heavy`, `crashed`, or `busy` when too many others waited."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


_lock = threading.Lock()
_pools: dict[Allowance, ProcessPool] = {}
# In what order the processes of each pool are given.
_queues: dict[Allowance, FairQueue] = {}
# How many calls of each person wait or run, for each pool.
_waiting: dict[Allowance, Counter[str]] = {}


def run_bounded(
    function: Callable[..., Answer], arguments: tuple[Any, ...], allowance: Allowance, *, person: str = ""
) -> Answer:
    """Return the function's answer from one of the processes. What the function raises is raised here.

    `person` tells callers apart, for the order in which they are served (`fair_queue.Call`) and `waiting_per_person`;
    "" is limited by neither. Raises BoundReached. A call whose caller lost patience is cancelled: it is not started.
    """
    end = time.monotonic() + allowance.patience
    try:
        with (
            _place(allowance, person),
            _queue(allowance).turn(
                person, patience=allowance.patience, crowded_seconds=allowance.crowded_seconds
            ) as call,
        ):
            call.future = future = _scheduled(function, arguments, allowance)
            return _answer(future, max(0, end - time.monotonic()))
    except (Interrupted, CancelledError, TimeoutError) as error:
        raise BoundReached("busy") from error


def _answer(future: ProcessFuture[Answer], patience: float) -> Answer:
    try:
        return future.result(timeout=patience)
    except TimeoutError as error:
        if future.done():
            raise BoundReached("too_slow") from error
        future.cancel()
        raise
    except MemoryError as error:
        raise BoundReached("too_heavy") from error
    except (ProcessExpired, BrokenProcessPool) as error:
        raise BoundReached("crashed") from error


def start_processes(allowance: Allowance) -> None:
    """Start the processes now, so that the first caller does not wait for them."""
    run_bounded(os.getpid, (), allowance)


@contextmanager
def _place(allowance: Allowance, person: str) -> Iterator[None]:
    """Hold a place among those who wait or run. BoundReached at once when there is none."""
    with _lock:
        waiting = _waiting.setdefault(allowance, Counter())
        full = allowance.waiting is not None and waiting.total() >= allowance.waiting
        most = allowance.waiting_per_person
        theirs = bool(person) and most is not None and waiting[person] >= most
        if full or theirs:
            raise BoundReached("busy")
        waiting[person] += 1
    try:
        yield
    finally:
        with _lock:
            waiting[person] -= 1
            if not waiting[person]:
                del waiting[person]


def _scheduled(
    function: Callable[..., Answer], arguments: tuple[Any, ...], allowance: Allowance
) -> ProcessFuture[Answer]:
    try:
        return _pool(allowance).schedule(function, args=arguments, timeout=allowance.seconds)
    except RuntimeError:
        # Somebody killed an idle process (the system, short of memory): the pool gives up, we start another.
        stop(allowance)
        return _pool(allowance).schedule(function, args=arguments, timeout=allowance.seconds)


def _queue(allowance: Allowance) -> FairQueue:
    with _lock:
        return _queues.setdefault(allowance, FairQueue(allowance.processes))


def _pool(allowance: Allowance) -> ProcessPool:
    with _lock:
        if allowance not in _pools:
            _pools[allowance] = ProcessPool(
                max_workers=allowance.processes,
                max_tasks=CALLS_A_PROCESS,
                initializer=_confine,
                initargs=(allowance.memory_bytes, allowance.niceness),
                # Never fork a web process: its threads may hold locks that the child would wait for.
                context=multiprocessing.get_context("spawn"),
            )
        return _pools[allowance]


def _confine(memory_bytes: int, niceness: int) -> None:
    """Limit the new process: memory, priority, no core file, and no word on standard output or error.

    Libraries quote what they read in their warnings, and people typed it.
    """
    silence_output()
    os.nice(niceness)
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Die at once when stopped, even in the middle of a decoder.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def silence_output() -> None:
    """Drop the log lines of this process, and what C libraries write on its standard output and error."""
    logging.disable(logging.CRITICAL)
    nowhere = os.open(os.devnull, os.O_WRONLY)
    for descriptor in (1, 2):
        os.dup2(nowhere, descriptor)
    os.close(nowhere)


def stop(*allowances: Allowance) -> None:
    """Stop the processes of these allowances, or all. Calls that run are given up."""
    with _lock:
        stopped = [_pools.pop(each) for each in allowances or tuple(_pools) if each in _pools]
    for pool in stopped:
        pool.stop()
    if not allowances:
        # Pebble takes their locks away, then ends them: one that is just starting would complain in between.
        for process in multiprocessing.active_children():
            process.terminate()
    for pool in stopped:
        pool.join()


def _forget_after_fork() -> None:
    """The processes belong to the parent: the child starts its own when it needs them."""
    _pools.clear()
    _waiting.clear()
    _queues.clear()
    _lock.release()


# Registered after pebble's own, hence called before: the interpreter never waits for these processes at its end.
atexit.register(stop)
# Nobody may hold the lock while the process is copied.
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forget_after_fork)
