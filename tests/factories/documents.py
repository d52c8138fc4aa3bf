"""Documents, and honest files of each accepted kind, made when they are asked for."""

from __future__ import annotations

import hashlib
from functools import cache
from io import BytesIO
from typing import Any

import factory
import pikepdf
from django.core.files.base import ContentFile
from django.core.files.uploadedfile import SimpleUploadedFile
from PIL import Image, ImageDraw, ImageFont

from claims_portal.documents.models import Document

SENTENCE = "Attestation de prise en charge du médecin traitant, feuille de soins 123456"


def page_of_text(width: int = 1240, height: int = 1754, *, paper: int = 235, ink: int = 30) -> Image.Image:
    """What a good scan of a letter looks like."""
    return _page_of_text(width, height, paper, ink).copy()


@cache
def _page_of_text(width: int, height: int, paper: int, ink: int) -> Image.Image:
    page = Image.new("L", (width, height), paper)
    draw = ImageDraw.Draw(page)
    font = ImageFont.load_default(size=width // 60)
    for line in range(height // 20, height - height // 20, height // 45):
        draw.text((width // 12, line), SENTENCE, fill=ink, font=font)
    return page


def image_bytes(image: Image.Image | None = None, kind: str = "JPEG", **options: Any) -> bytes:
    """An image file: a legible page unless another picture is given."""
    if kind == "HEIF":
        options = {"enc_params": {"preset": "ultrafast"}} | options  # five times faster than as a phone does it
    output = BytesIO()
    (image or page_of_text().convert("RGB")).save(output, kind, **options)
    return output.getvalue()


def new_pdf(pages: int = 1, text: str = SENTENCE) -> pikepdf.Pdf:
    """A PDF with a line of text a page, still open for changes."""
    pdf = pikepdf.new()
    for _number in range(pages):
        pdf.add_blank_page()
        pdf.pages[-1].Contents = pdf.make_stream(f"BT /F1 12 Tf 72 720 Td ({text}) Tj ET".encode())
    return pdf


def saved(pdf: pikepdf.Pdf, **options: Any) -> bytes:
    """The bytes of an open PDF."""
    output = BytesIO()
    # Unless it is told otherwise, qpdf writes the second of the clock into a file.
    pdf.save(output, **{"deterministic_id": "encryption" not in options} | options)
    return output.getvalue()


@cache
def pdf_bytes(pages: int = 1, text: str = SENTENCE) -> bytes:
    """An honest PDF file."""
    return saved(new_pdf(pages, text))


def upload(data: bytes | None = None, name: str = "attestation.pdf") -> SimpleUploadedFile:
    """What a browser sends: an honest PDF unless other bytes are given."""
    return SimpleUploadedFile(name, pdf_bytes() if data is None else data)


class DocumentFactory(factory.django.DjangoModelFactory[Document]):
    """A clean, unclaimed PDF whose bytes are in the private storage."""

    class Meta:
        model = Document

    class Params:
        data = factory.LazyFunction(pdf_bytes)

    file = factory.LazyAttribute(lambda made: ContentFile(made.data, name="file.pdf"))
    label = factory.Sequence(lambda number: f"attestation-{number}.pdf")
    content_type = "application/pdf"
    size = factory.LazyAttribute(lambda made: len(made.data))
    received_size = factory.SelfAttribute("size")
    sha256 = factory.LazyAttribute(lambda made: hashlib.sha256(made.data).hexdigest())
    pages = 1
    state = Document.State.CLEAN
