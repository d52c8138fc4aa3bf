"""What is kept of an accepted file: an image or a PDF of our own making, and nothing behind it."""

from __future__ import annotations

import time
import zlib
from io import BytesIO

import pikepdf
import pytest
from PIL import Image

from claims_portal.documents.checks import Examination, Limits, examine
from tests.factories.documents import image_bytes, new_pdf, page_of_text, pdf_bytes, saved

from .hostile import HTML, archive

LIMITS = Limits(image_pixels=30_000_000, pdf_pages=200)


def examined(data: bytes, name: str = "fichier") -> Examination:
    return examine(data, name, LIMITS)


def picture(examination: Examination) -> Image.Image:
    return Image.open(BytesIO(examination.data))


def document(examination: Examination) -> pikepdf.Pdf:
    return pikepdf.open(BytesIO(examination.data))


def photo_with_gps() -> bytes:
    """Lying on its side, red on top once upright, with a place and a comment inside."""
    image = Image.new("RGB", (1200, 900), "white")
    image.paste("red", (0, 0, 300, 900))
    exif = Image.Exif()
    exif[0x0112] = 6
    exif[0x010F] = "Fabricant"
    exif.get_ifd(0x8825)[1] = "N"
    exif.get_ifd(0x8825)[2] = (33.0, 58.0, 17.0)
    return image_bytes(image, exif=exif, comment=b"secret comment", icc_profile=b"secret profile")


@pytest.mark.req("D99")
@pytest.mark.parametrize(
    ("kind", "content_type"),
    [("JPEG", "image/jpeg"), ("PNG", "image/png"), ("WEBP", "image/jpeg"), ("HEIF", "image/jpeg")],
)
def test_an_image_is_kept_in_a_kind_every_browser_shows(kind: str, content_type: str) -> None:
    kept = examined(image_bytes(kind=kind))
    assert kept.content_type == content_type
    assert picture(kept).size == (1240, 1754)
    assert kept.pages is None


def test_a_jpeg_named_png_is_taken_for_what_it_is() -> None:
    assert examined(image_bytes(), "photo.png").extension == "jpg"


def test_a_photo_is_turned_upright() -> None:
    upright = picture(examined(photo_with_gps())).convert("RGB")
    assert upright.size == (900, 1200)
    red, green, _blue = upright.getpixel((450, 20))
    assert red > 200
    assert green < 60


def test_a_photo_loses_place_maker_comment_and_profile() -> None:
    kept = examined(photo_with_gps())
    image = picture(kept)
    assert not image.getexif()
    assert "comment" not in image.info
    assert b"secret" not in kept.data
    assert b"Fabricant" not in kept.data


def test_a_png_loses_its_texts() -> None:
    from PIL.PngImagePlugin import PngInfo

    texts = PngInfo()
    texts.add_text("Author", "Fatima")
    assert b"Fatima" not in examined(image_bytes(page_of_text(), "PNG", pnginfo=texts)).data


def test_a_transparent_png_is_laid_on_white_paper() -> None:
    image = picture(examined(image_bytes(Image.new("RGBA", (900, 900), (0, 0, 0, 0)), "PNG")))
    assert image.convert("RGB").getpixel((10, 10)) == (255, 255, 255)


def test_a_sixteen_bit_scan_keeps_its_greys() -> None:
    image = picture(examined(image_bytes(Image.new("I;16", (900, 900), 128 * 256), "PNG")))
    assert 126 <= image.convert("L").getpixel((10, 10)) <= 129


def test_a_huge_png_becomes_a_jpeg() -> None:
    kept = examined(image_bytes(page_of_text(2480, 3508), "PNG"))
    assert kept.content_type == "image/jpeg"


def test_a_jpeg_with_a_second_picture_keeps_the_photo() -> None:
    first = page_of_text(1000, 1000).convert("RGB")
    kept = examined(image_bytes(first, "MPO", save_all=True, append_images=[Image.new("RGB", (100, 100))]))
    assert picture(kept).format == "JPEG"
    assert picture(kept).size == (1000, 1000)


def test_a_cmyk_jpeg_is_kept_as_rgb() -> None:
    assert picture(examined(image_bytes(Image.new("CMYK", (900, 900))))).mode == "RGB"


def test_an_archive_behind_a_photo_is_gone() -> None:
    assert b"PK\x03\x04" not in examined(image_bytes() + archive()).data


def test_a_pdf_hidden_behind_a_photo_is_gone() -> None:
    kept = examined(image_bytes(comment=b"%PDF-1.7") + pdf_bytes())
    assert kept.content_type == "image/jpeg"
    assert b"%PDF" not in kept.data


def test_a_page_written_before_a_pdf_is_gone() -> None:
    kept = examined(HTML + b"\n" + pdf_bytes())
    assert kept.data.startswith(b"%PDF-")
    assert b"<script>" not in kept.data


def test_an_archive_behind_a_pdf_is_gone() -> None:
    kept = examined(pdf_bytes() + archive())
    assert b"PK\x03\x04" not in kept.data
    assert kept.pages == 1


def test_a_pdf_keeps_its_pages_and_text() -> None:
    kept = examined(pdf_bytes(3, text="Bonjour"))
    with document(kept) as pdf:
        assert kept.pages == len(pdf.pages) == 3
        assert b"Bonjour" in pdf.pages[2].Contents.read_bytes()


def test_a_bomb_in_a_page_is_copied_without_being_opened() -> None:
    pdf = new_pdf()
    bomb = zlib.compress(bytes(100_000_000))
    pdf.pages[0].Contents = pdf.make_stream(bomb, Filter=pikepdf.Name.FlateDecode)
    start = time.monotonic()
    assert len(examined(saved(pdf)).data) < 200_000
    assert time.monotonic() - start < 3


def test_a_pdf_whose_index_is_wrong_is_mended() -> None:
    data = pdf_bytes(2)
    start = data.rindex(b"startxref")
    assert examined(data[:start] + b"startxref\n7\n%%EOF\n").pages == 2


def test_a_pdf_locked_for_changes_only_is_accepted_and_unlocked() -> None:
    kept = examined(saved(new_pdf(), encryption=pikepdf.Encryption(owner="propriétaire", user="")))
    with document(kept) as pdf:
        assert not pdf.is_encrypted


def active_pdf() -> bytes:
    """One of everything that acts."""
    pdf = new_pdf()
    script = pikepdf.Dictionary(S=pikepdf.Name.JavaScript, JS="app.alert('secret')")
    launch = pikepdf.Dictionary(S=pikepdf.Name.Launch, F="secret.exe")
    pdf.Root.OpenAction = script
    pdf.Root.AA = pikepdf.Dictionary(WC=script)
    pdf.Root.Names = pikepdf.Dictionary(
        JavaScript=pikepdf.Dictionary(Names=pikepdf.Array([pikepdf.String("a"), script]))
    )
    pdf.Root.AcroForm = pikepdf.Dictionary(
        XFA=pdf.make_stream(b"<xdp>secret</xdp>"),
        Fields=pikepdf.Array([pdf.make_indirect(pikepdf.Dictionary(T="champ", FT=pikepdf.Name.Tx, AA={"/K": script}))]),
    )
    pdf.pages[0].AA = pikepdf.Dictionary(O=launch)
    box = pikepdf.Array([0, 0, 100, 100])
    links = [
        pikepdf.Dictionary(Type=pikepdf.Name.Annot, Subtype=pikepdf.Name.Link, Rect=box, A=action)
        for action in (launch, script, pikepdf.Dictionary(S=pikepdf.Name.SubmitForm, F="http://secret.example/"))
    ]
    pdf.pages[0].Annots = pikepdf.Array([pdf.make_indirect(link) for link in links])
    pdf.attachments["secret.exe"] = b"MZ secret"
    return saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable)


def test_a_pdf_loses_scripts_launches_forms_code_and_embedded_files() -> None:
    kept = examined(active_pdf())
    with document(kept) as pdf:
        plain = saved(pdf, object_stream_mode=pikepdf.ObjectStreamMode.disable, qdf=True)
        assert not pdf.attachments
    for word in (b"secret", b"/JavaScript", b"/JS", b"/Launch", b"/OpenAction", b"/AA", b"/XFA", b"/EmbeddedFile"):
        assert word not in plain, word


def test_an_office_pdf_that_opens_at_a_page_is_accepted() -> None:
    pdf = new_pdf(2)
    pdf.Root.OpenAction = pikepdf.Array([pdf.pages[0].obj, pikepdf.Name.Fit])
    assert examined(saved(pdf)).pages == 2


def test_removed_attachments_are_told_to_the_person() -> None:
    assert examined(active_pdf()).advice == ("attachments_removed",)


def test_the_data_of_an_electronic_invoice_are_removed_silently() -> None:
    pdf = new_pdf()
    pdf.attachments["factur-x.xml"] = b"<xml/>"
    assert examined(saved(pdf)).advice == ()
