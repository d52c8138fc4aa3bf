"""Lists in pages by key."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from typing import Any

import pytest

from claims_portal.accounts.models import User
from claims_portal.backoffice.keyset import Page, page_by_key
from tests.factories.complaints import AgentFactory

KEYSET = ("date_joined", "pk")
NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.fixture
def people(db: None) -> list[User]:
    """Seven people, newest first, three of whom joined at the same instant."""
    moments = [NOON, NOON, NOON, *(NOON + timedelta(hours=hours) for hours in range(1, 5))]
    return [AgentFactory.create(date_joined=moment) for moment in moments][::-1]


def page(**bounds: Any) -> Page:
    return page_by_key(User.objects.all(), keyset=KEYSET, size=3, **bounds)


def test_going_on_shows_every_row_once_even_those_of_the_same_instant(people):
    shown, here = [], page()
    while True:
        shown += here.rows
        if not here.older:
            break
        here = page(older=here.older)
    assert shown == people


def test_going_back_shows_the_page_one_came_from(people):
    first = page()
    second = page(older=first.older)
    third = page(older=second.older)
    assert page(newer=third.newer).rows == second.rows
    assert page(newer=second.newer) == first


def test_the_first_page_has_nothing_newer_and_the_last_nothing_older(people):
    first = page()
    last = page(older=page(older=first.older).older)
    assert not first.newer
    assert not last.older
    assert len(last.rows) == 1


@pytest.mark.parametrize("key", ["", "x", "x_y", "2026-03-03_1_2", "2026-03-03T12:00:00+00:00_", "_1", "9" * 40 + "_1"])
def test_a_key_that_is_none_is_refused(people, key):
    if not key:
        assert page(older=key).rows == people[:3]
    else:
        with pytest.raises(ValueError, match=r".*"):
            page(older=key)


def test_a_page_is_one_query_however_deep(people, django_assert_num_queries):
    here = page(older=page().older)
    with django_assert_num_queries(1):
        page(older=here.older)


def test_a_queue_may_begin_with_its_oldest_rows(people):
    first = page(oldest_first=True)
    second = page(oldest_first=True, newer=first.newer)
    assert [*first.rows, *second.rows] == people[::-1][:6]
    assert page(oldest_first=True, older=second.older) == first
