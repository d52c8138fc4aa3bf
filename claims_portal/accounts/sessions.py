"""Sessions in PostgreSQL, written without waiting for the disk."""

from __future__ import annotations

from django.contrib.sessions.backends import db
from django.db import connection, transaction


class SessionStore(db.SessionStore):
    """What a server that falls may lose of a session is its last half second: the person signs in again.

    Nothing that was promised hangs on it: a commit that does wait takes the earlier ones to the disk with it.
    """

    def save(self, must_create: bool = False) -> None:
        if connection.in_atomic_block:  # somebody else's transaction, whose commit must wait
            super().save(must_create)
            return
        with transaction.atomic():
            with connection.cursor() as cursor:
                cursor.execute("SET LOCAL synchronous_commit TO off")
            super().save(must_create)
