"""What the workers do for the outbox. Every task may run twice."""

from celery import shared_task

from . import proofs, services


@shared_task(name="notifications.deliver")
def deliver(message_ids: list[int]) -> None:
    """Send what was queued a moment ago."""
    for message_id in message_ids:
        services.deliver(message_id=message_id)


@shared_task(name="notifications.sweep")
def sweep() -> None:
    """Send whatever is due: not nudged, to be tried again, or left by a worker that died."""
    services.sweep()


@shared_task(name="notifications.prune")
def prune() -> None:
    """Delete old messages about no case, and proofs too old to count."""
    services.prune_untied()
    proofs.prune_proofs()


@shared_task(name="notifications.blank")
def blank() -> None:
    """Wipe one-time codes that were sent long enough ago."""
    services.blank()
