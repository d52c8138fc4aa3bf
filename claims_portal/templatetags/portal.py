"""Template tags and filters every page may use without loading them."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from datetime import date, datetime
from decimal import Decimal
from functools import cache
from itertools import groupby
from pathlib import Path
from typing import Any

from django import template
from django.conf import settings
from django.utils import timezone
from django.utils.formats import number_format
from django.utils.html import escape, format_html
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _

from claims_portal.deadlines.explanation import spelled_date, written_date
from claims_portal.documents.accepted import ACCEPT, IMAGE_NAMES
from claims_portal.documents.messages import too_large

register = template.Library()

ICONS = Path(settings.BASE_DIR) / "templates" / "icons"
_NAME = re.compile(r"(?:[a-z0-9-]+/)?[a-z0-9-]+")
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


@register.simple_tag
def moment(at: datetime, shape: str = "") -> SafeString:
    """A moment on the clocks of the active zone: « mardi 3 mars 2026 · 14:05 », its "day" alone, or "short" for tables.

    Quicker than the filters of dates, which read the formats of the language anew for each part of each date.
    """
    local = timezone.localtime(at)
    if shape == "short":
        text = f"{local:%d/%m/%Y %H:%M}"
    else:
        text = spelled_date(local.date()) + ("" if shape == "day" else f" · {local:%H:%M}")
    return format_html('<time datetime="{}">{}</time>', local.isoformat(timespec="seconds"), text)


@register.filter(expects_localtime=True)
def day(value: date | None) -> str:
    """A day, or the day of a moment on the clocks of the active zone, in full: « 1er mars 2026 »; "" for none."""
    return written_date(value.date() if isinstance(value, datetime) else value) if value else ""


@register.filter(expects_localtime=True)
def day_and_time(at: datetime | None) -> str:
    """A moment on the clocks of the active zone: « 1er mars 2026 à 14:05 »; "" for none."""
    return _("%(date)s à %(time)s") % {"date": day(at), "time": f"{at:%H:%M}"} if at else ""


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


@register.simple_tag
def accepted_files() -> dict[str, Any]:
    """What a field for files says: names of pictures, largest size (bytes, and Mo), how many, what of a larger one."""
    size, most = settings.DOCUMENT_LIMITS["file_bytes"], settings.DOCUMENT_LIMITS["files"]
    kinds = {"names": IMAGE_NAMES, "accept": ACCEPT}
    return kinds | {"bytes": size, "size": size // (1024 * 1024), "most": most, "too_large": too_large(size)}


@register.filter
def money(amount: Decimal) -> str:
    """An amount in dirhams, to the centime: « 1 234,50 MAD »."""
    return _("%(amount)s MAD") % {"amount": number_format(amount, 2, force_grouping=True)}


@register.filter
def isolated(value: Any) -> SafeString:
    """A number or an address that keeps its own direction inside a right-to-left page."""
    return format_html("<bdi>{}</bdi>", value)


_BULLET = "• "
_QUESTIONS = ("?", "؟")
_SENTENCE_ENDS = (".", ":", ";", "?", "!", "»", "؟", "؛")


def _is_heading(lines: list[str]) -> bool:
    """A short first line without a full stop, above a sentence or a list: how staff write a heading in plain text."""
    first, last = lines[0], lines[-1]
    plain = len(first) <= 60 and not first.startswith(_BULLET) and not re.search(r"[\d,@]", first)
    titled = len(lines) > 1 and (first.endswith(_QUESTIONS) or not first.endswith(_SENTENCE_ENDS))
    return plain and titled and (last.endswith(_SENTENCE_ENDS) or last.startswith(_BULLET))


def _block(lines: list[str], level: int) -> Iterator[SafeString]:
    if _is_heading(lines):
        yield format_html("<h{0}>{1}</h{0}>", level, lines.pop(0))
    for bulleted, group in groupby(lines, key=lambda line: line.startswith(_BULLET)):
        if bulleted:
            items = "".join(f"<li>{escape(line.removeprefix(_BULLET))}</li>" for line in group)
            yield mark_safe(f"<ul>{items}</ul>")  # noqa: S308 - escaped just above
        else:
            yield mark_safe(f"<p>{'<br>'.join(map(escape, group))}</p>")  # noqa: S308 - escaped here


@register.filter
def prose(text: str, level: int = 2) -> SafeString:
    """A plain text as staff write it, as paragraphs, lists (lines in « • ») and headings of a level; escaped."""
    blocks = [[line.strip() for line in block.splitlines()] for block in re.split(r"\n\s*\n", str(text).strip())]
    return mark_safe("".join(part for lines in blocks if lines for part in _block(lines, level)))  # noqa: S308
