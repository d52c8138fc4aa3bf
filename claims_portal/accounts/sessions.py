"""Sessions in PostgreSQL, saved with an asynchronous commit."""

from __future__ import annotations

from django.contrib.sessions.backends import db

from claims_portal.asynchronous_commit import asynchronous_commit


class SessionStore(db.SessionStore):
    """Django's own. A crash of the server may lose the last half second of a session: the person signs in again."""

    def save(self, must_create: bool = False) -> None:
        with asynchronous_commit():
            super().save(must_create)
