"""How a person is named at sign-in: by an e-mail address, in whatever capitals a telephone puts there."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest


def sign_in_name(typed: str) -> str:
    """The one form of an address under which an account is looked for, and its wrong passwords are counted."""
    return typed.strip().lower()


LONGEST_COUNTED = 255  # what django-axes has room for; no account has a name that long


def counted_name(request: HttpRequest | None, credentials: dict[str, Any] | None = None) -> str:
    """The name django-axes counts: capitals are no way around its lock."""
    typed = (credentials or {}).get("username") or (request.POST.get("username", "") if request else "")
    return sign_in_name(str(typed))[:LONGEST_COUNTED]
