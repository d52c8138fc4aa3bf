"""Doing things at the same moment, as two tabs, two servers or an impatient finger do."""

from __future__ import annotations

import threading
from collections.abc import Callable
from typing import Any

from django.db import connection


def at_once(*acts: Callable[[], Any]) -> list[Any]:
    """Run these in threads of their own, started together; gives what each returned, or the exception it ended with."""
    start = threading.Barrier(len(acts))
    ends: list[Any] = [None] * len(acts)

    def run(number: int) -> None:
        start.wait()
        try:
            ends[number] = acts[number]()
        except Exception as error:
            ends[number] = error
        finally:
            connection.close()

    threads = [threading.Thread(target=run, args=[number]) for number in range(len(acts))]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return ends
