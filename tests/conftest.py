"""What every test stands on. Services come from `python -m claims_portal.local test` (`make test`)."""

from __future__ import annotations

import gc
import os
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from django.contrib.auth.hashers import PBKDF2PasswordHasher
from django.core.cache import caches
from django.db import connection
from django.test import TransactionTestCase
from django.utils import translation
from whitenoise.base import WhiteNoise

gc.disable()  # importing makes much and throws nothing away: pytest_collection_finish switches it on again


@pytest.fixture(autouse=True)
def _private_files(settings: Any, tmp_path: Path) -> None:
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


@pytest.fixture(scope="session")
def django_db_modify_db_settings(django_db_modify_db_settings_parallel_suffix: None) -> None:
    """Copy the database that `local.test` has migrated, where there is one: each worker would migrate again."""
    template = os.environ.get("PORTAL_TEST_TEMPLATE")
    if template:
        connection.settings_dict["TEST"] |= {"TEMPLATE": template, "MIGRATE": False}


# What stays after a test with real transactions: it was there before the first one.
KEPT = ("django_content_type", "auth_permission", "django_migrations")
EMPTY_TABLES = """
DO $$
DECLARE written regclass;
BEGIN
    SET LOCAL session_replication_role = replica; -- neither foreign keys nor triggers: the order does not matter
    FOR written IN
        SELECT relid FROM pg_stat_user_tables WHERE relname NOT IN %s
    LOOP
        EXECUTE format('DELETE FROM %%s', written);
    END LOOP;
END $$
"""


def delete_every_row(_case: TransactionTestCase) -> None:
    with connection.cursor() as cursor:
        cursor.execute(EMPTY_TABLES, [KEPT])


@pytest.fixture(scope="session", autouse=True)
def _tables_emptied_by_deleting() -> Iterator[None]:
    """Django truncates every table, a new file each, then makes all rights again: a second for each such test."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(TransactionTestCase, "_fixture_teardown", delete_every_row)
        yield


@pytest.fixture(scope="session", autouse=True)
def _static_files_listed_once() -> Iterator[None]:
    """Every test client starts the middleware anew: listing three hundred static files takes as long as a page."""
    listed: dict[tuple[str, str], dict[str, Any]] = {}
    add_files = WhiteNoise.update_files_dictionary

    def add_known_files(noise: WhiteNoise, root: str, prefix: str) -> None:
        if (root, prefix) not in listed:
            before, noise.files = noise.files, {}
            add_files(noise, root, prefix)
            listed[root, prefix], noise.files = noise.files, before
        noise.files.update(listed[root, prefix])

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WhiteNoise, "update_files_dictionary", add_known_files)
        yield


@pytest.fixture(scope="session", autouse=True)
def production_hashing() -> Iterator[int]:
    """How often a password is hashed in production, slow on purpose; in tests once, by the same hasher."""
    iterations = PBKDF2PasswordHasher.iterations
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(PBKDF2PasswordHasher, "iterations", 1)
        yield iterations


# The longest, which also wait for other processes: at the end nothing would be left to do meanwhile.
WAITING = ("tests/faults/", "tests/browser/")


@pytest.hookimpl(trylast=True)
def pytest_collection_modifyitems(items: list[pytest.Item]) -> None:
    """Those that wait first, so that no worker is alone with them at the end; the others as they come."""
    items.sort(key=lambda item: next((at for at, path in enumerate(WAITING) if item.nodeid.startswith(path)), 9))


def pytest_collection_finish() -> None:
    """What was imported stays until the end: the garbage collector need not look at it again and again."""
    gc.collect()
    gc.freeze()
    gc.enable()
    gc.set_threshold(20_000, 50, 50)  # of all that a test makes, little waits for it: a tenth of the time of most tests
