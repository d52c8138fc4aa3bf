"""Draw a PDF from HTML with WeasyPrint. This runs in a bounded process and does not import Django.

WeasyPrint takes a second to import: it is loaded at the first PDF of a process.
"""

from __future__ import annotations

import os
import shutil
import tempfile
from functools import cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

# An address that leads nowhere: what begins with it is read from our static files, all else is refused.
STATIC_BASE = "https://static.invalid/"
STYLESHEET = "css/print.css"
CONTENT_TYPES = {"css": "text/css", "svg": "image/svg+xml", "woff2": "font/woff2"}
TEMPORARY = "portal-drawing-"


class DrawingError(Exception):
    """The PDF could not be drawn. Holds the kind of the error only: its message may quote what somebody typed."""


def draw_pdf(html: str, static_folder: str) -> bytes:
    """Return the page as an accessible PDF (PDF/UA-1): tagged, with its title and language.

    Stylesheets, images and fonts are read below `static_folder`. Raises DrawingError; MemoryError when the page
    needs more than this process may have.
    """
    try:
        from weasyprint import HTML

        fetcher, fonts, style = load_engine(static_folder)
        document = HTML(string=html, base_url=STATIC_BASE, url_fetcher=fetcher)
        pdf: bytes = document.write_pdf(font_config=fonts, stylesheets=[style], pdf_variant="pdf/ua-1")
    except MemoryError:
        raise
    except Exception as error:
        raise DrawingError(type(error).__name__) from None
    return pdf


@cache
def load_engine(static_folder: str) -> tuple[Any, FontConfiguration, CSS]:
    """Return the fetcher, the fonts and the stylesheet, read once a process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticOnly(URLFetcher):
        """Our own static files; no network, no other file, whatever a text of the case may contain."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            content_type = CONTENT_TYPES.get(url.rpartition(".")[2], "")
            return URLFetcherResponse(url, read_static(url, static_folder), {"Content-Type": content_type})

    use_own_temporary_folder()
    fetcher, fonts = StaticOnly(), FontConfiguration()
    style = CSS(url=STATIC_BASE + STYLESHEET, url_fetcher=fetcher, font_config=fonts)
    return fetcher, fonts, style


def read_static(url: str, static_folder: str) -> bytes:
    """Return the content of one of our static files, named under STATIC_BASE. OSError for any other address."""
    root = Path(static_folder).resolve()
    path = (root / url.removeprefix(STATIC_BASE)).resolve()
    if not url.startswith(STATIC_BASE) or not path.is_relative_to(root):
        raise PermissionError(url)
    return path.read_bytes()


def use_own_temporary_folder() -> None:
    """Write temporary files (fonts) into a folder with the number of this process, and remove those of ended ones.

    A process that is stopped in the middle of a drawing removes nothing itself.
    """
    parent = Path(tempfile.gettempdir())
    for folder in parent.glob(f"{TEMPORARY}*"):
        pid = folder.name.removeprefix(TEMPORARY).partition("-")[0]
        if pid.isdigit() and not _is_running(int(pid)):
            shutil.rmtree(folder, ignore_errors=True)
    tempfile.tempdir = tempfile.mkdtemp(prefix=f"{TEMPORARY}{os.getpid()}-", dir=parent)


def _is_running(pid: int) -> bool:
    try:
        os.kill(pid, 0)
    except ProcessLookupError:
        return False
    except OSError:
        return True  # somebody else's
    return True
