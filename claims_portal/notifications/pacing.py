"""Limits on what leaves, counted by the worker just before a message is sent.

A contact that nobody proved may be a stranger's: each gets few messages an hour, whoever makes them. Blocks of
neighbouring numbers have a limit too, and SMS have budgets, against SMS pumping. What is over a limit waits.
"""

from __future__ import annotations

from typing import NamedTuple

import structlog
from django.conf import settings
from django.db import transaction
from django.utils.translation import gettext as _

from claims_portal.accounts import budgets, throttles

from . import proofs
from .models import Message
from .transport import Refused

logger = structlog.get_logger("portal.outbox")


class MustWait(Exception):
    """A limit is reached: the message leaves later. The reason is shown to staff."""

    def __init__(self, reason: str, seconds: int) -> None:
        super().__init__(reason)
        self.reason = reason
        self.seconds = seconds


class Limit(NamedTuple):
    """A counter, the tries allowed in seconds, and what staff read when it is full."""

    scope: str
    subject: str
    allowed: tuple[int, int]
    reason: str


def count_departure(message: Message) -> None:
    """Count one message about to leave, once however often it is tried.

    MustWait when a limit is reached; Refused for a code, which is of no use later. A message that may not leave
    uses nothing up: the counters are put back.
    """
    is_sms = message.channel == Message.Channel.SMS
    limits = [] if message.counted else limits_of(message)
    if message.counted or not (limits or is_sms):
        return
    with transaction.atomic():
        for limit in limits:
            _count(message, limit)
        if is_sms:  # last, so that an alarm is never put back
            _spend(message)
        Message.objects.filter(pk=message.pk).update(counted=True)
    message.counted = True


def limits_of(message: Message) -> list[Limit]:
    """Return the limits of one message, the narrowest first."""
    if message.sensitive:  # codes and links are limited when they are asked for
        return []
    limits = []
    if message.unproved and not proofs.is_proved(message.recipient):
        limits += _limits_of_unproved(message)
    if message.channel == Message.Channel.SMS:
        per_day = (settings.SMS_PER_NUMBER_PER_DAY, budgets.DAY)
        limits.append(Limit("sms-number", message.recipient, per_day, _("Trop de SMS à ce numéro pour aujourd’hui.")))
    return limits


def _limits_of_unproved(message: Message) -> list[Limit]:
    contact = f"{message.channel}:{message.recipient.strip().lower()}"
    too_many = _("Trop de messages à ce contact, que personne n’a confirmé.")
    limits = [
        Limit("notice-recipient", contact, settings.THROTTLES["notice-recipient"], too_many),
        Limit("notice-recipient-day", contact, settings.THROTTLES["notice-recipient-day"], too_many),
    ]
    if message.about:
        of_case = _("Trop de messages de ce dossier à ce contact, que personne n’a confirmé.")
        limits.insert(0, Limit("notice-case", f"{message.about}:{contact}", settings.THROTTLES["notice-case"], of_case))
    if message.channel == Message.Channel.SMS:
        block = message.recipient[: 1 + settings.SMS_PREFIX_DIGITS]  # « + » and the digits
        neighbours = _("Trop de SMS à des numéros voisins, que personne n’a confirmés.")
        limits.append(Limit("sms-prefix", block, settings.THROTTLES["sms-prefix"], neighbours))
    return limits


def _count(message: Message, limit: Limit) -> None:
    try:
        throttles.count(limit.scope, limit.subject, limit=limit.allowed)
    except throttles.LimitReached as error:
        _log(message, limit.scope)
        raise MustWait(limit.reason, error.retry_seconds) from error


def _spend(message: Message) -> None:
    """Count an SMS against its budget. No limit of notices stops a code."""
    budget = budgets.CODES if message.sensitive else budgets.NOTICES
    try:
        budgets.spend(budget)
    except throttles.LimitReached as error:
        _log(message, budget)
        reason = _("Le nombre de SMS permis par jour est atteint.")
        if message.sensitive:
            raise Refused(reason) from error
        raise MustWait(reason, error.retry_seconds) from error


def _log(message: Message, scope: str) -> None:
    """Log an alarm for an SMS, which costs money; a warning for an e-mail."""
    if message.channel == Message.Channel.SMS:
        logger.error("sms_budget_spent", budget=scope, message=message.pk, notice=message.notice)
    else:
        logger.warning("message_waits", limit=scope, message=message.pk, notice=message.notice)
