"""A real Chromium before the whole portal, served by a real HTTP server with its static files as in production."""

from __future__ import annotations

import os
import shutil
import threading
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest
from django.conf import settings as django_settings
from django.core.handlers.wsgi import WSGIHandler
from django.core.servers.basehttp import ThreadedWSGIServer
from django.db import connections
from django.test.testcases import QuietWSGIRequestHandler
from playwright.sync_api import Browser, Playwright, expect

from complaints.services.catalogue import load_catalogue
from tests.rows import Rows

from .visitor import Visitor

ARGUMENTS = [
    "--no-sandbox",
    "--disable-gpu",
    "--disable-quic",
    "--no-first-run",
    "--disable-background-networking",
    "--disable-component-update",
    "--disable-sync",
]
# The first has no windows to draw: it takes a third of the work of the others.
BROWSERS = ("chromium-headless-shell", "chromium", "google-chrome")
CATALOGUE = Path(django_settings.BASE_DIR) / "complaints" / "catalogue"
PATIENCE = 15_000  # ms: two cores may be shared with much else


@pytest.fixture(scope="session", autouse=True)
def _django_beside_playwright(playwright: Playwright) -> Iterator[None]:
    """Playwright's loop runs in this thread until the end, and Django would take that for asynchronous code."""
    os.environ["DJANGO_ALLOW_ASYNC_UNSAFE"] = "1"
    expect.set_options(timeout=PATIENCE)
    yield
    # While a loop runs, a thread has other connections than without: it would not find them again to close them.
    connections.close_all()


@pytest.fixture(scope="session")
def browser_type_launch_args(browser_type_launch_args: dict[str, Any]) -> dict[str, Any]:
    """The system's Chromium when there is one, else Playwright's own."""
    programs = filter(None, map(shutil.which, BROWSERS))
    chosen = {"executable_path": program} if (program := next(programs, None)) else {}
    return browser_type_launch_args | chosen | {"args": ARGUMENTS}


@pytest.fixture(scope="session")
def server() -> Iterator[str]:
    """The WSGI application over HTTP, as gunicorn runs it; gives its address.

    Not pytest-django's live server: that one serves static files itself, without WhiteNoise, its hashes and Brotli.
    """
    http = ThreadedWSGIServer(("127.0.0.1", 0), QuietWSGIRequestHandler)
    http.set_app(WSGIHandler())
    thread = threading.Thread(target=http.serve_forever, daemon=True)
    thread.start()
    yield f"http://127.0.0.1:{http.server_port}"
    http.shutdown()
    http.server_close()
    thread.join()


@pytest.fixture(scope="session")
def institutions(tmp_path_factory: pytest.TempPathFactory) -> Rows:
    """The demonstration's catalogue, one institution in each country: the others would only take time."""
    folder = tmp_path_factory.mktemp("catalogue")
    for name in ("common.toml", "acaps.toml", "cpms.toml"):
        shutil.copy(CATALOGUE / name, folder)
    return Rows(lambda: load_catalogue(folder=folder))


@pytest.fixture
def portal(server: str, transactional_db: None, settings: Any, institutions: Rows) -> str:
    """The portal with the desks of ACAPS and CPMS; gives its address."""
    settings.PUBLIC_URL = server
    settings.CSRF_TRUSTED_ORIGINS = [server]
    institutions.put()
    return server


@pytest.fixture
def visit(portal: str, browser: Browser) -> Iterator[Callable[..., Visitor]]:
    """Makes visitors: `visit("ar", width=390, javascript=False, inspecting=True)`. Nothing may break under them."""
    visitors: list[Visitor] = []

    def come(language: str = "fr", *, width: int = 1280, javascript: bool = True, **more: Any) -> Visitor:
        inspecting = more.pop("inspecting", False)
        context = browser.new_context(
            viewport={"width": width, "height": 844},
            locale=language,
            java_script_enabled=javascript,
            reduced_motion="reduce",
            **more,
        )
        context.set_default_timeout(PATIENCE)
        visitors.append(Visitor(context, context.new_page(), portal, language, width, javascript, inspecting))
        return visitors[-1]

    yield come
    for visitor in visitors:
        visitor.context.close()
    assert [problem for visitor in visitors for problem in visitor.broken] == []
