"""Sessions in PostgreSQL, saved with an asynchronous commit."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase

from claims_portal.asynchronous_commit import asynchronous_commit


def renew_key(session: SessionBase) -> None:
    """Give the session a new key, its data kept. Call this wherever a right was just written into the session.

    Whoever planted the former key in this browser holds nothing with it afterwards. A session without a key in the
    database gets a new one when it is saved.
    """
    session.keys()  # reads the session: an unknown key is dropped
    if session.session_key:
        session.cycle_key()


def remove_rights(session: SessionBase, names: Iterable[str]) -> None:
    """Remove these rights from the session on the server, and the session itself when nothing else is in it."""
    for name in names:
        session.pop(name, None)
    if not set(session.keys()) - {"_messages"}:
        session.flush()


class SessionStore(db.SessionStore):
    """Django's own. A crash of the server may lose the last half second of a session: the person signs in again.

    A cookie that holds anything but letters and digits is no key. Quoted, it may hold a NUL, which PostgreSQL refuses.
    """

    def __init__(self, session_key: str | None = None) -> None:
        is_key = session_key is not None and session_key.isascii() and session_key.isalnum()
        super().__init__(session_key if is_key else None)

    def save(self, must_create: bool = False) -> None:
        with asynchronous_commit():
            super().save(must_create)
