"""The only writers of the outbox: queue, deliver, sweep, resend, blank."""

from __future__ import annotations

from functools import partial

from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from .models import Message
from .notices import Notice
from .nudge import nudge


def queue(notice: Notice) -> list[Message]:
    """Write a notice into the outbox, inside the transaction of what it tells.

    Gives its rows, one a recipient and channel: those written now, or those of the first time
    when the same notice was queued before. Sending starts after the commit and is never waited for.
    TransactionManagementError outside a transaction: a message must not outlive a case that was rolled back.
    """
    if not connection.in_atomic_block:
        raise TransactionManagementError("queue() belongs inside the transaction of what it tells.")
    rows = notice.messages()
    if not rows:
        return []
    Message.objects.bulk_create(rows, ignore_conflicts=True)
    kept = list(Message.objects.filter(dedup_key__in=[row.dedup_key for row in rows]).order_by("pk"))
    waiting = [message.pk for message in kept if message.state == Message.State.QUEUED]
    if waiting:
        transaction.on_commit(partial(nudge, waiting), robust=True)
    return kept
