"""What agents look for, kept in their session under a key: addresses, logs and history hold no personal data."""

from __future__ import annotations

import secrets

from django.http import HttpRequest

from claims_portal.identifiers import one_line

PARAMETER = "recherche"  # of a list's address: the key of a search
SESSION_KEY = "searches"
KEPT = 10
LONGEST = 254


def remember(request: HttpRequest, text: str) -> str:
    """Keep what is looked for in the session, and give its key."""
    kept = request.session.get(SESSION_KEY, {})
    key = secrets.token_hex(4)
    request.session[SESSION_KEY] = dict([*kept.items(), (key, one_line(text)[:LONGEST])][-KEPT:])
    return key


def remembered(request: HttpRequest) -> str:
    """What this address looks for; "" when it looks for nothing, or too long ago."""
    return kept(request, request.GET.get(PARAMETER, ""))


def kept(request: HttpRequest, key: str) -> str:
    """What is looked for under a key of this session; "" when there is nothing, or no more."""
    return str(request.session.get(SESSION_KEY, {}).get(key, ""))
