"""How many tries a browser, an address and an account of the staff have on the sign-in page."""

from __future__ import annotations

import secrets

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse

from . import throttles
from .sign_in import sign_in_name

BROWSER, HERE = "staff-sign-in-browser", "staff-sign-in"
ADDRESS, ACCOUNT = "staff-sign-in-address", "staff-sign-in-account"


def typed_name(request: HttpRequest) -> str:
    """Return the name typed on the sign-in page. Capitals are no way around a limit."""
    return sign_in_name(request.POST.get("username", ""))


def _known_browser(request: HttpRequest, name: str) -> str:
    """Return the id of this browser when the account of this name has signed in with it before, else ""."""
    cookie = request.COOKIES.get(settings.AGENT_BROWSER_COOKIE_NAME, "")
    try:
        known = signing.loads(cookie, salt=_salt(name), max_age=settings.KNOWN_BROWSER_DAYS * 24 * 3600)
    except signing.BadSignature:
        return ""
    return str(known)


def _salt(name: str) -> str:
    """Bind a cookie to one account without writing its address into the cookie."""
    return f"claims_portal.accounts.sign_in:{name}"


def count_try(request: HttpRequest, *, address: str) -> None:
    """Count one try before its password is hashed, the same for a name that nobody has. LimitReached.

    A browser that this account has used has a count of its own, so that nobody else can use it up. Every other
    browser is counted for the account at its address, for its address, and for the account.
    """
    name = typed_name(request)
    if browser := _known_browser(request, name):
        throttles.count(BROWSER, browser)
        return
    throttles.count(ADDRESS, address)
    throttles.count(HERE, f"{throttles.caller(address)}:{name}")
    throttles.count(ACCOUNT, name)


def forgive_tries(request: HttpRequest, *, address: str) -> None:
    """Forget the wrong tries of somebody who has just signed in, whose address is then charged with none of them."""
    name = typed_name(request)
    if browser := _known_browser(request, name):
        throttles.forget(BROWSER, browser)
        return
    throttles.give_back(ADDRESS, address, tries=throttles.forget(HERE, f"{throttles.caller(address)}:{name}"))
    throttles.forget(ACCOUNT, name)


def remember_browser(request: HttpRequest, response: HttpResponse) -> None:
    """Give the browser of somebody who has just signed in its own count of tries for this account, and nothing more."""
    name = typed_name(request)
    browser = _known_browser(request, name) or secrets.token_urlsafe(12)
    response.set_cookie(
        settings.AGENT_BROWSER_COOKIE_NAME,
        signing.dumps(browser, salt=_salt(name)),
        max_age=settings.KNOWN_BROWSER_DAYS * 24 * 3600,
        secure=settings.HTTPS,
        httponly=True,
        samesite="Lax",
    )
