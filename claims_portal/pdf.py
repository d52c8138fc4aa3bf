"""Pages of ours on paper, as PDFs that screen readers can read too (N5).

The HTML is written where the database is; WeasyPrint draws it in a process with limits of time and memory
(`bounded_processes`), so that no page waits for a drawing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable
from io import BytesIO

from django.conf import settings
from django.http import HttpRequest

from .accounts.throttles import caller
from .bounded_processes import Allowance, BoundReached, run_bounded
from .middleware import client_address
from .pdf_drawing import draw_pdf


def allowance() -> Allowance:
    """Return the limits of one drawing, from the settings."""
    limits = settings.PDF_LIMITS
    return Allowance(
        limits["seconds"],
        limits["memory_bytes"],
        limits["processes"],
        niceness=limits["niceness"],
        patience=limits["patience"],
        waiting=limits["waiting"],
        waiting_per_person=limits["waiting_per_person"],
    )


def pdf_of(html: str, *, person: str = "") -> bytes:
    """Return a page of ours as an accessible PDF (PDF/UA-1): tagged, with its title and language.

    `person` asked for it (`person_of`): nobody holds all the places in the queue. Raises BoundReached, and
    DrawingError when the page cannot be drawn.
    """
    return run_bounded(draw_pdf, (html, str(settings.STATICFILES_DIRS[0])), allowance(), person=person)


def person_of(request: HttpRequest) -> str:
    """Return the name under which this person waits for drawings: the account of staff, or the address."""
    return f"user:{request.user.pk}" if request.user.is_authenticated else caller(client_address(request))


def joined(papers: Iterable[bytes]) -> bytes:
    """Join PDFs in one file, each drawn when its turn comes. BoundReached when they take too long together."""
    import pikepdf

    end = time.monotonic() + settings.PDF_LIMITS["batch_seconds"]
    batch = pikepdf.new()
    for paper in papers:
        with pikepdf.open(BytesIO(paper)) as opened:
            batch.pages.extend(opened.pages)
        if time.monotonic() > end:
            raise BoundReached("too_slow")
    output = BytesIO()
    batch.save(output)
    return output.getvalue()
