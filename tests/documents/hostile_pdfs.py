"""Small PDFs that are expensive to decode or endless to walk, written by hand: libraries would not write them."""

from __future__ import annotations

import zlib
from collections.abc import Callable
from functools import cache

KEPT = "kept"
PAGE = 4
FREE = 5  # the first number that `one_page` leaves free


def assembled(objects: dict[int, bytes]) -> bytes:
    """A PDF of these objects, number 1 being its catalogue."""
    output, offsets = b"%PDF-1.7\n", {}
    parts = [output]
    length = len(output)
    for number, body in objects.items():
        offsets[number] = length
        parts.append(b"%d 0 obj\n%s\nendobj\n" % (number, body))
        length += len(parts[-1])
    size = max(objects) + 1
    rows = [b"%010d 00000 n \n" % offsets[n] if n in offsets else b"%010d 00000 f \n" % 0 for n in range(1, size)]
    parts.append(b"xref\n0 %d\n0000000000 65535 f \n%s" % (size, b"".join(rows)))
    parts.append(b"trailer\n<</Size %d/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n" % (size, length))
    return b"".join(parts)


def stream(entries: bytes, data: bytes) -> bytes:
    return b"<<%s/Length %d>>\nstream\n%s\nendstream" % (entries, len(data), data)


def one_page(
    more: dict[int, bytes] | None = None, *, catalogue: bytes = b"", page: bytes = b"", content: bytes = b""
) -> bytes:
    """A PDF of one page, with more objects and entries."""
    return assembled(
        {
            1: b"<</Type/Catalog/Pages 2 0 R%s>>" % catalogue,
            2: b"<</Type/Pages/Kids[3 0 R]/Count 1>>",
            3: b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 100 100]/Contents 4 0 R%s>>" % page,
            PAGE: content or stream(b"", b"0 0 m 100 100 l S"),
        }
        | (more or {})
    )


@cache
def gigabyte(layers: int) -> bytes:
    """A gigabyte of zeros, compressed so many times: two kilobytes after the second time."""
    compressor = zlib.compressobj(9)
    block = bytes(1 << 20)
    data = b"".join(compressor.compress(block) for _ in range(1024)) + compressor.flush()
    for _ in range(layers - 1):
        data = zlib.compress(data, 9)
    return data


FLATE_TWICE = b"/Filter[/FlateDecode/FlateDecode]"


def page_compressed_twice() -> bytes:
    return one_page(content=stream(FLATE_TWICE, gigabyte(2)))


def page_in_hexadecimal() -> bytes:
    filters = b"/Filter[/ASCIIHexDecode/FlateDecode/FlateDecode]"
    return one_page(content=stream(filters, gigabyte(2).hex().encode()))


def page_with_filters_in_an_array_of_one() -> bytes:
    return one_page(content=stream(b"/Filter[/FlateDecode]", gigabyte(1)))


def metadata_of_ten_million_elements() -> bytes:
    packet = b'<x:xmpmeta xmlns:x="adobe:ns:meta/">%s</x:xmpmeta>' % (b"<a/>" * 10_000_000)
    metadata = stream(b"/Type/Metadata/Subtype/XML" + FLATE_TWICE, zlib.compress(zlib.compress(packet, 9), 9))
    return one_page({FREE: metadata}, catalogue=b"/Metadata 5 0 R")


def index_that_opens_to_a_gigabyte() -> bytes:
    data = one_page()
    start = data.index(b"xref\n")
    entries = b"/Type/XRef/W[1 4 2]/Size 100000000/Root 1 0 R" + FLATE_TWICE
    index = b"5 0 obj\n" + stream(entries, gigabyte(2)) + b"\nendobj\n"
    return data[:start] + index + b"startxref\n%d\n%%%%EOF\n" % start


def tree_of_embedded_files(leaf: bytes = b"<</Names[(a.txt)<</Type/Filespec/F(a.txt)>>]>>") -> bytes:
    """Fifty levels, each of which names the next three times: 3^50 ways lead to the leaf."""
    levels = {number: b"<</Kids[%s]>>" % (b"%d 0 R " % (number + 1) * 3) for number in range(FREE, FREE + 50)}
    return one_page(levels | {FREE + 50: leaf}, catalogue=b"/Names<</EmbeddedFiles 5 0 R>>")


def form_whose_fields_name_their_own_array() -> bytes:
    return one_page({FREE: b"[%s]" % (b"<</T(a)/Kids 5 0 R>>" * 3)}, catalogue=b"/AcroForm<</Fields 5 0 R>>")


def many_pages(shared: bytes, entry: bytes) -> bytes:
    """Two hundred pages with the same array under one entry."""
    pages = range(10, 210)
    tree = b"<</Type/Pages/Count 200/Kids[%s]>>" % b" ".join(b"%d 0 R" % number for number in pages)
    page = b"<</Type/Page/Parent 2 0 R/MediaBox[0 0 1 1]%s>>" % entry
    objects = {1: b"<</Type/Catalog/Pages 2 0 R>>", 2: tree, FREE: shared, 6: stream(b"/Subtype/Link", b"")}
    return assembled(objects | dict.fromkeys(pages, page))


def pages_that_share_a_long_drawing() -> bytes:
    return many_pages(b"[%s]" % (b"6 0 R " * 100_000), b"/Contents 5 0 R")


def pages_that_share_many_links() -> bytes:
    return many_pages(b"[%s]" % (b"<</Subtype/Link/A<</S/GoTo>>>> " * 5_000), b"/Annots 5 0 R")


def page_tree_that_is_a_circle() -> bytes:
    return assembled({1: b"<</Type/Catalog/Pages 2 0 R>>", 2: b"<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1>>"})


def page_tree_of_a_thousand_levels() -> bytes:
    levels = {number: b"<</Type/Pages/Count 1/Kids[%d 0 R]>>" % (number + 1) for number in range(2, 1002)}
    return assembled({1: b"<</Type/Catalog/Pages 2 0 R>>", 1002: b"<</Type/Page/MediaBox[0 0 1 1]>>"} | levels)


def ten_thousand_objects() -> bytes:
    return one_page({number: b"<</A %d>>" % number for number in range(FREE, 10_000)})


# What it is, how it is made, whether it is kept or why it is refused.
COSTLY: list[tuple[str, Callable[[], bytes], str]] = [
    ("a page compressed twice", page_compressed_twice, KEPT),
    ("a page in hexadecimal, compressed twice", page_in_hexadecimal, KEPT),
    ("a page whose filters are an array of one", page_with_filters_in_an_array_of_one, KEPT),
    ("metadata of ten million elements", metadata_of_ten_million_elements, KEPT),
    ("an index that opens to a gigabyte", index_that_opens_to_a_gigabyte, KEPT),
    ("embedded files in a tree with endless ways", tree_of_embedded_files, KEPT),
    ("pages that share a drawing of 100,000 parts", pages_that_share_a_long_drawing, KEPT),
    ("ten thousand objects", ten_thousand_objects, KEPT),
    ("a form whose fields name their own array", form_whose_fields_name_their_own_array, "too_slow"),
    ("pages that share many links", pages_that_share_many_links, "too_slow"),
    ("a page tree that is a circle", page_tree_that_is_a_circle, "damaged"),
    ("a page tree of a thousand levels", page_tree_of_a_thousand_levels, "damaged"),
]
