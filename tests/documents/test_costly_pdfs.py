"""PDFs made to cost: examining them takes little time, whatever their streams would open to."""

from __future__ import annotations

import time
from collections.abc import Callable
from io import BytesIO

import pikepdf
import pytest

from claims_portal.documents.checks import CLEAN_PDF_BYTES, Limits, Refused, examine

from .hostile_pdfs import COSTLY, FREE, KEPT, gigabyte, one_page, page_compressed_twice, stream

LIMITS = Limits(image_pixels=30_000_000, pdf_pages=200)
SECONDS = 1.5  # of processor time, which other programs do not lengthen


def outcome(data: bytes) -> str:
    try:
        examine(data, "a.pdf", LIMITS)
    except Refused as refusal:
        return refusal.code
    return KEPT


@pytest.mark.parametrize(("make", "expected"), [row[1:] for row in COSTLY], ids=[row[0] for row in COSTLY])
def test_a_pdf_made_to_cost_is_examined_in_little_time(make: Callable[[], bytes], expected: str) -> None:
    data = make()
    start = time.process_time()
    assert outcome(data) == expected
    assert time.process_time() - start < SECONDS


def test_streams_are_copied_byte_for_byte() -> None:
    kept = examine(page_compressed_twice(), "a.pdf", LIMITS)
    with pikepdf.open(BytesIO(kept.data)) as pdf:
        assert pdf.pages[0].Contents.read_raw_bytes() == gigabyte(2)


def test_a_page_that_is_not_compressed_is_kept_as_it_is() -> None:
    drawing = b"0 0 m 100 100 l S\n" * 1000
    kept = examine(one_page(content=stream(b"", drawing)), "a.pdf", LIMITS)
    with pikepdf.open(BytesIO(kept.data)) as pdf:
        assert pdf.pages[0].Contents.read_raw_bytes() == drawing


def test_a_pdf_whose_clean_copy_would_be_far_larger_than_a_file_may_be_is_refused() -> None:
    strings = {FREE + number: b"(%s)" % (b"a" * 12_000_000) for number in range(4)}
    data = one_page(strings, page=b"/A 5 0 R/B 6 0 R/C 7 0 R/D 8 0 R")
    assert len(data) > CLEAN_PDF_BYTES
    assert outcome(data) == "too_heavy"
