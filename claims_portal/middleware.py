"""What every request goes through: who really calls, what may be kept, limits, and a database that is away."""

from __future__ import annotations

import ipaddress
from collections.abc import Callable
from urllib.parse import unquote_to_bytes

import structlog
from django.conf import settings
from django.core.exceptions import BadRequest
from django.http import HttpRequest, HttpResponse

from .accounts.throttles import LimitReached
from .bounded_processes import BoundReached
from .views import (
    drawing_unavailable,
    is_database_away,
    method_not_allowed,
    service_unavailable,
    too_many_requests,
)

GetResponse = Callable[[HttpRequest], HttpResponse]
logger = structlog.get_logger("portal.http")
UTF_8 = ("utf-8", "utf8")


def client_address(request: HttpRequest) -> str:
    """The address of the person, as the trusted proxies give it; one that nobody has when there is none (Unix socket).

    Always an address: the audit log writes it into an `inet` column.
    """
    return str(request.META.get("REMOTE_ADDR") or "255.255.255.255")


def is_address(text: str) -> bool:
    """True for an IPv4 or IPv6 address and nothing around it."""
    try:
        ipaddress.ip_address(text)
    except ValueError:
        return False
    return True


class TrustedProxyMiddleware:
    """Replace REMOTE_ADDR by the nearest address in X-Forwarded-For that is no proxy of ours.

    The header is ignored altogether when the peer is not a trusted proxy: anybody can send it.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response
        self.proxies = [ipaddress.ip_network(network) for network in settings.TRUSTED_PROXIES]

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if self._trusted(request.META.get("REMOTE_ADDR", "")):
            for address in map(str.strip, reversed(request.META.get("HTTP_X_FORWARDED_FOR", "").split(","))):
                if not is_address(address):
                    break  # nobody we trust wrote this, nor what stands before it
                if not self._trusted(address):
                    request.META["REMOTE_ADDR"] = address
                    break
        return self.get_response(request)

    def _trusted(self, address: str) -> bool:
        return is_address(address) and any(ipaddress.ip_address(address) in network for network in self.proxies)


class FaultMiddleware:
    """A limit that was reached, a PDF that waits, or PostgreSQL restarting: a clear page that says when to come back.

    For what views raise; the error pages do the same for what middleware raises. The address of a form, opened as a
    page, is answered with a sentence too, where Django answers with nothing.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if response.status_code != 405 or request.method != "GET":
            return response
        page = method_not_allowed(request)
        page.headers["Allow"] = response.headers["Allow"]
        return page

    def process_exception(self, request: HttpRequest, exception: Exception) -> HttpResponse | None:
        if isinstance(exception, LimitReached):
            logger.warning("limit_reached", scope=exception.scope)
            return too_many_requests(request, scope=exception.scope, retry_seconds=exception.retry_seconds)
        if isinstance(exception, BoundReached):
            return drawing_unavailable(request, exception)
        if is_database_away(exception):
            return service_unavailable(request, exception)
        return None


class LegibleAddressMiddleware:
    """Refuse a query string that holds a NUL, which PostgreSQL cannot take, or bytes that are no UTF-8: status 400.

    A request that declares another encoding than that of our pages is refused too. Django would read its address and
    its form by it, and `charset=utf-7` makes a NUL of ordinary characters.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        declared = request.encoding
        if declared is not None and declared.lower() not in UTF_8:
            request.encoding = "utf-8"  # for the page that says so
            raise BadRequest("The request is not encoded in UTF-8.")
        # WSGI gives the bytes of the address as Latin-1 (PEP 3333).
        query = unquote_to_bytes(request.META.get("QUERY_STRING", "").encode("latin-1", "replace"))
        try:
            is_legible = "\x00" not in query.decode()
        except UnicodeDecodeError:
            is_legible = False
        if not is_legible:
            raise BadRequest("The query string is not legible.")
        return self.get_response(request)


class PrivatePagesMiddleware:
    """Pages are personal unless they say otherwise: no cache keeps them."""

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        response.headers.setdefault("Cache-Control", "no-store")
        return response


class UploadMiddleware:
    """Where to go after an upload that `portal.js` sent: told, not followed.

    A script's request follows a redirect by itself, reads the page that the person should have seen, and
    its « votre message est envoyé » with it. So the address is given in a header, for the browser to go there.
    """

    def __init__(self, get_response: GetResponse) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        response = self.get_response(request)
        if "X-Upload" in request.headers and response.status_code == 302:
            response.status_code = 204
            response.headers["X-Next"] = response.headers["Location"]
            del response.headers["Location"]
        return response
