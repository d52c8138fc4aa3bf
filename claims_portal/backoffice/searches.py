"""What agents look for, kept for a short time under a key: addresses, logs and sessions hold no personal data.

A search ends an hour after it was typed, when its author signs out, and when a case is erased: it may hold a name.
"""

from __future__ import annotations

import re
import secrets
from datetime import timedelta
from typing import Any

from django.contrib.auth.signals import user_logged_out
from django.dispatch import receiver
from django.http import HttpRequest
from django.utils import timezone

from claims_portal.identifiers import one_line

from .models import Search

PARAMETER = "recherche"  # of a list's address: the key of a search
LIFE = timedelta(hours=1)
LONGEST = 254
_KEY = re.compile(r"[0-9a-f]{16}")


def remember(request: HttpRequest, text: str) -> str:
    """Keep what this person looks for, and give its key."""
    key = secrets.token_hex(8)
    expires_at = timezone.now() + LIFE
    user: Any = request.user
    Search.objects.create(key=key, user=user, text=one_line(text)[:LONGEST], expires_at=expires_at)
    return key


def remembered(request: HttpRequest) -> str:
    """Return what this address looks for; "" when it looks for nothing, or too long ago."""
    return kept(request, request.GET.get(PARAMETER, ""))


def kept(request: HttpRequest, key: str) -> str:
    """Return what this person looks for under a key; "" when there is nothing, or no more."""
    if not _KEY.fullmatch(key):
        return ""
    user: Any = request.user
    searches = Search.objects.filter(key=key, user=user, expires_at__gt=timezone.now())
    return searches.values_list("text", flat=True).first() or ""


def forget_searches() -> int:
    """Delete every search: whom they name is not known, and whoever still needs one types it again. Gives how many."""
    return Search.objects.all().delete()[0]


def prune_searches() -> int:
    """Delete the searches that ended; gives how many."""
    return Search.objects.filter(expires_at__lte=timezone.now()).delete()[0]


@receiver(user_logged_out)
def forget_searches_of(sender: Any, user: Any, **kwargs: Any) -> None:
    """Delete what somebody looked for as they sign out."""
    if user is not None:
        Search.objects.filter(user_id=user.pk).delete()
