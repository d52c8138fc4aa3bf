"""Pages of ours on paper, as PDFs that screen readers can read too (N5).

WeasyPrint takes a second to import and works for hundreds of milliseconds: it is loaded at the first PDF,
and a process draws one at a time, because Pango's fonts may not be shared between threads.
"""

from __future__ import annotations

import atexit
import threading
from collections.abc import Iterable
from functools import cache
from io import BytesIO
from typing import TYPE_CHECKING, Any

from django.contrib.staticfiles import finders

if TYPE_CHECKING:
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcherResponse

# An address that leads nowhere: what begins with it is read from our static files, all else is refused.
STATIC_BASE = "https://static.invalid/"
STYLESHEET = "css/print.css"
_drawing = threading.Lock()


def pdf_of(html: str) -> bytes:
    """A page of ours as an accessible PDF (PDF/UA-1): tagged, with its title and language."""
    with _drawing:
        from weasyprint import HTML

        fetcher, fonts, style = _press()
        document = HTML(string=html, base_url=STATIC_BASE, url_fetcher=fetcher)
        pdf: bytes = document.write_pdf(font_config=fonts, stylesheets=[style], pdf_variant="pdf/ua-1")
    return pdf


def joined(papers: Iterable[bytes]) -> bytes:
    """PDFs one after the other in one file, each drawn when its turn comes."""
    import pikepdf

    batch = pikepdf.new()
    for paper in papers:
        with pikepdf.open(BytesIO(paper)) as opened:
            batch.pages.extend(opened.pages)
    output = BytesIO()
    batch.save(output)
    return output.getvalue()


@cache
def _press() -> tuple[Any, FontConfiguration, CSS]:
    """The fetcher, the fonts and the stylesheet, read once a process."""
    from weasyprint import CSS
    from weasyprint.text.fonts import FontConfiguration
    from weasyprint.urls import URLFetcher, URLFetcherResponse

    class StaticOnly(URLFetcher):
        """Our own static files; no network, no other file, whatever a text of the case may contain."""

        def fetch(self, url: str, headers: dict[str, str] | None = None) -> URLFetcherResponse:
            return URLFetcherResponse(url, static_bytes(url), {"Content-Type": _content_type(url)})

    fetcher, fonts = StaticOnly(), FontConfiguration()
    style = CSS(url=STATIC_BASE + STYLESHEET, url_fetcher=fetcher, font_config=fonts)
    atexit.register(_press.cache_clear)  # the fonts remove their temporary files while Python still can
    return fetcher, fonts, style


def static_bytes(url: str) -> bytes:
    """What one of our static files holds, named under STATIC_BASE. PermissionError for any other address."""
    path = url.removeprefix(STATIC_BASE)
    found = finders.find(path) if path != url else None
    if not isinstance(found, str):
        raise PermissionError(url)
    with open(found, "rb") as file:  # noqa: PTH123
        return file.read()


def _content_type(url: str) -> str:
    return {"css": "text/css", "svg": "image/svg+xml", "woff2": "font/woff2"}.get(url.rpartition(".")[2], "")
