"""References follow one another within a day of the organisation's zone, whoever asks at the same moment."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import connection, transaction

from health_claims.references import next_reference


@pytest.mark.req("D128")
@pytest.mark.django_db
def test_a_reference_is_the_local_date_and_six_digits():
    with time_machine.travel(datetime(2026, 7, 3, 23, 30, tzinfo=UTC), tick=False):
        first = next_reference(series="declaration", time_zone="Africa/Casablanca")
        second = next_reference(series="declaration", time_zone="Africa/Casablanca")
    assert (first, second) == ("20260704000001", "20260704000002")


@pytest.mark.django_db(transaction=True)
def test_fifty_at_once_get_fifty_references_in_a_row():
    def ask(_number: int) -> str:
        try:
            with transaction.atomic():
                return next_reference(series="declaration", time_zone="UTC")
        finally:
            connection.close()

    with ThreadPoolExecutor(50) as pool:
        given = sorted(pool.map(ask, range(50)))
    assert [int(each[8:]) for each in given] == list(range(1, 51))


@pytest.mark.django_db(transaction=True)
def test_a_send_that_fails_leaves_no_gap():
    with pytest.raises(RuntimeError), transaction.atomic():
        next_reference(series="declaration", time_zone="UTC")
        raise RuntimeError
    assert next_reference(series="declaration", time_zone="UTC").endswith("000001")
