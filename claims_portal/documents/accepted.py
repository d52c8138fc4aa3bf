"""What files are accepted, said once: for the check of a file, for its name, and for the hints beside the fields.

Nothing here knows Django: the processes that examine files read it too.
"""

from __future__ import annotations

# Each kind of picture by the name people know, and how its files end. `checks.py` recognises them by their content.
IMAGES: dict[str, tuple[str, ...]] = {
    "JPEG": (".jpg", ".jpeg"),
    "PNG": (".png",),
    "HEIC": (".heic", ".heif"),
    "WebP": (".webp",),
}
PDF_SUFFIX = ".pdf"
IMAGE_SUFFIXES = tuple(suffix for suffixes in IMAGES.values() for suffix in suffixes)
SUFFIXES = frozenset({PDF_SUFFIX, *IMAGE_SUFFIXES})

IMAGE_NAMES = ", ".join(IMAGES)
# For the `accept` of a field: « image/* » offers the camera of a phone, the endings what a device has no type for.
ACCEPT = ",".join(["image/*", "application/pdf", PDF_SUFFIX, *IMAGE_SUFFIXES])
