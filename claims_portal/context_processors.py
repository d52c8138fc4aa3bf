"""What every page's frame needs, without a query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import get_script_prefix
from django.utils.encoding import escape_uri_path
from django.utils.translation import get_language, get_language_bidi


def portal(request: HttpRequest) -> dict[str, Any]:
    """Language, direction, and this very page in each other language."""
    language = get_language() or settings.LANGUAGE_CODE
    return {
        "demo": settings.DEMO,
        "language": language,
        "right_to_left": get_language_bidi(),
        "languages": [
            (code, name, _address_in(code, language, request.path))
            for code, name in settings.LANGUAGES
            if code != language
        ],
    }


def _address_in(code: str, language: str, path: str) -> str:
    """The address of a page in another language. Only its prefix differs, and the portal's own language has none.

    `django.urls.translate_url` resolves and reverses the address for the same result, at every page.
    """
    root = get_script_prefix()
    page = path.removeprefix(root)
    if language != settings.LANGUAGE_CODE:
        page = page.removeprefix(f"{language}/")
    return escape_uri_path(root + page if code == settings.LANGUAGE_CODE else f"{root}{code}/{page}")
