"""The messages about an account. They say what happened, and nothing about the person, the policy or the care."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import Any

from claims_portal.accounts.links import public_url
from claims_portal.notifications.notices import Notice, Recipient

from .models import MemberAccount

HOURS = 1  # how long a link serves
CHANGE_HOURS = 14 * 24  # how long a member may say that a change is not theirs


class LinkNotice(Notice):
    """A link by e-mail, which opens something once."""

    sensitive = True
    lifetime = timedelta(hours=HOURS)
    url_name: str

    def __init__(self, *, email: str, token: str, language: str) -> None:
        self.recipient = Recipient(email=email, language=language)
        self.token = token

    def recipients(self) -> list[Recipient]:
        return [self.recipient]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {"url": public_url(self.url_name, self.token, language=recipient.language), "hours": HOURS}

    def dedup_key(self) -> str:
        return self.token[:16]


class PasswordLink(LinkNotice):
    """« Mot de passe oublié »: the first of the two proofs."""

    key = "membership.password_link"
    url_name = "membership:forgotten-link"


class EmailLink(LinkNotice):
    """To an address that a member wants messages at from now on."""

    key = "membership.email_link"
    url_name = "membership:email-link"


class AccountNotice(Notice):
    """To the member: something of the account changed. If it was not them, they should know."""

    proved = True

    def __init__(self, account: MemberAccount, *, email: str = "") -> None:
        self.account = account
        self.email = email or account.email
        self.once = secrets.token_hex(8)  # each change is told

    def recipients(self) -> list[Recipient]:
        return [Recipient(email=self.email, language=self.account.language)]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {"url": public_url("membership:sign-in", language=recipient.language)}

    def dedup_key(self) -> str:
        return self.once


class PasswordChanged(AccountNotice):
    key = "membership.password_changed"


class ContactChanged(AccountNotice):
    key = "membership.contact_changed"


class AccountReset(AccountNotice):
    """To whoever had the account, on every way it had: it begins anew. Neutral, for nobody knows yet who they are."""

    key = "membership.account_reset"

    def recipients(self) -> list[Recipient]:
        known = Recipient(email=self.email, mobile=str(self.account.mobile or ""), language=self.account.language)
        return [known] if known.email or known.mobile else []


class MemberChanged(AccountNotice):
    """To every contact, also one that is not proved yet: the file changed, with a link to say « ce n’est pas moi »."""

    key = "membership.member_changed"
    sensitive = True  # the link holds payments

    def __init__(self, account: MemberAccount, *, change: int, token: str) -> None:
        super().__init__(account)
        self.token = token
        self.once = f"change:{change}"

    def recipients(self) -> list[Recipient]:
        account = self.account
        contacts = {(account.email, str(account.mobile or ""))}
        contacts |= {(account.pending_email, ""), ("", str(account.pending_mobile or ""))}
        return [
            Recipient(email=email, mobile=mobile, language=account.language)
            for email, mobile in sorted(contacts)
            if email or mobile
        ]

    def context(self, recipient: Recipient) -> dict[str, Any]:
        return {"url": public_url("membership:not-me", self.token, language=recipient.language)}
