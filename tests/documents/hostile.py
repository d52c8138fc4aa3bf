"""Files that should never get through as they are, made from scratch."""

from __future__ import annotations

import struct
import zipfile
import zlib
from collections.abc import Callable
from io import BytesIO

import pikepdf
from PIL import Image

from tests.factories.documents import image_bytes, new_pdf, page_of_text, pdf_bytes, saved

SVG = b'<svg xmlns="http://www.w3.org/2000/svg"><script>alert(1)</script></svg>'
HTML = b"<!DOCTYPE html><html><script>alert(1)</script></html>"


def archive(name: str = "word/document.xml") -> bytes:
    output = BytesIO()
    with zipfile.ZipFile(output, "w") as opened:
        opened.writestr(name, "contenu")
    return output.getvalue()


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack("!L", len(data)) + kind + data + struct.pack("!L", zlib.crc32(kind + data))


def png_bomb(side: int = 30_000) -> bytes:
    """A valid one-bit PNG of side × side pixels in about a hundred kilobytes."""
    compressor = zlib.compressobj(9)
    row = bytes(side // 8 + 1)
    data = b"".join(compressor.compress(row * 1000) for _ in range(side // 1000)) + compressor.flush()
    header = struct.pack("!LLBBBBB", side, side, 1, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + _chunk(b"IHDR", header) + _chunk(b"IDAT", data) + _chunk(b"IEND", b"")


def cut(data: bytes) -> bytes:
    return data[: len(data) // 2]


def encrypted_pdf() -> bytes:
    return saved(new_pdf(), encryption=pikepdf.Encryption(owner="propriétaire", user="secret"))


def animated(kind: str) -> bytes:
    frames = [Image.new("RGB", (900, 900), colour) for colour in ("red", "blue")]
    return image_bytes(frames[0], kind, save_all=True, append_images=frames[1:])


def dynamic_form() -> bytes:
    pdf = new_pdf(text="Please wait")
    pdf.Root.NeedsRendering = True
    pdf.Root.AcroForm = pikepdf.Dictionary(XFA=pdf.make_stream(b"<xdp/>"), Fields=pikepdf.Array())
    return saved(pdf)


# What it is, its name, how it is made, why it is refused.
REFUSED: list[tuple[str, str, Callable[[], bytes], str]] = [
    ("nothing", "vide.pdf", lambda: b"", "empty"),
    ("a cut JPEG", "photo.jpg", lambda: cut(image_bytes()), "damaged"),
    ("a cut PNG", "scan.png", lambda: cut(image_bytes(page_of_text(), "PNG")), "damaged"),
    ("a cut WebP", "photo.webp", lambda: cut(image_bytes(kind="WEBP")), "damaged"),
    ("a cut HEIC", "photo.heic", lambda: cut(image_bytes(kind="HEIF")), "damaged"),
    ("a cut PDF", "lettre.pdf", lambda: cut(pdf_bytes(20)), "damaged"),
    ("the mark of a PDF alone", "lettre.pdf", lambda: b"%PDF-1.7\n%%EOF", "damaged"),
    ("a PNG whose sum is wrong", "a.png", lambda: image_bytes(kind="PNG").replace(b"IDAT", b"IDAX"), "damaged"),
    ("an archive named PDF", "lettre.pdf", archive, "mislabelled"),
    ("a page named JPEG", "photo.jpg", lambda: HTML, "mislabelled"),
    ("a drawing with a script", "logo.svg", lambda: SVG, "not_accepted"),
    ("a page", "page.html", lambda: HTML, "not_accepted"),
    ("a program", "setup.exe", lambda: b"MZ\x90\x00" + bytes(500), "not_accepted"),
    ("an animation", "fete.gif", lambda: image_bytes(kind="GIF"), "not_accepted"),
    ("a word processor's file", "lettre.docx", archive, "office"),
    ("an older word processor's file", "lettre.doc", lambda: bytes.fromhex("d0cf11e0a1b11ae1") + bytes(500), "office"),
    ("a locked PDF", "lettre.pdf", encrypted_pdf, "encrypted"),
    ("a PDF without pages", "lettre.pdf", lambda: saved(pikepdf.new()), "no_pages"),
    ("a PDF of 250 pages", "livre.pdf", lambda: pdf_bytes(250), "too_many_pages"),
    ("a form only one reader shows", "formulaire.pdf", dynamic_form, "dynamic_form"),
    ("a PNG of 900 million pixels", "bombe.png", png_bomb, "too_many_pixels"),
    ("a PNG just over the limit", "a.png", lambda: png_bomb(6_000), "too_many_pixels"),
    ("an animated PNG", "a.png", lambda: animated("PNG"), "animated"),
    ("an animated WebP", "a.webp", lambda: animated("WEBP"), "animated"),
]
