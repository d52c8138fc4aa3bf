"""Ask a worker to send what was queued. An optimisation: the sweep finds every row without it."""

from __future__ import annotations

import time
from concurrent.futures import ThreadPoolExecutor

import structlog
from kombu.exceptions import KombuError
from redis.exceptions import RedisError

from claims_portal.celery import app

logger = structlog.get_logger("portal.outbox")

PAUSE = 5.0  # seconds without a try after the broker did not answer
GRACE = 0.05  # seconds in which the person who waits for a page gets it first
EXPIRES = 60  # seconds after which the sweep will have done it anyway

# A thread publishes, because a request would wait. Measured for one `send_task` with the options of settings/celery.py:
# 0.3 ms when Redis answers, 2.0 s when it refuses connections, 5.0 s when it is frozen (3.0 s with a socket timeout of
# 0.5 s). In the thread, a filing takes the same time in all three cases.
_publisher = ThreadPoolExecutor(max_workers=1, thread_name_prefix="nudge")
_away_until = 0.0


def nudge(message_ids: list[int]) -> None:
    """Ask a worker to deliver these rows soon. Returns at once and never fails because of the broker."""
    if time.monotonic() >= _away_until:
        _publisher.submit(_publish, message_ids, time.monotonic() + GRACE)


def _publish(message_ids: list[int], not_before: float = 0.0) -> None:
    global _away_until  # noqa: PLW0603 -- one broker a process
    if time.monotonic() < _away_until:
        return
    time.sleep(max(0.0, not_before - time.monotonic()))
    try:
        app.send_task("notifications.deliver", args=[message_ids], expires=EXPIRES)
    except (KombuError, RedisError, OSError) as error:
        _away_until = time.monotonic() + PAUSE
        logger.warning("broker_away", kind=type(error).__name__, messages=len(message_ids))
