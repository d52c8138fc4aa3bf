"""Tables as files that a spreadsheet opens: CSV and XLSX, in which no cell is ever a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Iterable, Sequence
from decimal import Decimal
from typing import Any

from django.db.models import Model
from django.http import HttpRequest, HttpResponse
from django.utils.formats import number_format
from django.utils.translation import get_language_bidi

from claims_portal.accounts import audit
from claims_portal.middleware import client_address

Cell = str | int | float | Decimal | None  # a Decimal is an amount, to the centime
Table = tuple[Sequence[str], list[list[Cell]]]  # its head and its rows
CONTENT_TYPES = {
    "csv": "text/csv; charset=utf-8",
    "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
}

# What makes a spreadsheet take a text for a formula, full-width writings included (OWASP, « CSV injection »).
FORMULA_STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "＝", "＋", "－", "＠")


def table_file(
    request: HttpRequest,
    *,
    kind: str,
    name: str,
    table: Table,
    reference: str,
    details: dict[str, Any],
    about: Model | None = None,
) -> HttpResponse:
    """Return the table as a file, `kind` being one of CONTENT_TYPES, after its line in the audit log.

    That line holds the reference, the row it is `about`, the format, how many rows, and the details.
    """
    head, rows = table
    content = csv_file(head, rows) if kind == "csv" else xlsx_file(head, rows, right_to_left=get_language_bidi())
    audit.record(
        action=audit.Action.EXPORTED,
        user=request.user,  # type: ignore[arg-type]
        about=about,
        reference=reference,
        address=client_address(request),
        details={"format": kind, "rows": len(rows)} | details,
    )
    headers = {"Content-Disposition": f'attachment; filename="{name}.{kind}"', "Cache-Control": "no-store"}
    return HttpResponse(content, content_type=CONTENT_TYPES[kind], headers=headers)


def safe_text(text: str) -> str:
    """Return a text that no spreadsheet reads as a formula: an apostrophe goes before what could be one."""
    return f"'{text}" if text.lstrip(" ").startswith(FORMULA_STARTS) or text.startswith(FORMULA_STARTS) else text


def csv_file(head: Sequence[str], rows: Iterable[Sequence[Cell]]) -> bytes:
    """UTF-8 with its mark and semicolons: what Excel opens by a double click in French. Decimals as people write."""
    text = io.StringIO()
    writer = csv.writer(text, delimiter=";")
    writer.writerow([safe_text(each) for each in head])
    writer.writerows([_csv_cell(cell) for cell in row] for row in rows)
    return text.getvalue().encode("utf-8-sig")


def _csv_cell(cell: Cell) -> str | int:
    if isinstance(cell, Decimal):
        return number_format(cell, 2, use_l10n=True, force_grouping=False)
    if isinstance(cell, float):
        return number_format(round(cell, 1), 1, use_l10n=True, force_grouping=False)
    return safe_text(cell) if isinstance(cell, str) else "" if cell is None else cell


def xlsx_file(head: Sequence[str], rows: Iterable[Sequence[Cell]], *, right_to_left: bool = False) -> bytes:
    """One sheet: texts are written as texts, numbers as numbers. A row leaves memory once it is written."""
    import xlsxwriter  # only those who export pay for its loading

    buffer = io.BytesIO()
    with xlsxwriter.Workbook(buffer, {"constant_memory": True}) as book:
        sheet = book.add_worksheet()
        if right_to_left:
            sheet.right_to_left()
        sheet.freeze_panes(1, 0)
        sheet.set_column(0, max(len(head) - 1, 0), 18)
        bold, amount = book.add_format({"bold": True}), book.add_format({"num_format": "0.00"})
        for column, title in enumerate(head):
            sheet.write_string(0, column, safe_text(title), bold)
        for line, row in enumerate(rows, start=1):
            for column, cell in enumerate(row):
                if isinstance(cell, str):
                    sheet.write_string(line, column, safe_text(cell))
                elif isinstance(cell, Decimal):
                    sheet.write_number(line, column, float(cell), amount)
                elif cell is not None:
                    sheet.write_number(line, column, round(cell, 1))
    return buffer.getvalue()
