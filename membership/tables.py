"""Reading a table that somebody prepared in a spreadsheet. Runs apart, in the processes of the documents' worker.

Knows nothing of Django: what it opens may be hostile, and a process of its own is limited in time and memory.
"""

from __future__ import annotations

import csv
import io
from collections.abc import Iterator
from datetime import date, datetime
from typing import Any

LINES_MAX = 20_000
COLUMNS_MAX = 40
CELL_MAX = 300
ZIP_START = b"PK\x03\x04"


class UnreadableTable(Exception):
    """Not a table: `code` is « encoding », « format », « empty » or « too_long »."""

    def __init__(self, code: str) -> None:
        super().__init__(code)
        self.code = code


def read_table(data: bytes) -> list[list[str]]:
    """The lines of a CSV (UTF-8 or Windows-1252, any usual separator) or of an XLSX's first sheet, as texts.

    The content decides, never the name. UnreadableTable otherwise.
    """
    lines: list[list[str]] = []
    for line in _xlsx(data) if data.startswith(ZIP_START) else _csv(data):
        if len(lines) > LINES_MAX:
            raise UnreadableTable("too_long")
        cells = [cell.strip()[:CELL_MAX] for cell in line[:COLUMNS_MAX]]
        while cells and not cells[-1]:
            cells.pop()
        lines.append(cells)
    while lines and not lines[-1]:
        lines.pop()
    if not lines:
        raise UnreadableTable("empty")
    return lines


def _csv(data: bytes) -> Iterator[list[str]]:
    if b"\x00" in data:
        raise UnreadableTable("format")
    try:
        text = data.decode("utf-8-sig")
    except UnicodeDecodeError:
        try:
            text = data.decode("cp1252")
        except UnicodeDecodeError as error:
            raise UnreadableTable("encoding") from error
    head = text.partition("\n")[0]
    separator = max(";,\t", key=head.count)
    try:
        yield from csv.reader(io.StringIO(text, newline=""), delimiter=separator)
    except csv.Error as error:
        raise UnreadableTable("format") from error


def _xlsx(data: bytes) -> Iterator[list[str]]:
    import openpyxl  # only who imports a spreadsheet pays for its loading

    try:
        book = openpyxl.load_workbook(io.BytesIO(data), read_only=True, data_only=True)
        for line in book.worksheets[0].iter_rows(values_only=True, max_col=COLUMNS_MAX):
            yield [_text(cell) for cell in line]
    except MemoryError:
        raise
    except Exception as error:  # whatever a damaged archive makes a parser say
        raise UnreadableTable("format") from error


def _text(cell: Any) -> str:
    """A cell as a person reads it: a date as a date, a whole number without « .0 »."""
    if cell is None:
        return ""
    if isinstance(cell, datetime):
        return cell.date().isoformat()
    if isinstance(cell, date):
        return cell.isoformat()
    if isinstance(cell, float) and cell.is_integer():
        return str(int(cell))
    return str(cell)
