"""Hostile and unusable files: each is refused, with a sentence that says what to do."""

from __future__ import annotations

from collections.abc import Callable

import pytest
from django.utils import translation

from claims_portal.documents.checks import Limits, Refused, examine
from claims_portal.documents.messages import ADVICE, REFUSALS
from claims_portal.documents.models import Document
from claims_portal.documents.services import DocumentRefused, receive_document, refusal_message
from tests.factories.documents import pdf_bytes, upload

from .hostile import REFUSED, encrypted_pdf

LIMITS = Limits(image_pixels=30_000_000, pdf_pages=200)


@pytest.mark.req("D99")
@pytest.mark.parametrize(("what", "name", "make", "code"), REFUSED, ids=[row[0] for row in REFUSED])
def test_a_file_that_is_no_usable_image_or_pdf_is_refused(
    what: str, name: str, make: Callable[[], bytes], code: str
) -> None:
    with pytest.raises(Refused) as refusal:
        examine(make(), name, LIMITS)
    assert refusal.value.code == code


def test_every_refusal_in_the_table_has_its_own_sentence() -> None:
    sentences = {str(refusal_message(code)) for code in REFUSALS}
    assert len(sentences) == len(REFUSALS)
    assert {row[3] for row in REFUSED} <= set(REFUSALS)


@pytest.mark.parametrize("sentence", [*REFUSALS.values(), *ADVICE.values()])
def test_a_sentence_is_french_typography_and_ends(sentence: str) -> None:
    with translation.override("fr"):
        text = str(sentence)
    assert text.endswith(".")
    assert "'" not in text
    assert not any(wrong in text for wrong in (" :", " ;", " ?", " !", "« ", " »"))


def test_the_limits_are_told_in_figures() -> None:
    with translation.override("fr"):
        assert "10\u00a0Mo" in str(refusal_message("too_large"))
        assert "200 pages" in str(refusal_message("too_many_pages"))
        assert "30 millions" in str(refusal_message("too_many_pixels"))


def test_a_refused_upload_leaves_no_row_and_no_file(db: None, tmp_path) -> None:
    with pytest.raises(DocumentRefused) as refusal:
        receive_document(upload=upload(encrypted_pdf()))
    assert refusal.value.code == "encrypted"
    assert "mot de passe" in str(refusal.value.message)
    assert not Document.objects.exists()
    assert not [path for path in tmp_path.rglob("*") if path.is_file()]


def test_eleven_megabytes_are_refused_without_being_read(db: None) -> None:
    sent = upload(b"%PDF-1.7" + bytes(11 * 1024 * 1024))
    with pytest.raises(DocumentRefused, match="too_large"):
        receive_document(upload=sent)
    assert sent.tell() == 0


def test_a_size_declared_too_small_does_not_pass_the_limit(db: None) -> None:
    sent = upload(b"%PDF-1.7" + bytes(11 * 1024 * 1024))
    sent.size = 100
    with pytest.raises(DocumentRefused, match="too_large"):
        receive_document(upload=sent)


def test_an_empty_upload_is_refused(db: None) -> None:
    with pytest.raises(DocumentRefused, match="empty"):
        receive_document(upload=upload(b""))


def test_the_limit_of_pages_is_the_settings_one(db: None, settings) -> None:
    settings.DOCUMENT_LIMITS = settings.DOCUMENT_LIMITS | {"pdf_pages": 2}
    with pytest.raises(DocumentRefused, match="too_many_pages"):
        receive_document(upload=upload(pdf_bytes(3)))
