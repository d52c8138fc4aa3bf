"""One visitor asks for a long case many times at once: everybody else reads on, and memory stays bounded."""

from __future__ import annotations

import contextlib
import threading
import time
from collections import Counter
from concurrent.futures import ThreadPoolExecutor
from itertools import chain

import psutil

from .cases import file_all, people
from .client import Browser
from .stack import Stack

MESSAGES, AT_ONCE = 500, 16
WRITE_MESSAGES = """
    INSERT INTO complaints_event (case_id, kind, at, actor, on_behalf_of, from_state, to_state, body, is_public)
    SELECT id, 'message-in', opened_at + step * interval '1 second', 'person', '', state, state,
        repeat('Je n’ai toujours pas reçu le remboursement de mes soins. ', 10), true
    FROM complaints_complaint, generate_series(1, %s) AS step WHERE number = %s
"""


def with_long_case(stack: Stack) -> tuple[Browser, str]:
    """Somebody who follows a case of many messages, and where its paper is."""
    [person] = people(stack, 1)
    [number] = file_all([person])
    with stack.connect() as connection, connection.cursor() as cursor:
        cursor.execute(WRITE_MESSAGES, [MESSAGES, number])
    visitor = Browser(stack.address)
    form = visitor.get("/reclamations/suivi/").forms[-1]
    sent = form.fields | {"number": number, "email": person.email}
    assert visitor.post("/reclamations/suivi/", list(sent.items())).status == 200
    return visitor, f"/reclamations/suivi/{number}/dossier.pdf"


def megabytes(stack: Stack) -> float:
    """What the web processes and those that draw for them hold."""
    web = psutil.Process(stack.web_pid())
    held = 0
    for process in [web, *web.children(recursive=True)]:
        with contextlib.suppress(psutil.NoSuchProcess):  # one that ended while this was counted
            held += process.memory_info().rss
    return held / 1024**2


def test_sixteen_papers_at_once_leave_the_pages_quick_and_the_memory_bounded(stack: Stack) -> None:
    visitor, paper = with_long_case(stack)
    assert "Partie 10 sur" in visitor.get(paper).html
    before = megabytes(stack)
    statuses: Counter[int] = Counter()
    waits: list[float] = []
    most = before
    done = threading.Event()

    def ask(place: int) -> list[int]:
        tab = visitor.twin()
        return [tab.get(f"{paper}?partie={1 + (place + turn) % 10}").status for turn in range(3)]

    def read() -> None:
        nonlocal most
        while not done.is_set():
            begun = time.monotonic()
            assert Browser(stack.address).get("/").status == 200
            waits.append(time.monotonic() - begun)
            most = max(most, megabytes(stack))

    with ThreadPoolExecutor(AT_ONCE + 1) as crowd:
        reading = crowd.submit(read)
        try:
            statuses.update(chain.from_iterable(crowd.map(ask, range(AT_ONCE))))
        finally:
            done.set()
        reading.result()
    waits.sort()
    assert statuses.keys() <= {200, 503}
    assert statuses[200]
    assert statuses[503]
    assert waits[len(waits) * 95 // 100] < 1
    assert most < before + 500
