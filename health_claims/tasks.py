"""What the portal does for claims without being waited for."""

from __future__ import annotations

from celery import shared_task
from kombu.exceptions import OperationalError as BrokerUnavailable

from .services.settling import pay_batch, pay_ordered

TIME_LIMIT = 1800  # a batch may hold 2000 claims, each told to its member


@shared_task(name="health_claims.pay_batch", time_limit=TIME_LIMIT)
def pay(batch_id: int) -> None:
    """Mark the claims of a batch as paid."""
    pay_batch(batch_id=batch_id)


@shared_task(name="health_claims.pay", time_limit=TIME_LIMIT)
def pay_what_was_ordered() -> None:
    """Finish what was ordered and not carried out (every two minutes)."""
    pay_ordered()


def pay_soon(batch_id: int) -> None:
    """Queue it. When the broker is away, the order is in the database and the next beat carries it out."""
    try:
        pay.delay(batch_id)
    except BrokerUnavailable:
        return
