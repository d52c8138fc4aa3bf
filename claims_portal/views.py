"""Pages that belong to no app: errors, each with a reference that is also in the log, and health."""

from __future__ import annotations

import secrets
import sys
from collections.abc import Callable, Iterator
from typing import Any

import redis
import structlog
from django.conf import settings
from django.contrib.auth.decorators import login_not_required
from django.core.exceptions import SuspiciousOperation
from django.db import DatabaseError, Error, InterfaceError, OperationalError, connection
from django.http import HttpRequest, HttpResponse, HttpResponseBase, JsonResponse
from django.http.multipartparser import MultiPartParserError
from django.template.loader import render_to_string
from django.urls import reverse
from django.views import View
from django.views.decorators.http import require_safe
from psycopg2.errors import QueryCanceled

from .bounded_processes import BoundReached
from .context_processors import portal

PROSE = 40  # characters from which a text is long enough to be missed
KEPT_MAX = 10

logger = structlog.get_logger("portal.http")


class PublicView(View):
    """A page that anybody may open, it and its subclasses: every other page asks to sign in."""

    @classmethod
    def as_view(cls, **initkwargs: Any) -> Callable[..., HttpResponseBase]:
        return login_not_required(super().as_view(**initkwargs))


def error_page(request: HttpRequest, status: int, **context: object) -> HttpResponse:
    """The error page of a status, with a reference to give to the help desk.

    Of the context processors only the frame's is asked: the others may need what has just failed.
    """
    reference = secrets.token_hex(4).upper()
    # The name of the page, not its address: addresses may hold a number or a token.
    page_name = request.resolver_match.view_name if request.resolver_match else ""
    logger.warning("error_page", status=status, reference=reference, page=page_name)
    shown = portal(request) | {"reference": reference, "request_path": request.path, "kept": kept_texts(request)}
    agents = reverse("admin:index")
    shown["agents_page"] = agents if request.path.startswith(agents) else ""
    page = render_to_string(f"errors/{status}.html", shown | context)
    return HttpResponse(page, status=status)


def kept_texts(request: HttpRequest) -> list[str]:
    """The long texts of a form that could not be taken, for the error page to give them back to who wrote them.

    Only to our own pages: another site must not make us show its words.
    """
    try:
        if request.method != "POST" or not came_from_here(request):
            return []
        typed = [text for name, texts in request.POST.lists() if "password" not in name for text in texts]
    except (SuspiciousOperation, MultiPartParserError, OSError):  # a false host, or what cannot be read: the very error
        return []
    prose = [text.encode("utf-8", "ignore").decode() for text in typed if len(text) >= PROSE and len(text.split()) > 1]
    return prose[:KEPT_MAX]


def came_from_here(request: HttpRequest) -> bool:
    """Whether the browser says that one of our own pages sent this."""
    if site := request.headers.get("Sec-Fetch-Site"):
        return site == "same-origin"
    return request.headers.get("Origin", "") == f"{request.scheme}://{request.get_host()}"


def is_database_away(error: BaseException | None) -> bool:
    """True when this error comes from a connection to PostgreSQL that broke, however it was dressed up since.

    Of a server that dies in the middle of a query, psycopg2 knows no more than that something failed: the base class.
    A statement that PostgreSQL cancelled because it took too long is an OperationalError too (settings/database.py).
    """
    return any(
        isinstance(link, OperationalError | InterfaceError) or type(link) is DatabaseError for link in causes(error)
    )


def causes(error: BaseException | None) -> Iterator[BaseException]:
    """Yield the error and what it comes from, one after the other."""
    while error is not None:
        yield error
        error = error.__cause__ or error.__context__


@login_not_required
def bad_request(request: HttpRequest, exception: Exception) -> HttpResponse:
    # Django takes a session that could not be saved for one that was deleted, and blames the browser.
    return service_unavailable(request, exception) if is_database_away(exception) else error_page(request, 400)


@login_not_required
def permission_denied(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 403)


@login_not_required
def page_not_found(request: HttpRequest, exception: Exception) -> HttpResponse:
    return error_page(request, 404)


def method_not_allowed(request: HttpRequest) -> HttpResponse:
    """The address of a form, opened as if it were a page."""
    return error_page(request, 405)


@login_not_required
def server_error(request: HttpRequest) -> HttpResponse:
    # Called while the error is handled. What a middleware raises comes here, and through no other middleware.
    error = sys.exception()
    return service_unavailable(request, error) if is_database_away(error) else error_page(request, 500)


@login_not_required
def csrf_failure(request: HttpRequest, reason: str = "") -> HttpResponse:
    """A form that waited too long, or cookies that are refused."""
    return error_page(request, 403, csrf=True)


def session_ended(request: HttpRequest) -> HttpResponse:
    """A form sent after its sign-in had ended: nothing was done, and the words are given back."""
    return error_page(request, 403, ended=True)


def too_many_requests(request: HttpRequest, *, scope: str, retry_seconds: int) -> HttpResponse:
    """Answer that the limit of a scope is reached, when it ends, and what the person can do until then."""
    response = error_page(
        request,
        429,
        minutes=max(1, -(-retry_seconds // 60)),
        by_address=scope.endswith("-address"),
        signing_in="sign-in" in scope and not scope.endswith("-browser"),
    )
    response.headers["Retry-After"] = str(retry_seconds)
    return response


def service_unavailable(request: HttpRequest, error: BaseException | None) -> HttpResponse:
    """PostgreSQL is away, or was too slow: ask the person to try again in a moment."""
    too_slow = any(isinstance(link, QueryCanceled) for link in causes(error))
    logger.error("statement_cancelled" if too_slow else "database_unavailable")
    response = error_page(request, 503)
    response.headers["Retry-After"] = "30"
    return response


def drawing_unavailable(request: HttpRequest, reached: BoundReached) -> HttpResponse:
    """A PDF was not drawn, because too many others wait or because it passed its limits: say when to come back."""
    busy = reached.code == "busy"
    logger.warning("drawing_unavailable", code=reached.code)
    again = request.get_full_path() if request.method == "GET" else ""
    response = error_page(request, 503, drawing=True, busy=busy, request_path=again)
    response.headers["Retry-After"] = "10" if busy else "60"
    return response


@login_not_required
@require_safe
def live(request: HttpRequest) -> JsonResponse:
    """This process answers."""
    return JsonResponse({"live": True})


@login_not_required
@require_safe
def ready(request: HttpRequest) -> JsonResponse:
    """This node can serve. Redis away is told but does not take the node out: filing works without it."""
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        database = True
    except Error:
        database = False
    try:
        broker = redis.Redis.from_url(settings.REDIS_URL, socket_timeout=1, socket_connect_timeout=1)
        jobs = bool(broker.ping())
        broker.close()
    except redis.RedisError:
        jobs = False
    return JsonResponse({"database": database, "jobs": jobs}, status=200 if database else 503)
