"""The only way out for a document's bytes. The caller has checked who may read it."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from csp.decorators import csp_update
from django.conf import settings
from django.http import FileResponse, HttpResponse, HttpResponseRedirect
from django.http.response import HttpResponseBase
from django.template.loader import render_to_string
from django.utils.http import content_disposition_header

from .labels import download_name
from .messages import NOT_READY
from .models import Document, DocumentReading

if TYPE_CHECKING:
    from claims_portal.accounts.models import User

View = Callable[..., HttpResponseBase]

SIGNED_URL_SECONDS = 300
_SANDBOX = "default-src 'none'; style-src 'unsafe-inline'; img-src 'self' data:; frame-ancestors 'self'"
# Previews come from here, or through a redirect from where private files live.
_ELSEWHERE = [settings.PRIVATE_FILES_ORIGIN] if settings.PRIVATE_FILES_ORIGIN else []
# For the views of pages that show documents inside themselves: a PDF in a frame, an image as it is.
shows_documents: Callable[[View], View] = csp_update({"frame-src": ["'self'", *_ELSEWHERE], "img-src": _ELSEWHERE})


def document_response(
    *, document: Document, reader: str, user: User | None = None, preview: bool = False
) -> HttpResponseBase:
    """Give the document to `reader` (a label such as "complainant") and log it.

    A download, or with `preview` a page that can do nothing but show itself. Object storage answers
    through a redirect to a URL that lives five minutes, nginx through PRIVATE_FILES_REDIRECT, else
    we send the bytes. What was not found clean (yet) is not given: a page says so, with status 409.
    """
    if not document.is_clean:
        return _not_ready(document)
    DocumentReading.objects.create(document=document, user=user, reader=reader)
    disposition = _disposition(document, preview)
    response = _bytes_or_address(document, disposition)
    response.headers["Cache-Control"] = "no-store"
    response.headers["X-Content-Type-Options"] = "nosniff"
    response.headers["X-Frame-Options"] = "SAMEORIGIN" if preview else "DENY"
    response.headers["Content-Security-Policy"] = f"sandbox; {_SANDBOX}"
    return response


def _not_ready(document: Document) -> HttpResponse:
    heading, message = NOT_READY[document.state]
    context = {
        "heading": heading,
        "message": message,
        "pending": document.state == Document.State.PENDING,
        "reference": document.pk.hex[:8].upper(),
    }
    # Without context processors, like the error pages whose frame it shares.
    return HttpResponse(render_to_string("documents/not_ready.html", context), status=409)


def _disposition(document: Document, preview: bool) -> str:
    # RFC 6266: names outside ASCII travel percent-encoded, quotes and backslashes escaped.
    return content_disposition_header(not preview, download_name(document.label, document.extension)) or "attachment"


def _bytes_or_address(document: Document, disposition: str) -> HttpResponseBase:
    if signed := _signed_url(document, disposition):
        return HttpResponseRedirect(signed)
    if settings.PRIVATE_FILES_REDIRECT:
        response: HttpResponseBase = HttpResponse(content_type=document.content_type)
        response.headers["X-Accel-Redirect"] = (
            f"{settings.PRIVATE_FILES_REDIRECT.rstrip('/')}/{quote(document.storage_name)}"
        )
    else:
        response = FileResponse(document.file.open("rb"), content_type=document.content_type)
    response.headers["Content-Disposition"] = disposition
    return response


def _signed_url(document: Document, disposition: str) -> str | None:
    """Return an address of the object storage, or None when files are in a folder of ours."""
    storage: Any = document.file.storage
    if not getattr(storage, "querystring_auth", False):
        return None
    headers = {
        "ResponseContentDisposition": disposition,
        "ResponseContentType": document.content_type,
        "ResponseCacheControl": "no-store",
    }
    return str(storage.url(document.storage_name, parameters=headers, expire=SIGNED_URL_SECONDS))
