"""File names are only labels: whatever they contain, they break nothing."""

from __future__ import annotations

import pytest

from claims_portal.documents.labels import clean_label, download_name


@pytest.mark.parametrize(
    ("name", "label"),
    [
        ("facture.pdf", "facture.pdf"),
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Fatima\\radio.jpg", "radio.jpg"),
        ("a\r\nSet-Cookie: x=1.pdf", "a Set-Cookie: x=1.pdf"),
        ("a\0b.pdf", "ab.pdf"),
        ("facture\u202efdp.exe", "facturefdp.exe"),
        ("a\u2028b.pdf", "ab.pdf"),
        ("\ud83d.pdf", "pdf"),
        ("وصل الإيداع.pdf", "وصل الإيداع.pdf"),
        ("e\u0301tat.pdf", "état.pdf"),
        ("  .pdf", "pdf"),
        ("", "document"),
        ("...", "document"),
    ],
)
def test_a_label_is_the_last_part_without_what_could_hurt(name: str, label: str) -> None:
    assert clean_label(name) == label


def test_a_label_of_three_hundred_characters_keeps_its_extension() -> None:
    label = clean_label("é" * 300 + ".pdf")
    assert len(label) == 150
    assert label.endswith("é.pdf")


def test_a_label_without_a_short_extension_is_simply_cut() -> None:
    assert clean_label("a." + "b" * 300) == "a." + "b" * 148


@pytest.mark.parametrize(
    ("label", "extension", "name"),
    [
        ("photo.heic", "jpg", "photo.jpg"),
        ("photo.JPEG", "jpg", "photo.JPEG"),
        ("photo.png", "jpg", "photo.jpg"),
        ("facture.exe", "pdf", "facture.exe.pdf"),
        ("Facture n° 12.5", "pdf", "Facture n° 12.5.pdf"),
        ("document", "png", "document.png"),
    ],
)
def test_a_download_ends_as_what_it_is(label: str, extension: str, name: str) -> None:
    assert download_name(label, extension) == name
