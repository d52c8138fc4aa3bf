"""What every test stands on. Services come from `python -m claims_portal.local test` (`make test`)."""

from __future__ import annotations

from pathlib import Path

import pytest
from django.core.cache import caches


@pytest.fixture(autouse=True)
def _private_files(settings, tmp_path: Path) -> None:
    """Each test has its own folders for private files and mail."""
    settings.STORAGES = settings.STORAGES | {
        "default": {
            "BACKEND": "django.core.files.storage.FileSystemStorage",
            "OPTIONS": {"location": tmp_path / "private"},
        }
    }
    settings.EMAIL_FILE_PATH = str(tmp_path / "mail")


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    caches["default"].clear()
