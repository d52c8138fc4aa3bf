"""Sessions are saved with an asynchronous commit; what was promised is not."""

from __future__ import annotations

import pytest
from django.db import connection, transaction

from claims_portal.accounts.sessions import SessionStore
from claims_portal.asynchronous_commit import asynchronous_commit


def waits_for_disk() -> bool:
    with connection.cursor() as cursor:
        cursor.execute("SHOW synchronous_commit")
        return bool(cursor.fetchone()[0] == "on")


@pytest.mark.django_db(transaction=True)
def test_an_asynchronous_commit_does_not_wait_and_the_next_one_does():
    with asynchronous_commit():
        assert not waits_for_disk()
    assert waits_for_disk()


@pytest.mark.django_db(transaction=True)
def test_inside_another_transaction_the_disk_is_waited_for():
    with transaction.atomic():
        with asynchronous_commit():
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


@pytest.mark.django_db(transaction=True)
def test_a_session_is_read_over_a_new_connection_when_the_kept_one_is_dead():
    store = SessionStore()
    store["drafts"] = ["one"]
    store.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    other.close()
    connection.health_check_done = False  # as at the start of a request
    assert SessionStore(store.session_key)["drafts"] == ["one"]
