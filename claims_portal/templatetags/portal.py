"""Template tags and filters every page may use without loading them."""

from __future__ import annotations

import re
from collections.abc import Mapping
from functools import cache
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils.formats import number_format
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "templates" / "icons"
_NAME = re.compile(r"[a-z0-9-]+")
_SVG = re.compile(r"<svg[^>]*viewBox=\"(?P<box>[^\"]+)\"[^>]*>(?P<drawing>.*)</svg>", re.DOTALL)


@cache
def _drawing(name: str) -> SafeString:
    """The drawing as it goes into the page; empty for a name that has none."""
    path = ICONS / f"{name}.svg"
    if not _NAME.fullmatch(name) or not path.is_file():
        return SafeString("")
    found = _SVG.search(path.read_text())
    if found is None:
        return SafeString("")
    # An arrow points the other way in a right-to-left page.
    turns = " icon-turns" if name.endswith(("-left", "-right", "-up-right", "reply", "send")) else ""
    drawing = "".join(line.strip() for line in found["drawing"].splitlines())
    return mark_safe(  # noqa: S308 - our own files
        f'<svg class="icon{turns}" viewBox="{found["box"]}" fill="currentColor" aria-hidden="true" focusable="false">'
        f"{drawing}</svg>"
    )


@register.simple_tag
def icon(name: str) -> SafeString:
    """A small drawing from `templates/icons/`, hidden from screen readers: the words beside it say it."""
    return _drawing(str(name))


@register.filter
def entry(values: Mapping[Any, Any] | None, key: Any) -> Any:
    """What a mapping holds under a key that the template only knows as a variable; "" otherwise."""
    return values.get(key, "") if values else ""


@register.filter
def file_size(size: int) -> str:
    """A number of bytes as people read it: « 248 ko », « 1,2 Mo »."""
    if size >= 1_000_000:
        return _("%(size)s Mo") % {"size": number_format(round(size / 1_000_000, 1), 1)}
    return _("%(size)s ko") % {"size": number_format(max(1, round(size / 1000)))}
