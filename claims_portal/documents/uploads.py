"""The files that come with an answer (field « files »): all of them are kept, or none is."""

from __future__ import annotations

from collections.abc import Iterable

from django.conf import settings
from django.http import HttpRequest
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.middleware import client_address

from .models import Document
from .services import DocumentRefused, discard_document, receive_document

FIELD = "id_files"  # where the page says what is wrong


def receive_all(request: HttpRequest) -> tuple[list[Document], list[tuple[str, str]]]:
    """Check the files of an answer; return them, and a sentence for each refused one, as « problems » of a page.

    `settings.DOCUMENT_LIMITS["files"]` at most. LimitReached for an address that sends too many. The caller claims
    them, or destroys them with `discard_all`.
    """
    uploads, most = request.FILES.getlist("files"), settings.DOCUMENT_LIMITS["files"]
    if len(uploads) > most:
        return [], [(FIELD, _("Vous pouvez joindre %(limit)d fichiers au plus.") % {"limit": most})]
    if uploads:
        throttles.count("upload-address", client_address(request), weight=len(uploads))
    documents, problems = [], []
    for upload in uploads:
        try:
            documents.append(receive_document(upload=upload, sender=sender_of(request)))
        except DocumentRefused as refusal:
            problems.append((FIELD, refusal.about(upload)))
    if problems and documents:
        sentence = _("Rien n’est encore envoyé : choisissez aussi de nouveau les autres fichiers.")
        problems.append((FIELD, sentence))
    return documents, problems


def sender_of(request: HttpRequest) -> str:
    """Return who sends files, as `fair_queue.Call` tells people apart: the place, and the browser session there."""
    return f"{throttles.caller(client_address(request))}/{request.session.session_key or ''}"


def discard_all(documents: Iterable[Document]) -> None:
    """Destroy what was received for an answer that was not sent."""
    for document in documents:
        discard_document(document=document)
