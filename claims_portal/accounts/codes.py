"""One-time codes by SMS: six digits, kept as a hash, short-lived, few tries, bound to the request that asked."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any
from uuid import UUID

from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from claims_portal.notifications.models import Message
from claims_portal.notifications.notices import Notice, Recipient
from claims_portal.notifications.services import queue

from . import budgets, throttles
from .models import OneTimeCode

DIGITS = 6
MINUTES = 10
TRIES = 5


class CodeWrong(Exception):
    """Not the code that was sent; `left` tries remain."""

    def __init__(self, left: int) -> None:
        super().__init__(left)
        self.left = left


class CodeUnusable(Exception):
    """The code was used, is too old, had too many tries, or was replaced by a newer one: ask for another."""


class CodeNotice(Notice):
    """The SMS. It says the code and nothing about the person."""

    key = "accounts.code"
    sensitive = True
    lifetime = timedelta(minutes=MINUTES)

    def __init__(self, *, request_id: UUID, code: str, mobile: str, language: str) -> None:
        self.request_id = request_id
        self.code = code
        self.recipient = Recipient(mobile=mobile, language=language)

    def recipients(self) -> list[Recipient]:
        return [self.recipient]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {"code": self.code, "minutes": MINUTES}

    def dedup_key(self) -> str:
        return str(self.request_id)


def send_code(*, purpose: str, subject: str, mobile: str, language: str, address: str) -> UUID:
    """Send a new code to a mobile (E.164); those sent before for the same thing stop working.

    `subject` is whom or what it is for (« account:12 »), `address` the client's. The id given must come back
    with the code: keep it in the session. LimitReached after 3 in 15 minutes for a subject, 10 a day for a
    number, 300 an hour for an address, or when the portal's budget of the hour is spent.
    """
    throttles.count("code-address", address)
    throttles.count("code-subject", f"{purpose}:{subject}")
    throttles.count("code-number", mobile)
    budgets.spend(budgets.CODES_ASKED)
    code = f"{secrets.randbelow(10**DIGITS):0{DIGITS}d}"
    now = timezone.now()
    with transaction.atomic():
        OneTimeCode.objects.filter(purpose=purpose, subject=subject, used_at=None).update(used_at=now)
        made = OneTimeCode(purpose=purpose, subject=subject, expires_at=now + timedelta(minutes=MINUTES))
        made.code_hash = made.hash_of(code)
        made.save(force_insert=True)
        queue(CodeNotice(request_id=made.pk, code=code, mobile=mobile, language=language))
    return made.pk


def use_code(*, request_id: UUID | str | None, purpose: str, subject: str, code: str) -> None:
    """Use the code of a request up. CodeWrong with the tries left, CodeUnusable when another must be asked for.

    Call it outside a transaction that may roll back: a try counts whatever happens next. At most 100 wrong
    codes a month for a subject, however many are sent (LimitReached).
    """
    if request_id is None:
        raise CodeUnusable
    live = OneTimeCode.objects.filter(
        pk=request_id, purpose=purpose, subject=subject, used_at=None, expires_at__gt=timezone.now(), tries__lt=TRIES
    )
    # Counted before it is compared: two guesses at once are two tries.
    if not live.update(tries=F("tries") + 1):
        raise CodeUnusable
    known = OneTimeCode.objects.get(pk=request_id)
    if constant_time_compare(known.hash_of(code), known.code_hash):
        if not OneTimeCode.objects.filter(pk=known.pk, used_at=None).update(used_at=timezone.now()):
            raise CodeUnusable
        throttles.forget("code-failures", f"{purpose}:{subject}")
        return
    throttles.count("code-failures", f"{purpose}:{subject}")
    if known.tries >= TRIES:
        raise CodeUnusable
    raise CodeWrong(TRIES - known.tries)


def forget_codes(*, subject: str) -> int:
    """End the codes sent for this subject, whatever for; gives how many."""
    return OneTimeCode.objects.filter(subject=subject, used_at=None).update(used_at=timezone.now())


def is_held_up(request_id: UUID | str) -> bool:
    """True when the SMS of this code could not leave, so far or for good: the person is told, not left waiting."""
    sent = Message.objects.filter(dedup_key__startswith=f"{CodeNotice.key}:{request_id}:")
    return sent.filter(state__in=[Message.State.RETRY, Message.State.FAILED]).exists()


def prune_codes() -> int:
    """Delete the codes that are a day past their end. Gives how many."""
    old = OneTimeCode.objects.filter(expires_at__lt=timezone.now() - timedelta(days=1))
    return old.delete()[0]
