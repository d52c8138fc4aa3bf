"""The person's own file name, kept only to be shown back: never a path, never a type."""

from __future__ import annotations

import re
import unicodedata
from pathlib import PurePosixPath

from .accepted import SUFFIXES

LABEL_LENGTH = 150
UNNAMED = "document"
_SAME = {"jpg": (".jpg", ".jpeg"), "png": (".png",), "pdf": (".pdf",)}


def clean_label(name: str) -> str:
    """Return the last part of the name, without what could break a header or a line or turn the text around.

    All characters of the categories « other » (controls, bidirectional overrides, half characters)
    and line separators go; at most 150 are kept, the extension among them.
    """
    last = re.split(r"[/\\]", unicodedata.normalize("NFC", name))[-1]
    kept = "".join(character for character in last if _harmless(character))
    label = re.sub(r"\s+", " ", kept).strip(" .")
    stem, dot, extension = label.rpartition(".")
    if len(label) > LABEL_LENGTH and dot and len(extension) <= 10:
        label = f"{stem[: LABEL_LENGTH - len(extension) - 1]}.{extension}"
    return label[:LABEL_LENGTH] or UNNAMED


def download_name(label: str, extension: str) -> str:
    """Return the label ending as what we serve: `photo.heic` was made a JPEG, `facture.exe` is none."""
    suffix = PurePosixPath(label).suffix.lower()
    if suffix in _SAME[extension]:
        return label
    stem = label[: -len(suffix)] if suffix in SUFFIXES else label
    return f"{stem}.{extension}"


def _harmless(character: str) -> bool:
    category = unicodedata.category(character)
    # Tabs and line feeds are controls, but they separate words: the spaces are folded afterwards.
    return character in "\t\n" or not (category.startswith("C") or category in ("Zl", "Zp"))
