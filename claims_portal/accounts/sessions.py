"""Sessions in PostgreSQL, written without waiting for the disk, and read in one short query."""

from __future__ import annotations

from collections.abc import Iterable
from datetime import datetime
from typing import Any

from django.contrib.sessions.backends import db
from django.contrib.sessions.backends.base import SessionBase
from django.db import Error, connection
from django.utils import timezone

from claims_portal.prepared import Prepared
from claims_portal.unhurried import unhurried


def _live(key: str, now: datetime) -> Any:
    return db.SessionStore.get_model_class().objects.filter(session_key=key, expire_date__gt=now)


_live_session = Prepared(_live, key=str, now=datetime)


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
    """What a server that falls may lose of a session is its last half second: the person signs in again."""

    def save(self, must_create: bool = False) -> None:
        with unhurried():
            super().save(must_create)

    def _get_session_from_db(self) -> Any:
        found = self._read()
        if found is None:
            self._session_key = None
        return found

    def _read(self) -> Any:
        """Usually the first query of a page: it tells by itself whether a kept connection still works.

        Django would ask « SELECT 1 » before it (`CONN_HEALTH_CHECKS`, which goes on for pages without a session).
        """
        kept: Any = connection
        if kept.in_atomic_block or kept.health_check_done or kept.connection is None:
            return _live_session.first(key=self.session_key, now=timezone.now())
        kept.health_check_done = True
        try:
            return _live_session.first(key=self.session_key, now=timezone.now())
        except Error:  # PostgreSQL was restarted since
            kept.close()
            return _live_session.first(key=self.session_key, now=timezone.now())
