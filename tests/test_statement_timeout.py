"""A page that PostgreSQL does not answer in time asks the person to come back; jobs and commands may take longer."""

from __future__ import annotations

import os
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest
from django.contrib.auth.decorators import login_not_required
from django.db import connection
from django.http import HttpRequest, HttpResponse
from django.test import Client
from django.urls import path
from structlog.testing import capture_logs

from claims_portal import urls

ASK = "from django.db import connection as c; u = c.cursor(); u.execute('SHOW statement_timeout'); print(*u.fetchone())"
WEB = f"import claims_portal.wsgi; {ASK}"
COMMAND = f"import django; django.setup(); {ASK}"


@login_not_required
def sleep(request: HttpRequest) -> HttpResponse:
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_sleep(20)")
    return HttpResponse()


urlpatterns = [path("lent/", sleep), *urls.urlpatterns]
handler500 = urls.handler500


@pytest.fixture
def _impatient(transactional_db: None) -> Iterator[None]:
    with connection.cursor() as cursor:
        cursor.execute("SET statement_timeout = '50ms'")
    yield
    connection.close()


@pytest.mark.urls(__name__)
@pytest.mark.usefixtures("_impatient")
def test_a_page_that_is_too_slow_asks_to_come_back():
    with capture_logs() as lines:
        answer = Client().get("/lent/")
    assert (answer.status_code, answer["Retry-After"]) == (503, "30")
    assert "Le service revient dans un instant" in answer.content.decode()
    assert "statement_cancelled" in [line["event"] for line in lines]


def shown(code: str, **environment: str) -> str:
    """What a process of the portal prints that runs this code against the database of the test."""
    folder = connection.settings_dict["HOST"]
    address = {
        "DATABASE_URL": f"postgres://{connection.settings_dict['USER']}@/{folder}/{connection.settings_dict['NAME']}"
    }
    done = subprocess.run(
        [sys.executable, "-c", code],
        env=os.environ | address | environment,
        cwd=Path(__file__).parents[1],
        check=True,
        capture_output=True,
        text=True,
    )
    return done.stdout.strip()


@pytest.mark.django_db
@pytest.mark.parametrize(
    ("code", "environment", "limit"),
    [
        (WEB, {}, "15s"),
        (WEB, {"WEB_STATEMENT_SECONDS": "7"}, "7s"),
        (WEB, {"WEB_STATEMENT_SECONDS": "0"}, "0"),
        (WEB, {"DATABASE_POOLED": "1"}, "0"),
        (COMMAND, {}, "0"),
    ],
    ids=["web", "chosen", "none", "pooled", "command"],
)
def test_only_processes_that_serve_pages_have_a_time_limit(code: str, environment: dict[str, str], limit: str):
    """Behind a pool no option may be asked of a connection: the limit belongs to the pool (docs/operations.md)."""
    assert shown(code, **environment) == limit
