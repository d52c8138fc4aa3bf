"""Repair what Django's parser of forms would drop without a word, so that each file somebody sends is examined.

`django.http.multipartparser` skips a file whose name is not UTF-8, is empty or ends with a slash, and the last file of
a body that ends too early; and it refuses a whole form for one name of a thousand bytes. The view would never know of
that file. The names are changed here while the body is read, and the parser does everything else.
"""

from __future__ import annotations

import html
import io
from collections.abc import Iterator
from email.message import Message
from email.utils import collapse_rfc2231_value
from typing import Any, BinaryIO

from django.core.files.uploadhandler import FileUploadHandler
from django.http.multipartparser import MultiPartParser

from .labels import clean_label

CHUNK = 64 * 1024
# A name of 255 characters, each in four bytes that travel percent-encoded, and other headers beside it.
HEADERS_MAX = 16 * 1024
HEADERS_END = b"\r\n\r\n"


class NameRepairHandler(FileUploadHandler):
    """The first upload handler: gives the parser a body with repaired names, and the other handlers the files."""

    def handle_raw_input(
        self, input_data: Any, META: Any, content_length: int, boundary: Any, encoding: str | None = None
    ) -> tuple[Any, Any]:
        others = [handler for handler in self.request.upload_handlers if handler is not self]  # type: ignore[union-attr]
        body = io.BufferedReader(RepairedBody(input_data, boundary), CHUNK)
        return MultiPartParser(META, body, others, encoding).parse()

    def receive_data_chunk(self, raw_data: bytes, start: int) -> bytes:
        """Pass the bytes on. Never called: `handle_raw_input` takes every form."""
        return raw_data

    def file_complete(self, file_size: int) -> None:
        """Leave the file to the other handlers. Never called: `handle_raw_input` takes every form."""


class RepairedBody(io.RawIOBase):
    """A multipart body to read from, in which each part that is a file has a usable name."""

    def __init__(self, source: BinaryIO, boundary: bytes) -> None:
        super().__init__()
        self._source = source
        self._delimiter = b"--" + boundary
        self._parts = self._repaired()
        self._buffer = b""  # read, and not looked through yet
        self._ready = b""  # repaired, and not given yet

    def readable(self) -> bool:
        return True

    def readinto(self, target: Any, /) -> int:
        """Fill the target with what comes next; 0 at the end."""
        while not self._ready:
            try:
                self._ready = next(self._parts)
            except StopIteration:
                return 0
        given, self._ready = self._ready[: len(target)], self._ready[len(target) :]
        target[: len(given)] = given
        return len(given)

    def _repaired(self) -> Iterator[bytes]:
        tail = len(self._delimiter) - 1  # as much of a delimiter as may end what was read
        while True:
            if (start := self._buffer.find(self._delimiter)) >= 0:
                yield self._take(start + len(self._delimiter))
                self._fill(2)
                if self._buffer.startswith(b"--"):
                    yield from self._rest()
                    return
                yield self._take_headers()
            else:
                yield self._take(len(self._buffer) - tail)
                if not self._fill(len(self._buffer) + 1):
                    break
        # The body ends too early. The parser drops a file that no delimiter ends; with one, the file is examined.
        yield from (self._buffer, b"\r\n", self._delimiter, b"--\r\n")

    def _fill(self, size: int) -> bool:
        """Read until the buffer has so many bytes; False when there are not so many."""
        while len(self._buffer) < size and (chunk := self._source.read(CHUNK)):
            self._buffer += chunk
        return len(self._buffer) >= size

    def _take(self, size: int) -> bytes:
        taken, self._buffer = self._buffer[: max(size, 0)], self._buffer[max(size, 0) :]
        return taken

    def _rest(self) -> Iterator[bytes]:
        yield self._buffer
        while chunk := self._source.read(CHUNK):
            yield chunk

    def _take_headers(self) -> bytes:
        """Return the headers of the part that begins, repaired; nothing when it has none."""
        while (end := self._buffer.find(HEADERS_END, 0, HEADERS_MAX)) < 0 and len(self._buffer) < HEADERS_MAX:
            if not self._fill(len(self._buffer) + 1):
                return b""
        end += len(HEADERS_END)
        if end < len(HEADERS_END) or 0 <= self._buffer.find(self._delimiter) < end:
            return b""
        self._fill(end + 2 + len(self._delimiter))
        content = self._buffer[end:].removeprefix(b"\r\n")
        return repair_headers(self._take(end), is_empty=not content or content.startswith(self._delimiter))


def repair_headers(headers: bytes, *, is_empty: bool) -> bytes:
    """Return the headers of a part with a file name that the parser takes; those of other parts as they are.

    A part that is empty and whose file name is too is a field in which nothing was chosen.
    """
    lines = headers.split(b"\r\n")
    for position, line in enumerate(lines):
        if line[:20].lower() != b"content-disposition:":
            continue
        disposition = Message()
        disposition["Content-Disposition"] = _decoded(line[20:])
        field, name = (disposition.get_param(key, header="Content-Disposition") for key in ("name", "filename"))
        if field and name is not None and (name or not is_empty):
            sent = usable_name(_text(name))
            repaired = f"Content-Disposition: form-data; name={_quoted(_text(field))}; filename={_quoted(sent)}"
            lines[position] = repaired.encode(errors="replace")
    return b"\r\n".join(lines)


def usable_name(name: str) -> str:
    """Return a name of one line and without folders."""
    name = html.unescape(name)
    # The parser resolves references such as « &#47; » once more: none is left that could become a slash.
    if html.unescape(name) != name:
        name = name.replace("&", "_")
    return clean_label(name.rstrip("/\\ "))


def _decoded(line: bytes) -> str:
    try:
        return line.decode().strip()
    except UnicodeDecodeError:
        # Latin-1 gives each byte a character: what old programs in French send is even right.
        return line.decode("latin-1").strip()


def _text(value: str | tuple[str | None, str | None, str]) -> str:
    """Return a parameter, decoded where it says how it is encoded (RFC 2231)."""
    try:
        return collapse_rfc2231_value(value)
    except ValueError:  # an encoding whose name holds a NUL; of other unknown ones the text is returned as it is
        return value[2]


def _quoted(text: str) -> str:
    escaped = text.replace("\\", "\\\\").replace('"', '\\"')
    return f'"{escaped}"'
