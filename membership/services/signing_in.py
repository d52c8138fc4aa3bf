"""Who comes in: the number with the CIN, then the password, then a code in a browser that is not known."""

from __future__ import annotations

import secrets
from datetime import timedelta
from uuid import UUID, uuid4

from django.conf import settings
from django.db import transaction
from django.utils import timezone
from django.utils.crypto import constant_time_compare

from claims_portal.accounts import codes, throttles
from claims_portal.organisations.models import LegalText
from membership.models import KnownBrowser, Member, MemberAccount

from . import wrong_tries
from .wrong_tries import Tries

BROWSER_CODE = "browser"
CODE_FIRST = "code-first"
NOBODY = "+212600000000"


class PasswordWrong(Exception):
    """Not the password of this member."""


def subject_of(account: MemberAccount) -> str:
    """How codes and limits name an account."""
    return f"account:{account.pk}"


def find_member(*, policy: str, number: str, cin: str) -> Member | None:
    """The member of an open policy with this number and this CIN, or None.

    An unknown number, a wrong CIN and a closed policy cost the same query and the same comparison (T5).
    """
    members = Member.objects.filter(policy__is_open=True, policy__organisation__is_active=True)
    member = members.filter(policy__number=policy, number=number).first()
    return member if constant_time_compare(cin, member.cin if member else "") and member else None


def open_account(*, member: Member, language: str) -> MemberAccount:
    """The member's account, made at the first sign-in; messages follow the language of the last one."""
    account, _created = MemberAccount.objects.get_or_create(member=member, defaults={"language": language})
    if account.language != language:
        MemberAccount.objects.filter(pk=account.pk).update(language=language)
        account.language = language
    return account


def check_password(*, account: MemberAccount, password: str, tries: Tries) -> None:
    """PasswordWrong unless this is the member's password; a right one forgives the wrong ones before.

    CodeFirst and LimitReached as `wrong_tries.count_try`, before anything is hashed.
    """
    wrong_tries.count_try(tries)
    if not account.check_password(password):
        raise PasswordWrong
    wrong_tries.forgive_tries(tries)
    wrong_tries.forgive_confirmations(account)


def confirm_password(*, account: MemberAccount, password: str) -> None:
    """PasswordWrong unless the member of an open session gives their password again. LimitReached; SignInAgain."""
    wrong_tries.count_confirmation(account)
    if not account.check_password(password):
        raise PasswordWrong
    wrong_tries.forgive_confirmations(account)


def send_code_first(*, account: MemberAccount | None, address: str, language: str) -> UUID:
    """Send the code that comes before the next try, and return the request's id.

    Without an account, or a verified mobile, the same is done, then undone: it takes the same time. When no more
    may be sent, the id is one that no code has: whoever asks learns nothing.
    """
    mobile = str(account.mobile) if account else ""
    try:
        with transaction.atomic():
            asked = codes.send_code(
                purpose=CODE_FIRST,
                subject=subject_of(account) if account else "account:0",
                mobile=mobile or NOBODY,
                language=language,
                address=address,
            )
            transaction.set_rollback(not mobile)
    except throttles.LimitReached:
        return uuid4()
    return asked


def send_browser_code(*, account: MemberAccount, address: str, language: str) -> UUID:
    """Send the code that an unknown browser is asked, to the verified mobile; gives the request's id."""
    return codes.send_code(
        purpose=BROWSER_CODE,
        subject=subject_of(account),
        mobile=str(account.mobile),
        language=language,
        address=address,
    )


def remember_browser(*, account: MemberAccount) -> str:
    """Know this browser from now on; gives the secret for its cookie."""
    token = secrets.token_urlsafe(32)
    KnownBrowser.objects.create(
        account=account,
        token_hash=KnownBrowser.hash_of(token),
        expires_at=timezone.now() + timedelta(days=settings.KNOWN_BROWSER_DAYS),
    )
    return token


def known_browser(token: str) -> KnownBrowser | None:
    """The browser of this cookie with its account and member, while it counts."""
    if not token:
        return None
    known = KnownBrowser.objects.select_related("account__member__policy")
    return known.filter(token_hash=KnownBrowser.hash_of(token), expires_at__gt=timezone.now()).first()


def prune_browsers() -> int:
    """Forget the browsers that are not known any more. Gives how many."""
    return KnownBrowser.objects.filter(expires_at__lt=timezone.now()).delete()[0]


@transaction.atomic
def accept_terms(*, member: Member) -> None:
    """Note that the member certified, and which version of the terms they accepted (rows D19–D32)."""
    texts = LegalText.objects.in_force().filter(
        organisation=member.policy.organisation_id, kind=LegalText.Kind.MEMBER_TERMS
    )
    MemberAccount.objects.filter(member=member).update(terms=texts.first(), terms_accepted_at=timezone.now())
