"""What every page's frame needs, without a query."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest
from django.urls import translate_url
from django.utils.translation import get_language, get_language_bidi


def portal(request: HttpRequest) -> dict[str, Any]:
    """Language, direction, and this very page in each other language."""
    language = get_language() or settings.LANGUAGE_CODE
    path = request.path
    return {
        "demo": settings.DEMO,
        "language": language,
        "right_to_left": get_language_bidi(),
        "languages": [(code, name, translate_url(path, code)) for code, name in settings.LANGUAGES if code != language],
    }
