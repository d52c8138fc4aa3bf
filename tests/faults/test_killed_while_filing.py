"""kill -9 of the web processes while people file: each complaint exists whole, or not at all."""

from __future__ import annotations

import contextlib
import itertools
import os
import random
import threading
from concurrent.futures import ThreadPoolExecutor

import pytest
from urllib3.exceptions import HTTPError

from .cases import assert_all_whole, assert_one_receipt_each, numbers_of, people
from .client import Complainant
from .stack import Stack

FILINGS = int(os.environ.get("FAULT_FILINGS", "28"))


class Killer:
    """Kills all web workers a few milliseconds after somebody pressed « Envoyer », once in so many times."""

    ONCE_IN = 4  # often enough that not all of them miss

    def __init__(self, stack: Stack) -> None:
        self.stack = stack
        self.presses = itertools.count(1)
        self.kills: list[threading.Timer] = []

    def pressed(self) -> None:
        if next(self.presses) % self.ONCE_IN == 0:
            self.kills.append(threading.Timer(random.uniform(0, 0.04), self.stack.kill_web_workers))
            self.kills[-1].start()


def result(person: Complainant) -> str:
    """The number shown, or nothing when the person gave up after the last step was cut."""
    try:
        return person.file()
    except HTTPError:
        return ""


def test_kills_at_random_leave_whole_cases_or_none(stack: Stack):
    killer = Killer(stack)
    stubborn = people(stack, FILINGS - FILINGS // 4, sends=killer.pressed)
    discouraged = people(stack, FILINGS // 4, stubborn=False, sends=killer.pressed)
    crowd = random.sample([*stubborn, *discouraged], FILINGS)
    with ThreadPoolExecutor(4) as pool:
        shown = dict(zip(crowd, pool.map(result, crowd), strict=True))
    assert killer.kills and any(person.cuts for person in crowd)
    assert_all_whole(stack)
    for person, number in shown.items():
        assert numbers_of(stack, person.draft) == [number] or (person in discouraged and not number)
    assert_one_receipt_each(stack, [person for person in crowd if numbers_of(stack, person.draft)])


@pytest.mark.parametrize(
    ("table", "exists"),
    [
        pytest.param("complaints_complainant", False, id="after the case, before its people"),
        pytest.param("complaints_complaintdocument", False, id="while documents are claimed"),
        pytest.param("notifications_message", False, id="before the receipt is promised"),
        pytest.param("wizards_draft", False, id="before the draft is closed"),
        pytest.param("django_session", True, id="after the commit, before the answer"),
    ],
)
def test_a_kill_in_the_middle_of_the_last_step_is_all_or_nothing(stack: Stack, table: str, exists: bool):
    [person] = people(stack, 1)
    page = person.to_review()
    with contextlib.closing(stack.connect()) as other, other.cursor() as cursor, ThreadPoolExecutor(1) as pool:
        # The last step stands still where it writes this table, for as long as we want.
        cursor.execute(f"LOCK TABLE {table} IN SHARE MODE")
        pressed = pool.submit(person.press_send, page)
        stack.wait_until(lambda: stack.somebody_waits_for(table), what=f"{table} is being written")
        stack.kill_web_workers()
        with pytest.raises(HTTPError):
            pressed.result()
    stack.wait_until(lambda: not stack.somebody_waits_for(table), what="PostgreSQL noticed")
    assert len(numbers_of(stack, person.draft)) == exists
    assert_all_whole(stack)
    number = person.send(person.insist(lambda: person.get(page.url)))
    assert numbers_of(stack, person.draft) == [number]
    assert_all_whole(stack)
    assert_one_receipt_each(stack, [person])
