"""Files are examined in processes of their own: limited in time and memory, replaceable, always warm.

A decoder that loops, swallows memory or crashes takes its process with it, never a page's. Knows
nothing of Django, so that those processes stay small and start fast.
"""

from __future__ import annotations

import atexit
import multiprocessing
import os
import resource
import signal
import threading
from collections.abc import Callable
from concurrent.futures.process import BrokenProcessPool
from dataclasses import dataclass, field
from typing import Any, TypeVar

from pebble import ProcessExpired, ProcessFuture, ProcessPool

from .checks import Examination, Limits, Refused, examine

Answer = TypeVar("Answer")

# What decoders leave behind is given back by starting a new process after this many files.
FILES_A_PROCESS = 500


@dataclass(frozen=True)
class Allowance:
    """What examining one file may take: seconds, bytes of address space; how many files at a time.

    `patience` is how many seconds a page waits in all, the time behind other files included: those who wait
    more or less long share the same processes.
    """

    seconds: float
    memory_bytes: int
    processes: int = 2
    patience: float = field(default=45, compare=False)


_lock = threading.Lock()
_pools: dict[Allowance, ProcessPool] = {}


def examine_apart(data: bytes, name: str, limits: Limits, allowance: Allowance) -> Examination:
    """`checks.examine` in another process.

    Raises Refused; also with `too_slow`, `too_heavy` or `crashed` when the file used up what it was
    allowed, and with `busy` when too many others were waiting.
    """
    return run_apart(examine, (data, name, limits), allowance)


def warm(allowance: Allowance) -> None:
    """Start the processes now, so that the first person does not wait for them."""
    run_apart(os.getpid, (), allowance)


def run_apart(function: Callable[..., Answer], arguments: tuple[Any, ...], allowance: Allowance) -> Answer:
    """The function's answer from one of the processes; what it raises is raised here."""
    future = _scheduled(function, arguments, allowance)
    try:
        return future.result(timeout=allowance.patience)
    except TimeoutError as error:
        if future.done():
            raise Refused("too_slow") from error
        future.cancel()
        raise Refused("busy") from error
    except MemoryError as error:
        raise Refused("too_heavy") from error
    except (ProcessExpired, BrokenProcessPool) as error:
        raise Refused("crashed") from error


def _scheduled(
    function: Callable[..., Answer], arguments: tuple[Any, ...], allowance: Allowance
) -> ProcessFuture[Answer]:
    try:
        return _pool(allowance).schedule(function, args=arguments, timeout=allowance.seconds)
    except RuntimeError:
        # Somebody killed an idle process (the system, short of memory): the pool gives up, we start another.
        stop(allowance)
        return _pool(allowance).schedule(function, args=arguments, timeout=allowance.seconds)


def _pool(allowance: Allowance) -> ProcessPool:
    with _lock:
        if allowance not in _pools:
            _pools[allowance] = ProcessPool(
                max_workers=allowance.processes,
                max_tasks=FILES_A_PROCESS,
                initializer=_confine,
                initargs=(allowance.memory_bytes,),
                # Never fork a web process: its threads may hold locks that the child would wait for.
                context=multiprocessing.get_context("spawn"),
            )
        return _pools[allowance]


def _confine(memory_bytes: int) -> None:
    """In the new process: no more memory than allowed, no core file of somebody's papers."""
    resource.setrlimit(resource.RLIMIT_AS, (memory_bytes, memory_bytes))
    resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
    # Die at once when stopped, even in the middle of a decoder.
    signal.signal(signal.SIGTERM, signal.SIG_DFL)


def stop(*allowances: Allowance) -> None:
    """Stop the processes of these allowances, or all: files under examination are given up."""
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
    _lock.release()


# Registered after pebble's own, hence called before: the interpreter never waits for these processes at its end.
atexit.register(stop)
# Nobody may hold the lock while the process is copied.
os.register_at_fork(before=_lock.acquire, after_in_parent=_lock.release, after_in_child=_forget_after_fork)
