"""Sessions of people who signed in end after a while without a request."""

from __future__ import annotations

import time
from collections.abc import Callable

from django.conf import settings
from django.contrib.auth import logout
from django.http import HttpRequest, HttpResponse

SEEN = "seen"
WRITE_EVERY = 60  # seconds: one session write a minute, not one a request


class IdleSessionMiddleware:
    """Sign a person out after `settings.STAFF_IDLE_SECONDS` without a request (docs/security.md)."""

    def __init__(self, get_response: Callable[[HttpRequest], HttpResponse]) -> None:
        self.get_response = get_response

    def __call__(self, request: HttpRequest) -> HttpResponse:
        if request.session.get("_auth_user_id"):
            now = int(time.time())
            seen = request.session.get(SEEN, now)
            if now - seen > settings.STAFF_IDLE_SECONDS:
                logout(request)
            elif now - seen >= WRITE_EVERY or SEEN not in request.session:
                request.session[SEEN] = now
        return self.get_response(request)
