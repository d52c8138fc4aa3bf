"""Sessions do not wait for the disk; what was promised does."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from claims_portal.accounts.sessions import SessionStore
from claims_portal.unhurried import unhurried


def waits_for_disk() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] == "on")


@pytest.mark.django_db(transaction=True)
def test_an_unhurried_transaction_does_not_wait_and_the_next_one_does():
    with unhurried():
        assert not waits_for_disk()
    assert waits_for_disk()


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_the_disk_is_waited_for():
    with transaction.atomic():
        with unhurried():
            assert waits_for_disk()
        assert waits_for_disk()


@pytest.mark.django_db(transaction=True)
def test_a_session_is_kept_and_read_again():
    session = SessionStore()
    session["drafts"] = ["a"]
    session.save()
    session["drafts"] = ["a", "b"]
    session.save()
    assert SessionStore(session.session_key)["drafts"] == ["a", "b"]
