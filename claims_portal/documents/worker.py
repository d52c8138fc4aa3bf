"""Files are examined in processes of their own, limited in time and memory (`claims_portal.bounded_processes`).

Knows nothing of Django, so that those processes stay small and start fast.
"""

from __future__ import annotations

from collections.abc import Callable
from typing import Any, TypeVar

from claims_portal.bounded_processes import Allowance, BoundReached, run_bounded, start_processes, stop

from .checks import Examination, Limits, Refused, examine

__all__ = ["Allowance", "examine_apart", "run_apart", "stop", "warm"]

Answer = TypeVar("Answer")

warm = start_processes


def examine_apart(data: bytes, name: str, limits: Limits, allowance: Allowance, *, person: str = "") -> Examination:
    """`checks.examine` in another process. `person` is who sent it, as `fair_queue.Call` tells people apart.

    Raises Refused; also with `too_slow`, `too_heavy` or `crashed` when the file used up what it was
    allowed, and with `busy` when too many others were waiting.
    """
    return run_apart(examine, (data, name, limits), allowance, person=person)


def run_apart(
    function: Callable[..., Answer], arguments: tuple[Any, ...], allowance: Allowance, *, person: str = ""
) -> Answer:
    """Return the function's answer from one of the processes; what it raises is raised here."""
    try:
        return run_bounded(function, arguments, allowance, person=person)
    except BoundReached as reached:
        raise Refused(reached.code) from reached
