"""Wrong CINs and passwords of members: how many a browser, an address and an account have (docs/security.md)."""

from __future__ import annotations

from dataclasses import dataclass

from claims_portal.accounts import throttles
from membership.models import KnownBrowser, MemberAccount

IDENTITY, PASSWORD = "identity", "password"
BROWSER, HERE, ADDRESS, FAILURES = "sign-in-browser", "sign-in-member", "sign-in-address", "sign-in-failures"
CONFIRMATION = "member-confirmation"


class CodeFirst(Exception):
    """Too many wrong tries in browsers that are not known: a code by SMS comes before the next one.

    `is_month` when a hundred in a row were wrong, False when those of this address are used up for the hour.
    """

    def __init__(self, *, is_month: bool) -> None:
        super().__init__(is_month)
        self.is_month = is_month


class SignInAgain(Exception):
    """A hundred wrong passwords in a row in sessions of this member: the session must end."""


@dataclass(frozen=True)
class Tries:
    """Whose tries of one step are counted together: of a known browser, of a code, or of everybody else."""

    step: str
    member: str  # « policy:number », whether anybody has it or not
    address: str
    browser: KnownBrowser | None = None
    code: str = ""  # the code by SMS that was given first

    @property
    def here(self) -> str:
        """Name the tries for this member at this address."""
        return f"{self.step}:{self.member}:{throttles.caller(self.address)}"

    @property
    def elsewhere(self) -> str:
        """Name the tries for this member in all browsers that are not known."""
        return f"{self.step}:{self.member}"


def count_try(tries: Tries) -> None:
    """Count one try before it is checked, the same for a number that nobody has.

    CodeFirst where a code by SMS must come first; LimitReached for a known browser, a code or an address.
    """
    if tries.browser and _count_known(tries, tries.browser):
        return
    if tries.code:
        throttles.count(HERE, f"{tries.step}:code:{tries.code}")
        return
    throttles.count(ADDRESS, tries.address)
    try:
        throttles.count(HERE, tries.here)
        throttles.count(FAILURES, tries.elsewhere)
    except throttles.LimitReached as limit:
        raise CodeFirst(is_month=limit.scope == FAILURES) from limit


def _count_known(tries: Tries, browser: KnownBrowser) -> bool:
    """Count a try of a known browser; False once a hundred in a row were wrong: it is not known any more."""
    throttles.count(BROWSER, f"{tries.step}:{browser.pk}")
    try:
        throttles.count(FAILURES, f"{tries.step}:browser:{browser.pk}")
    except throttles.LimitReached:
        KnownBrowser.objects.filter(pk=browser.pk).delete()
        return False
    return True


def forgive_tries(tries: Tries) -> None:
    """Forget the wrong tries before a right one; the address is then charged with none of them."""
    if tries.browser:
        throttles.forget(BROWSER, f"{tries.step}:{tries.browser.pk}")
        throttles.forget(FAILURES, f"{tries.step}:browser:{tries.browser.pk}")
        return
    throttles.give_back(ADDRESS, tries.address, tries=throttles.forget(HERE, tries.here))
    throttles.forget(FAILURES, tries.elsewhere)


def forget_failures(*, member: str) -> None:
    """Forget the wrong tries in browsers that are not known, whatever they were about."""
    for step in (IDENTITY, PASSWORD):
        throttles.forget(FAILURES, f"{step}:{member}")


def count_confirmation(account: MemberAccount) -> None:
    """Count a password given in an open session. LimitReached after 10 in an hour, SignInAgain after 100 in a row."""
    throttles.count(CONFIRMATION, str(account.pk))
    try:
        throttles.count(FAILURES, f"session:{account.pk}")
    except throttles.LimitReached as limit:
        raise SignInAgain from limit


def forgive_confirmations(account: MemberAccount) -> None:
    """Forget the wrong passwords given in sessions, once the right one was given there or at sign-in."""
    throttles.forget(CONFIRMATION, str(account.pk))
    throttles.forget(FAILURES, f"session:{account.pk}")
