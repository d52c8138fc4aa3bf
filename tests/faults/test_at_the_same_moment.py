"""Several requests at the same moment for the same draft."""

from __future__ import annotations

import threading
from concurrent.futures import ThreadPoolExecutor

import pytest

from .cases import assert_all_whole, assert_one_receipt_each, numbers_of, people
from .client import Browser, Complainant, Field, File, Page
from .stack import Stack


def together(tabs: list[Browser], url: str, fields: list[Field | File], *, multipart: bool = False) -> list[Page]:
    """All these tabs post the same at once."""
    start = threading.Barrier(len(tabs))

    def post(tab: Browser) -> Page:
        start.wait()
        return tab.post(url, fields, multipart=multipart)

    with ThreadPoolExecutor(len(tabs)) as pool:
        return list(pool.map(post, tabs))


def test_two_tabs_that_send_at_once_make_one_case_and_show_its_number(stack: Stack):
    crowd = people(stack, 4)
    for person in crowd:
        page = person.to_review()
        answers = together([person.twin(), person.twin()], page.url, person.ready_to_send(page))
        assert [answer.path.endswith("/fait/") for answer in answers] == [True, True]
        assert [[answer.number] for answer in answers] == [numbers_of(stack, person.draft)] * 2
    assert_all_whole(stack)
    assert_one_receipt_each(stack, crowd)


def test_what_was_sent_sent_again_leads_to_the_same_number(stack: Stack):
    [person] = people(stack, 1)
    page = person.to_review()
    sent = person.ready_to_send(page)
    first, again = person.post(page.url, sent), person.post(page.url, sent)
    assert (first.number, again.path) == (again.number, first.path)
    assert numbers_of(stack, person.draft) == [first.number]


def documents_page(person: Complainant) -> Page:
    page = person.begin()
    while not page.path.endswith("/pieces/"):
        page = person._answer(page)
    return page


@pytest.mark.req("C33")
def test_twenty_uploads_at_once_leave_ten_documents(stack: Stack):
    [person] = people(stack, 1)
    page = documents_page(person)
    rows = stack.value("SELECT count(*) FROM documents_document")
    files = len(stored_files(stack))
    answers = together([person.twin() for _ in range(20)], page.url, person.upload_fields(page), multipart=True)
    assert {answer.status for answer in answers} == {200}
    assert stack.value("SELECT count(*) FROM wizards_draftdocument WHERE draft_id = %s", person.draft) == 10
    refused = [answer for answer in answers if answer.errors]
    assert len(refused) == 10
    assert all("10 fichiers au plus" in answer.html for answer in refused)
    # What was refused left neither row nor file behind.
    assert stack.value("SELECT count(*) FROM documents_document") == rows + 10
    assert len(stored_files(stack)) == files + 10


def stored_files(stack: Stack) -> list[str]:
    return [str(path) for path in (stack.folder / "private").rglob("*") if path.is_file()]
