"""What a decoder may do to its process, to be run apart; and a small web application that examines."""

from __future__ import annotations

import multiprocessing
import os
import time
from collections.abc import Callable, Iterable
from io import BytesIO
from pathlib import Path
from typing import Any

import pikepdf

from claims_portal.documents.checks import Limits
from claims_portal.documents.worker import Allowance, examine_apart

LIMITS = Limits(image_pixels=30_000_000, pdf_pages=200)
ALLOWANCE = Allowance(seconds=20, memory_bytes=1024**3, processes=2)


def pdf() -> bytes:
    """Without the factories: the processes that examine know no Django."""
    output = BytesIO()
    with pikepdf.new() as made:
        made.add_blank_page()
        made.save(output)
    return output.getvalue()


def sleep(seconds: float) -> None:
    time.sleep(seconds)


def linger(begun: Path, enough: Path) -> None:
    """Say that it began, and go on until somebody says that it is enough."""
    begun.touch()
    while not enough.exists():
        time.sleep(0.01)


def backtrack() -> None:
    """Minutes inside one C function, where no Python signal handler runs."""
    import re

    re.match(r"(a+)+$", "a" * 40 + "b")


def eat(size: int) -> int:
    return len(bytearray(size))


def crash() -> None:
    os.abort()


def processes() -> list[int]:
    """The processes that examine for this one, after an examination."""
    examine_apart(pdf(), "a.pdf", LIMITS, ALLOWANCE)
    return sorted(child.pid or 0 for child in multiprocessing.active_children())


def application(environ: dict[str, Any], start_response: Callable[..., Any]) -> Iterable[bytes]:
    """Answers with its own process and those that examine for it."""
    start_response("200 OK", [("Content-Type", "text/plain")])
    return [" ".join(map(str, [os.getpid(), *processes()])).encode()]


if __name__ == "__main__":
    print(*processes(), flush=True)  # noqa: T201
    if os.environ.get("STAY"):
        time.sleep(60)
