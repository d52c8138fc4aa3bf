"""The second factor of the staff: codes of an authenticator application (TOTP), and recovery codes on paper."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.db import transaction
from django.db.models import F
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django_otp.util import random_hex

from . import audit, throttles
from .models import Authenticator, RecoveryCode, User
from .sealing import seal

CODES = 10
CODE_LENGTH = 16  # letters and digits: 78 bits, hashed under the portal's secret key
ALPHABET = "ABCDEFGHJKMNPQRSTVWXYZ23456789"  # none that is mistaken for another
SCOPES = ("second-factor", "second-factor-month")


class CodeRefused(Exception):
    """The code is wrong, too old, or has served already."""


def new_key() -> str:
    """A secret to share with the application: 160 random bits, in hexadecimal."""
    return random_hex(20)


def device_with(*, user: User, key: str) -> Authenticator:
    """The device that this key would make; it is saved only once a first code proves that it works."""
    sealed = seal(secret=bytes.fromhex(key), under=settings.SECRET_KEY)
    return Authenticator(user=user, name="TOTP", key=sealed, confirmed=True)


def device_of(user: User) -> Authenticator | None:
    """The device in use; None before enrolment."""
    return Authenticator.objects.filter(user=user, confirmed=True).first()


def enrol(*, user: User, key: str, code: str, address: str) -> tuple[Authenticator, list[str]]:
    """Keep the device whose first code this is. Gives it and the recovery codes, which are shown once.

    CodeRefused for a wrong code, or where a device is in use; LimitReached after too many tries.
    """
    _count(user)
    with transaction.atomic():
        User.objects.select_for_update().get(pk=user.pk)
        device = device_with(user=user, key=key)
        accepted = device_of(user) is None and device.verify_token(_typed(code))
        codes = _new_codes(user) if accepted else []
        if not accepted and device.pk:
            device.delete()  # the library saves what it has tried
        _log(audit.Action.FACTOR_ENROLLED if accepted else audit.Action.FACTOR_REFUSED, user, address)
    if not accepted:
        raise CodeRefused
    _forgive(user)
    return device, codes


def verify(*, user: User, code: str, address: str) -> Authenticator:
    """The device, when the code is the application's or a recovery code, which is then used up.

    CodeRefused otherwise; LimitReached after too many tries.
    """
    _count(user)
    typed = _typed(code)
    with transaction.atomic():
        # Under the row's lock: one code, typed in two windows, serves once.
        device = Authenticator.objects.select_for_update().filter(user=user, confirmed=True).first()
        by_paper = is_recovery_code(code)
        accepted = device is not None and (_use_recovery_code(user, typed) if by_paper else device.verify_token(typed))
        _log(audit.Action.FACTOR_PASSED if accepted else audit.Action.FACTOR_REFUSED, user, address, by_paper)
    if device is None or not accepted:
        raise CodeRefused
    _forgive(user)
    return device


def renew_codes(*, user: User, address: str) -> list[str]:
    """Ten new recovery codes; those before are worth nothing any more."""
    with transaction.atomic():
        codes = _new_codes(user)
        _log(audit.Action.CODES_RENEWED, user, address)
    return codes


def is_recovery_code(code: str) -> bool:
    """Whether what was typed has the length of a recovery code, and not that of the application's."""
    return len(_typed(code)) == CODE_LENGTH


def codes_left(user: User) -> int:
    return user.recovery_codes.filter(used_at=None).count()


@transaction.atomic
def reset(*, user: User, by: User | None, address: str | None = None) -> None:
    """Forget the factor of somebody who lost it, and end their sessions: they enrol again at their next sign-in.

    `by` is None from the machine's own console.
    """
    Authenticator.objects.filter(user=user).delete()
    user.recovery_codes.all().delete()
    User.objects.filter(pk=user.pk).update(sessions_ended=F("sessions_ended") + 1)
    audit.record(action=audit.Action.FACTOR_RESET, user=by, about=user, address=address)


def _typed(code: str) -> str:
    return "".join(code.split()).replace("-", "").upper()


def _hash(user: User, code: str) -> str:
    return salted_hmac("claims_portal.accounts.recovery", f"{user.pk}:{code}", algorithm="sha256").hexdigest()


def _new_codes(user: User) -> list[str]:
    user.recovery_codes.all().delete()
    codes = ["".join(secrets.choice(ALPHABET) for _each in range(CODE_LENGTH)) for _code in range(CODES)]
    RecoveryCode.objects.bulk_create(RecoveryCode(user=user, code_hash=_hash(user, code)) for code in codes)
    return ["-".join(code[start : start + 4] for start in range(0, CODE_LENGTH, 4)) for code in codes]


def _use_recovery_code(user: User, code: str) -> bool:
    unused = user.recovery_codes.filter(code_hash=_hash(user, code), used_at=None)
    return bool(unused.update(used_at=timezone.now()))


def _count(user: User) -> None:
    for scope in SCOPES:
        throttles.count(scope, str(user.pk))


def _forgive(user: User) -> None:
    for scope in SCOPES:
        throttles.forget(scope, str(user.pk))


def _log(action: audit.Action, user: User, address: str, by_paper: bool = False) -> None:
    audit.record(
        action=action, user=user, about=user, address=address, details={"recovery_code": True} if by_paper else None
    )
