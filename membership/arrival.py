"""What a browser session holds between the first page and the entry: how far this person came in."""

from __future__ import annotations

import time
from typing import Any

from django.http import HttpRequest

from claims_portal.accounts.sessions import renew_key

SESSION_KEY = "arrival"
MINUTES = 15


def begin(request: HttpRequest, *, policy: str, number: str) -> None:
    """Somebody said which policy and which number; nothing is proved yet."""
    request.session[SESSION_KEY] = {"policy": policy, "number": number, "until": int(time.time()) + MINUTES * 60}


def current(request: HttpRequest) -> dict[str, Any] | None:
    """What was said and proved so far: « policy », « number », then « member », « password », « code »."""
    held = request.session.get(SESSION_KEY)
    return held if held and held["until"] >= time.time() else None


def proved(request: HttpRequest, **more: Any) -> None:
    """Note one more thing that this person showed, under a new session key."""
    request.session[SESSION_KEY] = request.session[SESSION_KEY] | more
    renew_key(request.session)


def forget(request: HttpRequest) -> None:
    request.session.pop(SESSION_KEY, None)
