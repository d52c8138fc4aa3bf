"""Sessions in PostgreSQL, written without waiting for the disk."""

from __future__ import annotations

from django.contrib.sessions.backends import db

from claims_portal.unhurried import unhurried


class SessionStore(db.SessionStore):
    """What a server that falls may lose of a session is its last half second: the person signs in again."""

    def save(self, must_create: bool = False) -> None:
        with unhurried():
            super().save(must_create)
