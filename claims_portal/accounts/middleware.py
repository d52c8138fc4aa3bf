"""Sessions of people who signed in: they end after a while without a request, and staff need their second factor."""

from __future__ import annotations

import time
from collections.abc import Callable
from typing import Any

from django.conf import settings
from django.contrib.auth import logout
from django.contrib.auth.views import redirect_to_login
from django.http import HttpRequest, HttpResponse
from django.urls import reverse

from claims_portal.views import came_from_here, session_ended

SEEN = "seen"
BEGAN = "began"  # in the session: when the person signed in, in seconds
WRITE_EVERY = 60  # seconds: one session write a minute, not one a request


def begin_session(request: HttpRequest) -> None:
    """Note that somebody has just signed in: their session ends `settings.STAFF_SESSION_SECONDS` later."""
    request.session[BEGAN] = request.session[SEEN] = int(time.time())


class IdleSessionMiddleware:
    """Sign a person out after `settings.STAFF_IDLE_SECONDS` without a request, or `STAFF_SESSION_SECONDS` with any.

    Whoever sends a form of ours after that is told that nothing was sent, and gets their words back.
    """

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id"):
            now = int(time.time())
            seen, began = request.session.get(SEEN, now), request.session.setdefault(BEGAN, now)
            if now - seen > settings.STAFF_IDLE_SECONDS or now - began > settings.STAFF_SESSION_SECONDS:
                logout(request)
            elif now - seen >= WRITE_EVERY or SEEN not in request.session:
                request.session[SEEN] = now
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if request.method != "POST" or not getattr(view, "login_required", True) or request.user.is_authenticated:
            return None
        leaving = request.resolver_match is not None and request.resolver_match.url_name == "logout"
        return session_ended(request) if came_from_here(request) and not leaving else None


class SecondFactorMiddleware:
    """A member of staff who gave the password alone opens nothing but the page that asks for the second factor."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        return self.get_response(request)

    def process_view(self, request: HttpRequest, view: Any, args: Any, kwargs: Any) -> HttpResponse | None:
        if not settings.STAFF_SECOND_FACTOR or not getattr(view, "login_required", True):
            return None
        user: Any = request.user
        if not (user.is_authenticated and user.is_staff) or user.is_verified():
            return None
        if request.resolver_match and request.resolver_match.view_name == "admin:second-factor":
            return None
        return redirect_to_login(request.get_full_path(), reverse("admin:second-factor"))
