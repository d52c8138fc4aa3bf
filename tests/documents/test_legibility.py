"""Advice on pictures that a reader will struggle with; never a refusal."""

from __future__ import annotations

import zlib

import pikepdf
import pytest
from django.utils import translation
from PIL import Image, ImageDraw, ImageFilter

from claims_portal.documents.checks import Limits, examine
from claims_portal.documents.legibility import advice_for
from claims_portal.documents.services import advice_sentences, receive_document
from tests.factories.documents import DocumentFactory, image_bytes, new_pdf, page_of_text, saved, upload


def signature() -> Image.Image:
    page = Image.new("L", (1240, 1754), 240)
    ImageDraw.Draw(page).line((600, 900, 760, 930), fill=20, width=5)
    return page


def grainy_blank() -> Image.Image:
    return Image.blend(Image.new("L", (1240, 1754), 240), Image.effect_noise((1240, 1754), 40), 0.1)


@pytest.mark.req("D100")
@pytest.mark.parametrize("size", [(900, 1200), (1240, 1754), (3000, 4000)])
def test_a_sharp_page_needs_no_advice(size: tuple[int, int]) -> None:
    assert advice_for(page_of_text(*size)) == ()


@pytest.mark.req("D100")
@pytest.mark.parametrize("size", [(1240, 1754), (3000, 4000)])
def test_a_blurred_page_is_told(size: tuple[int, int]) -> None:
    blurred = page_of_text(*size).filter(ImageFilter.GaussianBlur(6 * size[0] / 1240))
    assert advice_for(blurred) == ("blurred",)


def test_a_page_with_a_signature_only_is_neither_blank_nor_blurred() -> None:
    assert advice_for(signature()) == ()


@pytest.mark.parametrize("page", [Image.new("RGB", (1240, 1754), "white"), grainy_blank()], ids=["white", "grainy"])
def test_a_blank_sheet_is_told(page: Image.Image) -> None:
    assert advice_for(page) == ("blank",)


def test_a_very_dark_photo_is_told() -> None:
    assert advice_for(page_of_text(paper=40, ink=5)) == ("dark",)


@pytest.mark.req("D100")
@pytest.mark.parametrize("askew", [0, 3])
def test_a_page_lying_on_its_side_is_told_and_one_that_is_merely_wide_is_not(askew: int) -> None:
    wide = page_of_text(1754, 1240).rotate(askew, fillcolor=235)
    lying = page_of_text().rotate(90 + askew, expand=True, fillcolor=235)
    assert (advice_for(wide), advice_for(lying)) == ((), ("sideways",))


def test_a_small_picture_is_told() -> None:
    assert "low_resolution" in advice_for(page_of_text(400, 566))


@pytest.mark.parametrize("mode", ["1", "L", "P", "RGB"])
def test_every_mode_that_we_keep_can_be_judged(mode: str) -> None:
    assert advice_for(page_of_text().convert(mode)) == ()


def test_a_picture_of_one_pixel_is_judged_without_an_error() -> None:
    assert "low_resolution" in advice_for(Image.new("RGB", (1, 1)))


def test_a_pdf_with_nothing_on_its_pages_is_told() -> None:
    pdf = pikepdf.new()
    pdf.add_blank_page()
    assert examine(saved(pdf), "a.pdf", Limits(30_000_000, 200)).advice == ("blank",)


def test_a_pdf_whose_only_stream_was_compressed_from_nothing_is_blank() -> None:
    pdf = new_pdf()
    pdf.pages[0].Contents = pdf.make_stream(zlib.compress(b"\n"), Filter=pikepdf.Name.FlateDecode)
    assert examine(saved(pdf), "a.pdf", Limits(30_000_000, 200)).advice == ("blank",)


def test_a_pdf_that_only_draws_an_image_is_not_blank() -> None:
    pdf = new_pdf()
    pdf.pages[0].Contents = pdf.make_stream(b"/I Do")
    assert examine(saved(pdf), "a.pdf", Limits(30_000_000, 200)).advice == ()


def test_a_pdf_with_one_written_page_is_not_blank() -> None:
    pdf = new_pdf()
    pdf.add_blank_page()
    assert examine(saved(pdf), "a.pdf", Limits(30_000_000, 200)).advice == ()


@pytest.mark.req("D100")
def test_advice_is_kept_with_the_document_and_blocks_nothing(db: None) -> None:
    document = receive_document(upload=upload(image_bytes(Image.new("RGB", (1240, 1754), "white")), "page.jpg"))
    assert document.advice == ["blank"]
    with translation.override("fr"):
        assert "paraît vide" in advice_sentences(document)[0]


def test_a_document_without_advice_has_no_sentences(db: None) -> None:
    assert advice_sentences(DocumentFactory()) == []
