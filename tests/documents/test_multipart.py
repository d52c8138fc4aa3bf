"""Forms with odd names and odd ends: each file that was sent reaches the view."""

from __future__ import annotations

import pytest
from django.test import RequestFactory

BOUNDARY = "limite"
CONTENT = b"%PDF-1.7 le contenu\r\n--lim"


def part(disposition: bytes, content: bytes = CONTENT, *, more: bytes = b"Content-Type: application/pdf\r\n") -> bytes:
    return b"--limite\r\nContent-Disposition: form-data; " + disposition + b"\r\n" + more + b"\r\n" + content + b"\r\n"


TEXT = part(b'name="facts"', "ce qui fut écrit".encode(), more=b"")
GOOD = part(b'name="files"; filename="bonne.pdf"')
END = b"--limite--\r\n"


def received(body: bytes) -> tuple[dict[str, list[str]], list[tuple[str, bytes]]]:
    """What a view finds in the form."""
    request = RequestFactory().generic("POST", "/", body, f"multipart/form-data; boundary={BOUNDARY}")
    files = [(str(upload.name), upload.read()) for upload in request.FILES.getlist("files")]
    return dict(request.POST.lists()), files


NAMES = [
    ("one that is not UTF-8", b'filename="facture_\xe9t\xe9.pdf"', "facture_été.pdf"),
    ("bytes of no encoding", b'filename="\xff\xfe\x81.pdf"', "ÿþ.pdf"),
    ("one that ends with a slash", b'filename="facture.pdf/"', "facture.pdf"),
    ("one that ends with a backslash", b'filename="C:\\\\dossier\\\\facture.pdf\\\\"', "facture.pdf"),
    ("slashes alone", b'filename="///"', "document"),
    ("a slash as a reference", b'filename="a&#47;"', "a"),
    ("a slash as a reference to a reference", b'filename="a&amp;#47;"', "a_#47;"),
    ("none", b'filename=""', "document"),
    ("none, without quotes", b"filename=", "document"),
    ("a blank", b'filename=" "', "document"),
    ("dots", b'filename=".."', "document"),
    ("an override alone", b'filename="\xe2\x80\xae"', "document"),
    ("a NUL and a line feed", b'filename="fac\x00tu\nre.pdf"', "factu re.pdf"),
    ("quotes", b'filename="le \\"devis\\".pdf"', 'le "devis".pdf'),
    ("an extended one", b"filename*=UTF-8''facture%20%C3%A9.pdf", "facture é.pdf"),
    ("an extended one of an unknown encoding", b"filename*=klingon''facture.pdf", "facture.pdf"),
    ("an extended one in pieces", b'filename*0="fac"; filename*1="ture.pdf"', "facture.pdf"),
    ("a path", b'filename="../../etc/passwd"', "passwd"),
    ("an Arabic one", 'filename="فاتورة.pdf"'.encode(), "فاتورة.pdf"),
    ("255 Arabic letters", b'filename="' + "ف".encode() * 255 + b'.pdf"', "ف" * 146 + ".pdf"),
    ("five thousand bytes", b'filename="' + b"a" * 5000 + b'.pdf"', "a" * 146 + ".pdf"),
]


@pytest.mark.parametrize(("sent", "expected"), [row[1:] for row in NAMES], ids=[row[0] for row in NAMES])
def test_a_file_is_received_whatever_its_name(sent: bytes, expected: str) -> None:
    texts, files = received(TEXT + part(b'name="files"; ' + sent) + GOOD + END)
    assert files == [(expected, CONTENT), ("bonne.pdf", CONTENT)]
    assert texts == {"facts": ["ce qui fut écrit"]}


def test_a_field_in_which_no_file_was_chosen_holds_no_file() -> None:
    texts, files = received(TEXT + part(b'name="files"; filename=""', b"") + END)
    assert files == []
    assert texts["facts"] == ["ce qui fut écrit"]


def test_an_empty_file_with_a_name_is_received_as_empty() -> None:
    assert received(part(b'name="files"; filename="vide.pdf"', b"") + GOOD + END)[1] == [
        ("vide.pdf", b""),
        ("bonne.pdf", CONTENT),
    ]


@pytest.mark.parametrize("cut", [1, len(END), len(END) + 2, len(END) + 10])
def test_the_last_file_of_a_form_without_an_end_is_received_as_far_as_it_came(cut: int) -> None:
    texts, files = received((TEXT + GOOD + END)[:-cut])
    assert texts == {"facts": ["ce qui fut écrit"]}
    [(name, content)] = files
    assert name == "bonne.pdf"
    assert (CONTENT + b"\r\n").startswith(content)
    assert len(content) >= len(CONTENT) - cut


def test_a_large_file_travels_unchanged_with_its_delimiter_anywhere() -> None:
    for size in range(65_000, 65_700, 7):
        content = (b"\r\n--limit\r\n\r\n" * 6000)[:size]
        assert received(part(b'name="files"; filename="a/"', content) + GOOD + END)[1] == [
            ("a", content),
            ("bonne.pdf", CONTENT),
        ]
