"""The only writers of the outbox: queue, deliver, sweep, resend, refuse, blank, forget_messages, prune_untied.

A message is taken under its row's lock, for the time of a lease; it is sent outside the lock; then the row
says what became of it. A worker that dies leaves a lease that ends, and another takes the message again.
"""

from __future__ import annotations

import random
import re
import time
from collections.abc import Iterable
from datetime import datetime, timedelta
from functools import partial

import structlog
from django.conf import settings
from django.db import connection, transaction
from django.db.models import Case, CharField, Value, When
from django.db.models.functions import Cast, Concat
from django.db.transaction import TransactionManagementError
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from . import pacing, registry, sms
from .mail import Mailer
from .models import Message, MessageQuerySet
from .notices import Notice, framed
from .nudge import nudge
from .transport import Refused, Unavailable

logger = structlog.get_logger("portal.outbox")

PRUNED_AT_ONCE = 1000
LONGEST_WAIT = 3600.0  # seconds between two tries
_OURS = re.compile(r"<([0-9]{1,18})\.[0-9]{14}\.[0-9a-f]{20}@[^<>\s]{1,255}>")
SWEEP_SECONDS = 200.0  # below CELERY_TASK_TIME_LIMIT; the next sweep goes on


class CannotResend(Exception):
    """The text was wiped, or would be of no use any more: only a new request makes a new message."""


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
    _nudge_after_commit([message.pk for message in kept if message.state == Message.State.QUEUED])
    return kept


def deliver(*, message_id: int) -> None:
    """Send one message if it is due and nobody else has taken it."""
    message = _take(Message.objects.filter(pk=message_id))
    if message is not None:
        with Mailer() as mailer:
            _send(message, mailer)


def sweep(*, seconds: float = SWEEP_SECONDS) -> None:
    """Send everything that is due, for at most so many seconds; several sweeps may run side by side.

    A channel that is down is left alone until the next sweep: its messages keep their tries.
    """
    end = time.monotonic() + seconds
    down: set[str] = set()
    while _sweep_batch(down, end):
        pass


def resend(*, message: Message) -> Message:
    """Send a message again at the wish of staff; gives the row that leaves.

    One that failed or waits goes now, with all its tries; one that was sent is copied, at most once a minute.
    CannotResend for a wiped text and for a code that is over.
    """
    with transaction.atomic():
        message = Message.objects.select_for_update().get(pk=message.pk)
        now = timezone.now()
        if message.is_blanked or (message.expires_at and message.expires_at <= now):
            raise CannotResend
        if message.state == Message.State.SENT:
            return _copy(message, now)
        if message.state != Message.State.SENDING:
            message.state, message.attempts, message.next_try_at = Message.State.QUEUED, 0, now
            message.counted = False  # the limits hold for staff too
            message.save(update_fields=["state", "attempts", "next_try_at", "counted"])
            _nudge_after_commit([message.pk])
    return message


@transaction.atomic
def refuse(*, message_id: str, reason: str) -> Message | None:
    """Note that the recipient's server gave back a message that was sent, and tell whoever wants to hear of it.

    `message_id` is that of the e-mail, `reason` its codes. None for a message that is not ours, that was not sent,
    or of which it was noted already.
    """
    named = _OURS.fullmatch(message_id.strip())
    message = Message.objects.select_for_update().filter(pk=named[1]).first() if named else None
    if message is None or message.state != Message.State.SENT:
        return None
    if not constant_time_compare(message.message_id, message_id.strip()):
        return None
    message.state, message.last_error = Message.State.REFUSED, reason[:200]
    message.save(update_fields=["state", "last_error"])
    for callback in registry.callbacks():
        callback(message)
    return message


def blank() -> int:
    """Wipe the texts of one-time codes sent or given up a quarter of an hour ago; gives how many."""
    return Message.objects.to_blank().update(body_text="", body_html="")


def forget_messages(*, about: Iterable[str]) -> int:
    """Wipe the messages of these cases, recipients and keys included; gives how many. One query.

    That something was sent on a day stays. What has not left yet never will.
    """
    unsent = When(state__in=Message.OPEN_STATES, then=Value(Message.State.FAILED.value))
    return Message.objects.filter(about__in=list(about)).update(
        recipient="",
        subject="",
        body_text="",
        body_html="",
        last_error="",
        dedup_key=Concat(Value("forgotten:"), Cast("pk", CharField())),  # the usual one holds a hash of the address
        state=Case(unsent, default="state"),
    )


def prune_untied() -> int:
    """Delete the messages about no case, such as codes and links, after `settings.UNTIED_CONTACT_DAYS`; gives how many.

    Those of a case go with it (`forget_messages`). What has not left yet stays until it has, or was given up.
    """
    limit = timezone.now() - timedelta(days=settings.UNTIED_CONTACT_DAYS)
    old = Message.objects.filter(about="", created_at__lt=limit).exclude(state__in=Message.OPEN_STATES)
    pruned = 0
    while keys := list(old.order_by("pk").values_list("pk", flat=True)[:PRUNED_AT_ONCE]):
        pruned += Message.objects.filter(pk__in=keys).delete()[0]
    return pruned


def _nudge_after_commit(message_ids: list[int]) -> None:
    if message_ids:
        transaction.on_commit(partial(nudge, message_ids), robust=True)


def _copy(message: Message, now: datetime) -> Message:
    names = ["channel", "recipient", "language", "notice", "about", "occasion"]
    names += ["sender_name", "subject", "body_text", "body_html"]
    copy, created = Message.objects.get_or_create(
        dedup_key=f"resend:{message.pk}:{now:%Y%m%d%H%M}",
        defaults={name: getattr(message, name) for name in (*names, "sensitive", "unproved", "expires_at")},
    )
    if created:
        _nudge_after_commit([copy.pk])
    return copy


def _sweep_batch(down: set[str], end: float) -> bool:
    """Send up to OUTBOX_BATCH messages over one connection; False when nothing is left to do."""
    with Mailer() as mailer:
        for _each in range(settings.OUTBOX_BATCH):
            message = _take(Message.objects.exclude(channel__in=down)) if time.monotonic() < end else None
            if message is None:
                return False
            if not _send(message, mailer):
                down.add(message.channel)
    return True


def _take(candidates: MessageQuerySet) -> Message | None:
    """Claim the first due message for the time of a lease.

    Messages are claimed one by one and not by the batch: a worker that dies holds one message back, not fifty.
    """
    with transaction.atomic():
        message = candidates.due().select_for_update(skip_locked=True).first()
        if message is not None:
            message.state = Message.State.SENDING
            message.attempts += 1
            message.claimed_until = timezone.now() + timedelta(seconds=settings.OUTBOX_LEASE_SECONDS)
            message.save(update_fields=["state", "attempts", "claimed_until"])
    return message


def _send(message: Message, mailer: Mailer) -> bool:
    """Send a claimed message and note what became of it; False when its channel is down."""
    if message.expires_at and message.expires_at <= timezone.now():
        _give_up(message, _("Ce message n’était plus utile."))
        return True
    if message.attempts > settings.OUTBOX_MAX_ATTEMPTS:  # workers died at it, each time
        _give_up(message, _("L’envoi a été interrompu à chaque essai."))
        return True
    try:
        if message.channel == Message.Channel.EMAIL:
            pacing.count_departure(message)
            message.body_html = message.body_html or framed(message)
            mailer.send(message)
        else:
            sms.send(message)
    except pacing.MustWait as wait:
        _put_off(message, wait)
    except Refused as refusal:
        _give_up(message, refusal.reason)
        _tell(message)
    except Unavailable as trouble:
        _try_later(message, trouble.reason)
        return not trouble.channel_down
    except Exception as error:  # whatever one message breaks, the others must leave
        logger.exception("message_broke", message=message.pk, notice=message.notice)
        _try_later(message, _("Erreur interne (%(kind)s)") % {"kind": type(error).__name__})
    else:
        _write(message, state=Message.State.SENT, sent_at=timezone.now(), last_error="")
        # What left is kept; a text with a code, or one that was wiped meanwhile, has no page.
        Message.objects.filter(pk=message.pk, sensitive=False).exclude(body_text="").update(body_html=message.body_html)
    return True


def _try_later(message: Message, reason: str) -> None:
    """Wait twice as long as the last time, a little more or less so that a crowd does not come back at once."""
    if message.attempts >= settings.OUTBOX_MAX_ATTEMPTS:
        _give_up(message, reason)
        _tell(message)
        return
    wait = min(LONGEST_WAIT, settings.OUTBOX_RETRY_SECONDS * 2 ** (message.attempts - 1))
    wait *= random.uniform(0.75, 1.25)  # noqa: S311 -- spreading, not secrecy
    next_try_at = timezone.now() + timedelta(seconds=wait)
    _write(message, state=Message.State.RETRY, next_try_at=next_try_at, last_error=reason[:200])


def _put_off(message: Message, wait: pacing.MustWait) -> None:
    """Let a message wait for its limit without using up a try; the newer messages of its case may replace it."""
    until = timezone.now().replace(microsecond=0) + timedelta(seconds=wait.seconds)  # one moment for all: oldest first
    _write(
        message,
        state=Message.State.QUEUED,
        attempts=message.attempts - 1,
        next_try_at=until,
        last_error=wait.reason[:200],
    )
    _replace_older(message)


def _replace_older(message: Message) -> None:
    """Set aside what a newer message of the same case to the same contact replaces while both wait.

    Legal messages are not replaceable: they leave, however late.
    """
    if not message.about:
        return
    waiting = Message.objects.about(message.about).filter(
        channel=message.channel,
        recipient=message.recipient,
        sensitive=False,
        state__in=[Message.State.QUEUED, Message.State.RETRY],
    )
    newest = waiting.values_list("pk", flat=True).first()
    waiting.filter(replaceable=True, pk__lt=newest or 0).update(
        state=Message.State.MERGED, last_error=_("Un message plus récent de ce dossier le remplace.")
    )


def _give_up(message: Message, reason: str) -> None:
    logger.error("message_failed", message=message.pk, notice=message.notice, channel=message.channel, reason=reason)
    _write(message, state=Message.State.FAILED, last_error=reason[:200])


def _tell(message: Message) -> None:
    """Tell whoever wants to hear that a message reached nobody. What breaks there holds no other message back."""
    try:
        with transaction.atomic():
            message = Message.objects.get(pk=message.pk)
            for callback in registry.callbacks() if message.state == Message.State.FAILED else ():
                callback(message)
    except Exception:
        logger.exception("failure_not_told", message=message.pk, notice=message.notice)


def _write(message: Message, **fields: object) -> None:
    """Note the outcome and end the lease. Whoever lost the lease has no say any more, except that it was sent."""
    rows = Message.objects.filter(pk=message.pk)
    if fields["state"] != Message.State.SENT:
        rows = rows.filter(claimed_until=message.claimed_until)
    rows.update(claimed_until=None, **fields)
