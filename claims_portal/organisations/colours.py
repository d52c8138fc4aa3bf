"""An organisation's own colour must stay readable: WCAG 2.2 contrast, success criterion 1.4.3."""

from __future__ import annotations

READABLE = 4.5


def luminance(colour: str) -> float:
    """Return the relative luminance, 0 to 1, of a colour written #rrggbb."""
    channels = [int(colour[start : start + 2], 16) / 255 for start in (1, 3, 5)]
    linear = [each / 12.92 if each <= 0.04045 else ((each + 0.055) / 1.055) ** 2.4 for each in channels]
    return 0.2126 * linear[0] + 0.7152 * linear[1] + 0.0722 * linear[2]


def contrast_with_white(colour: str) -> float:
    """Return the contrast of a colour with white, 1 to 21; text in it on white needs 4.5."""
    return 1.05 / (luminance(colour) + 0.05)
