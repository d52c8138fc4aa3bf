"""What every test stands on. Services come from `python -m claims_portal.local test` (`make test`)."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest
from django.core.cache import caches
from django.utils import translation


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
def _french() -> Iterator[None]:
    """A page that was read in Arabic leaves its thread in Arabic: each test begins in French."""
    with translation.override("fr"):
        yield


@pytest.fixture(autouse=True)
def _empty_cache() -> None:
    caches["default"].clear()
