"""What a received file really is, and a clean copy of it. Runs apart, in `worker.py`'s processes.

Nothing here knows Django. The content decides, never the name or the type a browser declares;
what leaves is an image or a PDF that this machine has written itself, so that a file which is two
things at once (a PDF that is also a page, a photo with an archive behind it) keeps one of them.
"""

from __future__ import annotations

from collections import deque
from collections.abc import Iterator
from dataclasses import dataclass
from io import BytesIO
from pathlib import PurePath

import pikepdf
import pikepdf.settings
import pillow_heif
from pikepdf.sanitize import Sanitizer
from PIL import Image, ImageFile, ImageOps

from .accepted import SUFFIXES
from .legibility import advice_for

JPEG_QUALITY = 88
# Compression level 3 costs a third of the default's time for a few per cent more bytes.
PNG_LEVEL = 3
# Beyond this a PNG is a photo or a scan, which JPEG keeps in a tenth of the room.
PNG_PIXELS = 4_000_000
EMPTY_DEFLATED = 9

# A reader opens these by itself or on a click; none of them is a page.
_ACTIVE_KEYS = ("/AA", "/JS", "/XFA", "/EF", "/RichMediaContent", "/RichMediaSettings")
_SANITIZER = (
    Sanitizer()
    .remove_javascript()
    .remove_external_access()
    .remove_multimedia()
    .remove_attachments()
    .remove_collection()
    .remove_private_app_data()
)
_HEIF_BRANDS = frozenset({b"heic", b"heix", b"heim", b"heis", b"hevc", b"hevx", b"mif1", b"msf1"})
_OFFICE_STARTS = (b"PK\x03\x04", b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1", b"{\\rtf")

# 16 MB each, kept from one picture to the next: the system takes as long to give fresh ones as a photograph to decode.
BLOCKS_KEPT = 4

# Opening a PDF decodes the streams that hold its structure (cross-reference and object streams), and nothing else is
# decoded. Those of honest files have one filter and open to some hundreds of kilobytes.
STRUCTURE_BYTES = 8 * 1024 * 1024
STRUCTURE_FILTERS = 2
# How many annotations, form fields or attachments a document has at most; honest ones have some hundreds.
LINKS_MAX = 20_000
CONTENT_STREAMS_MAX = 100
# Cleaning copies a PDF: a copy much larger than any accepted file is a bomb that opened in the object streams.
CLEAN_PDF_BYTES = 40 * 1024 * 1024

pikepdf.settings.set_qpdf_limits(
    flate_max_memory=STRUCTURE_BYTES,
    png_max_memory=STRUCTURE_BYTES,
    run_length_max_memory=STRUCTURE_BYTES,
    tiff_max_memory=STRUCTURE_BYTES,
    max_stream_filters=STRUCTURE_FILTERS,
)
pillow_heif.register_heif_opener(thumbnails=False)
Image.core.set_blocks_max(BLOCKS_KEPT)


@dataclass(frozen=True)
class Limits:
    """How large a picture (pixels) and how long a PDF (pages) may be."""

    image_pixels: int
    pdf_pages: int


@dataclass(frozen=True)
class Examination:
    """The clean copy of a file, what it is, and legibility codes for its sender."""

    content_type: str
    extension: str
    data: bytes
    pages: int | None = None
    advice: tuple[str, ...] = ()


class Refused(Exception):
    """The file cannot be accepted; `code` names the sentence in `messages.py`."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def examine(data: bytes, name: str, limits: Limits) -> Examination:
    """Recognise the bytes, decode all of them and write a clean copy.

    `name` only chooses the kinder of two refusals. Raises Refused; MemoryError when the file needs
    more than this process may have. Rows D99 (image and PDF only) and D100 (legible).
    """
    if not data:
        raise Refused("empty")
    if image_format := _image_format(data):
        return _examine_image(data, image_format, limits)
    # Readers look for the mark in the first kilobyte, and so do those who hide a PDF behind something.
    if b"%PDF-" in data[:1024]:
        return _examine_pdf(data, limits)
    raise Refused(_why_not_accepted(data, name))


def _image_format(data: bytes) -> str | None:
    """Return the one Pillow format that the first bytes name."""
    if data.startswith(b"\xff\xd8\xff"):
        return "JPEG"
    if data.startswith(b"\x89PNG\r\n\x1a\n"):
        return "PNG"
    if data.startswith(b"RIFF") and data[8:12] == b"WEBP":
        return "WEBP"
    if data[4:8] == b"ftyp" and data[8:12] in _HEIF_BRANDS:
        return "HEIF"
    return None


def _why_not_accepted(data: bytes, name: str) -> str:
    suffix = PurePath(name).suffix.lower()
    if suffix in SUFFIXES:
        return "mislabelled"
    return "office" if data.startswith(_OFFICE_STARTS) else "not_accepted"


def _examine_image(data: bytes, image_format: str, limits: Limits) -> Examination:
    try:
        ImageFile.LOAD_TRUNCATED_IMAGES = False  # a printing engine in the same process turns it on
        with Image.open(BytesIO(data), formats=[image_format]) as image:
            _check_image(image, limits)
            image.load()
            ImageOps.exif_transpose(image, in_place=True)
            return _written(_plain(image), image_format)
    except (Refused, MemoryError):
        raise
    except (Image.DecompressionBombError, Image.DecompressionBombWarning) as error:
        raise Refused("too_many_pixels") from error
    except Exception as error:
        # Decoders of damaged bytes raise whatever they stumble on: OSError, SyntaxError, struct.error, IndexError…
        raise Refused("damaged") from error


def _check_image(image: Image.Image, limits: Limits) -> None:
    """From the header alone, before any pixel is decoded."""
    if image.width * image.height > limits.image_pixels:
        raise Refused("too_many_pixels")
    # A phone's JPEG or HEIC may carry a second picture (depth, burst): the first is the photo.
    if image.format in ("PNG", "WEBP") and getattr(image, "n_frames", 1) > 1:
        raise Refused("animated")


def _plain(image: Image.Image) -> Image.Image:
    """Return the pixels on white, without what came with them (EXIF, GPS, comment, profile)."""
    if image.has_transparency_data:
        coloured = image.convert("RGBA")
        image = Image.new("RGB", image.size, "white")
        image.paste(coloured, mask=coloured.getchannel("A"))
    elif image.mode.startswith("I;16"):
        # Sixteen-bit scanners: convert() would clip the upper half of the range to white.
        image = image.point(lambda level: level / 256).convert("L")
    elif image.mode not in ("1", "L", "P", "RGB"):
        image = image.convert("RGB")
    image.info = {key: value for key, value in image.info.items() if key == "dpi"}
    return image


def _written(image: Image.Image, image_format: str) -> Examination:
    advice = advice_for(image)
    output = BytesIO()
    photo = image.mode in ("L", "RGB") and image.width * image.height > PNG_PIXELS
    if image_format == "PNG" and not photo:
        image.save(output, "PNG", compress_level=PNG_LEVEL)
        return Examination("image/png", "png", output.getvalue(), advice=advice)
    image = image if image.mode in ("L", "RGB") else image.convert("RGB")
    image.save(output, "JPEG", quality=JPEG_QUALITY)
    return Examination("image/jpeg", "jpg", output.getvalue(), advice=advice)


def _examine_pdf(data: bytes, limits: Limits) -> Examination:
    try:
        with _opened_pdf(data) as pdf:
            pages = len(pdf.pages)
            _check_pdf(pdf, pages, limits)
            advice = _pdf_advice(pdf)
            _clean_pdf(pdf)
            output = _copied_pdf(pdf)
    except (Refused, MemoryError):
        raise
    except pikepdf.PasswordError as error:
        raise Refused("encrypted") from error
    except Exception as error:
        # qpdf reports damage as PdfError, pikepdf also as TypeError, ValueError or KeyError on wrong kinds.
        raise Refused("damaged") from error
    return Examination("application/pdf", "pdf", output.getvalue(), pages, advice)


def _copied_pdf(pdf: pikepdf.Pdf) -> BytesIO:
    """Write the cleaned PDF. Streams are copied, never decoded: a bomb inside one stays a few kilobytes.

    `compress_streams` alone would decode streams whose filters are an array, and the options about metadata would
    decode and parse the XML of the metadata stream.
    """
    output = BytesIO()
    pdf.save(
        output,
        compress_streams=False,
        stream_decode_level=pikepdf.StreamDecodeLevel.none,
        recompress_flate=False,
        normalize_content=False,
        preserve_pdfa=False,
        fix_metadata_version=False,
    )
    if output.tell() > CLEAN_PDF_BYTES:
        raise Refused("too_heavy")
    return output


def _opened_pdf(data: bytes) -> pikepdf.Pdf:
    """Open strictly; mend a wrong index (common in phone scanners) only where the end of the file is there."""
    try:
        return pikepdf.open(BytesIO(data), attempt_recovery=False)
    except pikepdf.PasswordError:
        raise
    except pikepdf.PdfError:
        if b"%%EOF" not in data[-2048:]:
            raise
        return pikepdf.open(BytesIO(data))


def _check_pdf(pdf: pikepdf.Pdf, pages: int, limits: Limits) -> None:
    if not pages:
        raise Refused("no_pages")
    if pages > limits.pdf_pages:
        raise Refused("too_many_pages")
    # Only one maker's reader shows such a form; everywhere else its page says « please wait ».
    if pdf.Root.get("/NeedsRendering") is not None and pdf.Root.get("/NeedsRendering"):
        raise Refused("dynamic_form")
    # The sanitizer walks both, and would do so for ever where many pages or fields share one long array.
    annotations = (page.obj.get("/Annots") for page in pdf.pages)
    if sum(len(found) for found in annotations if isinstance(found, pikepdf.Array)) > LINKS_MAX:
        raise Refused("too_slow")
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary):
        deque(_nodes_of_tree(form.get("/Fields")), maxlen=0)


def _nodes_of_tree(roots: object) -> Iterator[pikepdf.Object]:
    """Yield the dictionaries of a tree whose children are under « /Kids », an indirect one once only.

    Raises Refused for more than LINKS_MAX children: nodes written inside an array that they name again never end.
    """
    waiting: list[object] = [roots]
    visited, links = set(), 0
    while waiting:
        found = waiting.pop()
        if isinstance(found, pikepdf.Array):
            links += len(found)
            if links > LINKS_MAX:
                raise Refused("too_slow")
            waiting.extend(node for node in found if isinstance(node, pikepdf.Dictionary))
        elif isinstance(found, pikepdf.Dictionary) and not (found.is_indirect and found.objgen in visited):
            visited.add(found.objgen)
            yield found
            waiting.append(found.get("/Kids"))


def _pdf_advice(pdf: pikepdf.Pdf) -> tuple[str, ...]:
    found = []
    if all(_is_blank(page) for page in pdf.pages):
        found.append("blank")
    # An electronic invoice carries its own data as XML: nobody would miss it.
    if any(not name.lower().endswith(".xml") for name in _attachment_names(pdf)):
        found.append("attachments_removed")
    return tuple(found)


def _attachment_names(pdf: pikepdf.Pdf) -> Iterator[str]:
    """Yield the names of the embedded files.

    `pdf.attachments` visits a node once for each way that leads to it, which a small file makes endless.
    """
    names = pdf.Root.get("/Names")
    if not isinstance(names, pikepdf.Dictionary):
        return
    for node in _nodes_of_tree(names.get("/EmbeddedFiles")):
        entries = node.get("/Names")
        if isinstance(entries, pikepdf.Array):
            yield from (str(name) for name in list(entries)[::2] if isinstance(name, pikepdf.String))


def _is_blank(page: pikepdf.Page) -> bool:
    """Nothing is drawn at all; a page whose drawing is white on white is not found."""
    if page.obj.get("/Annots"):
        return False
    contents = page.obj.get("/Contents")
    if isinstance(contents, pikepdf.Array) and len(contents) > CONTENT_STREAMS_MAX:
        return False  # nobody splits a blank page so often, and 200 pages may share one endless array
    streams = list(contents) if isinstance(contents, pikepdf.Array) else [contents]
    return not any(isinstance(stream, pikepdf.Stream) and _draws(stream) for stream in streams)


def _draws(stream: pikepdf.Stream) -> bool:
    raw = stream.read_raw_bytes()
    # Compressing nothing, or one line feed, takes up to nine bytes; nothing is decoded to find out.
    return len(raw) > EMPTY_DEFLATED if "/Filter" in stream else bool(raw.strip())


def _clean_pdf(pdf: pikepdf.Pdf) -> None:
    """Take out what acts: an honest office PDF often opens with an action, so this is no reason to refuse."""
    names = pdf.Root.get("/Names")
    if isinstance(names, pikepdf.Dictionary) and "/EmbeddedFiles" in names:
        # Before the sanitizer, which clears `pdf.attachments` (see `_attachment_names`).
        del names["/EmbeddedFiles"]
    _SANITIZER.apply(pdf)
    for key in ("/OpenAction", "/AA", "/NeedsRendering"):
        if key in pdf.Root:
            del pdf.Root[key]
    for thing in pdf.objects:
        if isinstance(thing, pikepdf.Dictionary | pikepdf.Stream):
            for key in _ACTIVE_KEYS:
                if key in thing:
                    del thing[key]
    # AcroForm may be written inside the catalogue, where the walk over objects does not look.
    form = pdf.Root.get("/AcroForm")
    if isinstance(form, pikepdf.Dictionary) and "/XFA" in form:
        del form["/XFA"]
