"""Who holds data about people: business apps register, this register imports none of them.

An exporter gives the files of one person that a member of staff may hand over, as (name in the archive, content).
"""

from __future__ import annotations

import io
import zipfile
from collections.abc import Callable, Iterable

from claims_portal.accounts.models import User

from .models import RightsRequest

File = tuple[str, bytes]
Exporter = Callable[[RightsRequest, User], Iterable[File]]
_exporters: list[Exporter] = []


def on_access(exporter: Exporter) -> Exporter:
    """Have the exporter asked for each copy of somebody's data; register in `AppConfig.ready`."""
    if exporter not in _exporters:
        _exporters.append(exporter)
    return exporter


def copy_of_data(request: RightsRequest, user: User) -> bytes:
    """A ZIP of what every app holds about the contact of a request, as far as this member of staff may see it.

    b"" when there is nothing. It is made on demand and kept nowhere.
    """
    files = [file for exporter in _exporters for file in exporter(request, user)]
    if not files:
        return b""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()
