"""Activation of online declaration: the only writer of what its six steps prove (rows D44–D63).

A mobile or an e-mail address may be proved by several members: families share a telephone, and refusing one that
is in use would tell a stranger whose it is. What is proved is that this member receives what is sent there.
"""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts import throttles
from claims_portal.accounts.codes import CodeUnusable, send_code, use_code
from claims_portal.accounts.links import LinkUnusable, create_link, peek_link, use_link
from claims_portal.notifications.proofs import record_proof
from claims_portal.notifications.services import queue
from health_claims.activation_notices import ActivationLink
from membership.models import MemberAccount

PURPOSE = "activation"
LINK_HOURS = 48


class AlreadyActivated(Exception):
    """Nothing is left to prove: another tab, or the link on another device, has finished."""


def _subject(account_id: int) -> str:
    return f"account:{account_id}"


def _locked(account_id: int) -> MemberAccount:
    """The account under its row's lock, still to be activated; AlreadyActivated otherwise."""
    accounts = MemberAccount.objects.select_for_update(of=("self",)).select_related("member__policy__organisation")
    account = accounts.get(pk=account_id)
    if account.is_activated:
        raise AlreadyActivated
    return account


def _complete(account: MemberAccount) -> None:
    """Activate once everything is proved, whichever came last; the caller holds the lock (row D63)."""
    waiting = account.pending_mobile or account.pending_email
    if account.certified_at and account.mobile and account.email and not waiting:
        account.activated_at = timezone.now()
        account.save(update_fields=["activated_at"])


@transaction.atomic
def certify(*, account_id: int) -> None:
    """Step 1: the rules were read and approved (rows D45–D47). The first time counts."""
    account = _locked(account_id)
    if not account.certified_at:
        account.certified_at = timezone.now()
        account.save(update_fields=["certified_at"])


@transaction.atomic
def ask_code(*, account_id: int, mobile: str, language: str, address: str) -> UUID | None:
    """Step 2: send a code to this mobile (E.164); gives the request that must come back with it (rows D48–D50).

    None when this mobile is proved already: no code is needed, and one that was awaited for another is dropped.
    LimitReached past the limits of `accounts.codes`; AlreadyActivated. `address` is the client's.
    """
    account = _locked(account_id)
    if account.mobile == mobile:
        account.pending_mobile = ""
        account.save(update_fields=["pending_mobile"])
        _complete(account)
        return None
    request_id = send_code(
        purpose=PURPOSE, subject=_subject(account.pk), mobile=mobile, language=language, address=address
    )
    account.pending_mobile = mobile
    account.save(update_fields=["pending_mobile"])
    return request_id


def confirm_mobile(*, account_id: int, request_id: UUID | str | None, mobile: str, code: str) -> None:
    """Step 3: the code proves the mobile it was sent to (row D51).

    CodeWrong, CodeUnusable (also when another mobile was given since), LimitReached; AlreadyActivated.
    """
    # Outside the transaction: a try counts whatever happens next.
    use_code(request_id=request_id, purpose=PURPOSE, subject=_subject(account_id), code=code)
    with transaction.atomic():
        account = _locked(account_id)
        if account.pending_mobile != mobile:
            raise CodeUnusable
        account.mobile, account.pending_mobile = mobile, ""
        account.save(update_fields=["mobile", "pending_mobile"])
        record_proof(mobile)
        _complete(account)


def ask_link(*, account_id: int, email: str, language: str) -> None:
    """Step 4: mail the link that proves this address (rows D53–D58). A link sent before stays good for the same one.

    Nothing is sent when the address is proved already. LimitReached: 5 an hour for an e-mail address and for a
    member, whose colleagues behind the same network address have their own; AlreadyActivated.
    """
    throttles.count("link-recipient", email)
    throttles.count("link-recipient", _subject(account_id))
    with transaction.atomic():
        account = _locked(account_id)
        account.email_asked_at = account.email_asked_at or timezone.now()
        account.pending_email = "" if account.email == email else email
        account.save(update_fields=["email_asked_at", "pending_email"])
        if account.pending_email:
            token = create_link(purpose=PURPOSE, subject=_link_subject(account), hours=LINK_HOURS)
            organisation = account.member.policy.organisation
            queue(ActivationLink(organisation, token, email, language, LINK_HOURS))
        _complete(account)


def _link_subject(account: MemberAccount) -> str:
    """The account and the address the link went to: given another address since, it proves nothing."""
    return f"{account.pk}:{hashlib.sha256(account.pending_email.encode()).hexdigest()}"


def check_link(*, token: str) -> MemberAccount:
    """Whose link it is, with the insurer. LinkUnusable unless its button would do something. Uses nothing up."""
    subject = peek_link(purpose=PURPOSE, token=token)
    accounts = MemberAccount.objects.select_related("member__policy__organisation")
    account = accounts.filter(pk=subject.partition(":")[0]).first()
    if account is None or account.is_activated or _link_subject(account) != subject:
        raise LinkUnusable
    return account


@transaction.atomic
def confirm_email(*, token: str) -> MemberAccount:
    """Step 5: the link proves the address, on any device (rows D59–D61). Gives the account as it is now.

    It is activated unless the mobile was changed meanwhile and its code is still awaited. LinkUnusable for a link
    that has served, is too old, or went to an address replaced since.
    """
    subject = use_link(purpose=PURPOSE, token=token)
    try:
        account = _locked(int(subject.partition(":")[0]))
    except (MemberAccount.DoesNotExist, AlreadyActivated) as error:
        raise LinkUnusable from error
    if _link_subject(account) != subject:
        raise LinkUnusable
    account.email, account.pending_email = account.pending_email, ""
    account.save(update_fields=["email", "pending_email"])
    record_proof(account.email)
    _complete(account)
    return account
