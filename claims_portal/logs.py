"""What a log line must never hold: a number, a token, a value that somebody typed."""

from __future__ import annotations

import re
from typing import Any

# A part of an address that holds a digit and is long: an id, a number, a token, never the name of a page.
_SECRET_PART = re.compile(r"/(?=[^/\s\"]*\d)[\w-]{10,}")
# PostgreSQL quotes the values of the row it refuses.
_VALUES = re.compile(r"(DETAIL|Failing row).*")


def mask(_logger: Any, _name: str, line: dict[str, Any]) -> dict[str, Any]:
    """Replace what may be personal in the texts of a line; a processor of structlog."""
    for key, value in line.items():
        if isinstance(value, str) and key != "timestamp":
            line[key] = _VALUES.sub(r"\1 …", _SECRET_PART.sub("/…", value))
    return line
