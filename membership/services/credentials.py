"""The secrets and addresses of an account: chosen anew when forgotten, changed by who holds the present ones."""

from __future__ import annotations

import hashlib
from uuid import UUID

from django.db import transaction

from claims_portal.accounts import codes, links, throttles
from claims_portal.notifications.proofs import record_proof
from claims_portal.notifications.services import queue
from membership import notices
from membership.models import KnownBrowser, MemberAccount, MemberCard

from .signing_in import find_member, subject_of
from .wrong_tries import forget_failures

FORGOTTEN = "member-password"
NEW_EMAIL = "member-email"
NEW_MOBILE = "member-mobile"
NOBODY = "personne@example.invalid"


class GivenBack(Exception):
    """The account was given back to its member meanwhile: whoever this is has no say in it any more."""


def ask_new_password(*, policy: str, number: str, cin: str, language: str) -> None:
    """Mail the link that begins a new password, when these name a member who has one.

    For anybody else the same is done, and its message is undone: it takes the same time, and nothing leaves.
    The link is committed in both cases, for the commit waits for the disk.
    """
    # For the CIN too: whoever does not know it cannot use up the links of the member.
    throttles.count("link-recipient", f"{policy}:{number}:{cin}")
    member = find_member(policy=policy, number=number, cin=cin)
    accounts = MemberAccount.objects.select_related("member").exclude(password="").exclude(mobile="").exclude(email="")
    account = accounts.filter(member=member.pk if member else 0).first()
    with transaction.atomic():
        token = links.create_link(purpose=FORGOTTEN, subject=str(account.pk if account else 0), hours=notices.HOURS)
        email = account.email if account else NOBODY
        with transaction.atomic():
            queue(notices.PasswordLink(email=email, token=token, language=language))
            transaction.set_rollback(account is None)


def send_password_code(*, account: MemberAccount, address: str, language: str) -> UUID:
    """The second proof, to the verified mobile; gives the request's id. LimitReached after too many."""
    return codes.send_code(
        purpose=FORGOTTEN, subject=subject_of(account), mobile=str(account.mobile), language=language, address=address
    )


@transaction.atomic
def replace_password(*, account_id: int, password: str, forgotten: bool = False) -> MemberAccount:
    """A new password, already checked by `membership.passwords`: every other session ends, and the member is told.

    `forgotten`: whoever reset it may have lost a device, so that no browser is known any more, and the wrong
    passwords of others are forgiven. GivenBack when there is no password to replace any more.
    """
    account = locked_account(account_id)
    if not account.password:
        raise GivenBack
    account.set_password(password)
    account.save(update_fields=["password"])
    if forgotten:
        forget_browsers(account)
    queue(notices.PasswordChanged(account))
    return account


def locked_account(account_id: int) -> MemberAccount:
    """The account under its row's lock, with member and policy. Call it inside a transaction."""
    accounts = MemberAccount.objects.select_for_update(of=("self",)).select_related("member__policy")
    return accounts.get(pk=account_id)


def forget_browsers(account: MemberAccount) -> None:
    """No browser is known any more, and the wrong passwords of others are forgiven; `account` with its policy."""
    KnownBrowser.objects.filter(account=account).delete()
    forget_failures(member=f"{account.member.policy.number}:{account.member.number}")


@transaction.atomic
def begin_anew(*, account_id: int) -> MemberAccount:
    """Clear an account for its member to activate again; whoever had it is told at the addresses that it had.

    Password, mobile, e-mail, terms, activation and checked identity go; every session, code and link ends.
    """
    account = locked_account(account_id)
    queue(notices.AccountReset(account))
    forget_browsers(account)
    MemberCard.objects.filter(member=account.member_id).delete()
    codes.forget_codes(subject=subject_of(account))
    links.forget_links(subject=str(account.pk))
    for name in ("password", "mobile", "email", "pending_mobile", "pending_email"):
        setattr(account, name, "")
    for name in ("terms", "terms_accepted_at", "certified_at", "email_asked_at", "activated_at", "identity_checked_at"):
        setattr(account, name, None)
    account.sessions_ended += 1
    account.save()
    return account


def ask_mobile(*, account: MemberAccount, mobile: str, address: str, language: str) -> UUID:
    """Send a code to another mobile (E.164), which counts once it is given back; gives the request's id. GivenBack."""
    # The code first: when no more may be sent, the one that was counts for the mobile it was sent to.
    asked = codes.send_code(
        purpose=NEW_MOBILE, subject=subject_of(account), mobile=mobile, language=language, address=address
    )
    _await(account, pending_mobile=mobile)
    return asked


def _await(account: MemberAccount, **pending: str) -> None:
    """Note what is still to be proved; GivenBack where the account was cleared since `account` was read."""
    if not MemberAccount.objects.filter(pk=account.pk).exclude(password="").update(**pending):
        raise GivenBack


@transaction.atomic
def confirm_mobile(*, account_id: int, mobile: str) -> None:
    """The code came back from this mobile: it is the verified one, and the member is told by e-mail.

    CodeUnusable when another was given since, on another device.
    """
    account = MemberAccount.objects.select_for_update().get(pk=account_id)
    if not mobile or account.pending_mobile != mobile:
        raise codes.CodeUnusable
    account.mobile, account.pending_mobile = mobile, ""
    account.save(update_fields=["mobile", "pending_mobile"])
    record_proof(mobile)
    queue(notices.ContactChanged(account))


def ask_email(*, account: MemberAccount, email: str, language: str) -> None:
    """Mail a link to another address, which counts once it is used. GivenBack.

    LimitReached after 5 in an hour for the address, or for the member.
    """
    throttles.count("link-recipient", f"{NEW_EMAIL}:{email}")
    throttles.count("link-recipient", f"{NEW_EMAIL}:{account.pk}")
    with transaction.atomic():
        _await(account, pending_email=email)
        token = links.create_link(purpose=NEW_EMAIL, subject=email_subject(account.pk, email), hours=notices.HOURS)
        queue(notices.EmailLink(email=email, token=token, language=language))


def email_subject(account_id: int, email: str) -> str:
    """What a link confirms: this address for this account. A link for an address typed before confirms nothing."""
    return f"{account_id}:{hashlib.sha256(email.encode()).hexdigest()}"


@transaction.atomic
def confirm_email(*, token: str) -> None:
    """The link came back: the pending address is the verified one, and the member is told at the former.

    LinkUnusable when the link served, is too old, or is of an address that was replaced since.
    """
    subject = links.use_link(purpose=NEW_EMAIL, token=token)
    account = MemberAccount.objects.select_for_update().get(pk=int(subject.partition(":")[0]))
    if not account.pending_email or subject != email_subject(account.pk, account.pending_email):
        raise links.LinkUnusable
    former = account.email
    account.email, account.pending_email = account.pending_email, ""
    account.save(update_fields=["email", "pending_email"])
    record_proof(account.email)
    queue(notices.ContactChanged(account, email=former))
