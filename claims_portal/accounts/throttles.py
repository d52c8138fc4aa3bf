"""Limits on how often something may be tried, counted in PostgreSQL (docs/adr/0002)."""

from __future__ import annotations

import hashlib
import ipaddress
import time
from datetime import UTC, datetime

from django.conf import settings
from django.db import connection
from django.db.models import F

from .models import Throttle

# The commit does not wait for the disk: counters of the last half second may go with a server that falls.
# Not inside another transaction, whose commit must wait.
_QUICK = "WITH quick AS (SELECT set_config('synchronous_commit', 'off', true)) "
_COUNT = (
    "INSERT INTO accounts_throttle AS t (key, count, expires_at) SELECT %s, %s, %s{}"
    " ON CONFLICT (key) DO UPDATE SET count = t.count + EXCLUDED.count RETURNING count"
)
_COUNT_INSIDE = _COUNT.format("")
_COUNT_ALONE = _QUICK + _COUNT.format(" FROM quick")


class LimitReached(Exception):
    """Too many tries; `retry_seconds` says when the window ends."""

    def __init__(self, scope: str, retry_seconds: int) -> None:
        super().__init__(scope)
        self.scope = scope
        self.retry_seconds = retry_seconds


def caller(address: str) -> str:
    """Who calls from an address: the address, or the network of 64 bits of an IPv6 one, whose owner has them all.

    Any other text stands for itself.
    """
    try:
        known = ipaddress.ip_address(address)
    except ValueError:
        return address
    if known.version == 4:
        return address
    if known.ipv4_mapped:
        return str(known.ipv4_mapped)
    return str(ipaddress.ip_network((int(known), 64), strict=False).network_address)


def _key(scope: str, subject: str, window: int) -> str:
    subject = caller(subject)
    return hashlib.sha256(f"{scope}:{subject}:{window}:{settings.SECRET_KEY}".encode()).hexdigest()


def forget(scope: str, subject: str) -> None:
    """Forgive the tries of this window: the last one was right."""
    now = int(time.time())
    Throttle.objects.filter(key=_key(scope, subject, now - now % settings.THROTTLES[scope][1])).delete()


def refund(scope: str, subject: str) -> None:
    """Take one try back, because it was right: what is left counted is failures.

    Count before the check and refund after it: tries sent at once cannot all pass before the first one is counted.
    """
    now = int(time.time())
    key = _key(scope, subject, now - now % settings.THROTTLES[scope][1])
    Throttle.objects.filter(key=key, count__gt=0).update(count=F("count") - 1)


def count(scope: str, subject: str, *, weight: int = 1, limit: tuple[int, int] | None = None) -> None:
    """Count one try of `scope` by `subject`; LimitReached when its window is full.

    One statement, atomic under concurrency. Nothing personal is stored: the key is a hash. An IPv6 address counts
    for its network (`caller`).
    Limits are `settings.THROTTLES[scope] = (tries, seconds)` unless the caller gives its own.
    """
    allowed, seconds = limit or settings.THROTTLES[scope]
    now = int(time.time())
    window = now - now % seconds
    with connection.cursor() as cursor:
        cursor.execute(
            _COUNT_INSIDE if connection.in_atomic_block else _COUNT_ALONE,
            [_key(scope, subject, window), weight, datetime.fromtimestamp(window + seconds, UTC)],
        )
        tries = cursor.fetchone()[0]
    if tries > allowed:
        raise LimitReached(scope, window + seconds - now)
