"""QR codes of public addresses, drawn as SVG."""

from __future__ import annotations

import segno
from django.utils.safestring import SafeString, mark_safe
from django.utils.translation import gettext as _


def qr_code(url: str) -> SafeString:
    """The QR code of an address as SVG, as large as its place; its title is what a screen reader says."""
    looks = {"border": 0, "dark": "#17212b", "title": _("Code QR de la page de vérification"), "omitsize": True}
    return mark_safe(segno.make(url, error="m", micro=False).svg_inline(**looks))  # noqa: S308 - made here
