"""The documents of a case as they are numbered on paper: « pièce 1 » stays « pièce 1 »."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime

from .models import Complaint, ComplaintDocument, EventKind


@dataclass(frozen=True)
class Piece:
    """`size` (bytes) and `sha256` are of the file as it was received, before any cleaning."""

    number: int
    label: str
    kind: str
    size: int
    sha256: str
    added_at: datetime
    event_id: int | None
    is_filed: bool


def pieces_of(complaint: Complaint) -> list[Piece]:
    """The documents the complainant may read, in the order they arrived: those of the filing come first. One query."""
    joined = complaint.documents.select_related("document", "event").exclude(event__is_public=False)
    return [_piece(number, each) for number, each in enumerate(joined.order_by("added_at", "id"), start=1)]


def filed_pieces(complaint: Complaint) -> list[Piece]:
    """The documents that came with the complaint itself, for its receipt. One query."""
    return [each for each in pieces_of(complaint) if each.is_filed]


def _piece(number: int, joined: ComplaintDocument) -> Piece:
    return Piece(
        number=number,
        label=joined.document.label,
        kind=joined.get_kind_display(),
        size=joined.document.received_size,
        sha256=joined.document.sha256,
        added_at=joined.added_at,
        event_id=joined.event_id,
        is_filed=joined.event is not None and joined.event.kind == EventKind.FILED,
    )
