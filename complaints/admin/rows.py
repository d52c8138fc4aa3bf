"""The lines of the list, as plain words: made once here, a template only prints them."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.db.models import Prefetch
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_portal.deadlines.compute import SOON
from complaints.models import Channel, Clock, ClockKind, Complaint, ComplaintDocument, DocumentKind
from complaints.models.case import ComplaintQuerySet
from complaints.workflow import State

from .case import STATE_TONES, TURNS

# Long texts and whatever else a line does not show stay in the database.
_SHOWN = (
    *("number", "received_at", "state", "turn", "channel", "escalated_at", "answered_at"),
    *("due_at", "held_at", "archived_at", "disposed_at"),
    *("desk__name_fr", "desk__name_ar", "desk__organisation__time_zone", "category__name_fr", "category__name_ar"),
    *("complainant__first_name", "complainant__last_name"),
    *("assigned_to__first_name", "assigned_to__last_name", "assigned_to__email"),
)


@dataclass(frozen=True)
class Row:
    """One line. `due_state` is running, soon, late or paused; "" when the desk has promised nothing more."""

    url: str
    number: str
    received: str
    received_at: str
    person: str
    category: str
    desk: str
    state: str
    tone: str
    turn: str
    due: str
    due_at: str
    due_state: str
    is_escalated: bool
    agent: str
    channel: str  # "" for what was filed online
    has_scan: bool
    life: str  # archived, erased, held; "" for most


def with_rows(cases: ComplaintQuerySet) -> ComplaintQuerySet:
    """What `rows` reads, in three queries."""
    clocks = Clock.objects.promised().order_by("due_at").only("complaint_id", "kind", "due_at")
    # Of these cases only: as a condition of each line, PostgreSQL would read the documents of all of them.
    scans = ComplaintDocument.objects.filter(kind=DocumentKind.SCAN).only("complaint_id")
    related = cases.select_related("desk__organisation", "category", "complainant", "assigned_to").only(*_SHOWN)
    return related.prefetch_related(Prefetch("clocks", clocks), Prefetch("documents", scans, to_attr="scans"))


def rows(cases: Iterable[Complaint], *, archives: bool) -> list[Row]:
    """The lines of one page; without `archives`, what is archived names nobody."""
    now = timezone.now()
    base = reverse("admin:complaints_complaint_changelist")
    states = {str(state): str(state.label) for state in State}
    turns = {str(turn): str(label()) for turn, label in TURNS.items()}
    return [_row(each, base, states, turns, now, archives) for each in cases]


def _row(
    case: Complaint, base: str, states: dict[str, str], turns: dict[str, str], now: datetime, archives: bool
) -> Row:
    clock = next(iter(case.clocks.all()), None)
    zone = ZoneInfo(case.desk.organisation.time_zone)  # as on the page of the case
    received = case.received_at.astimezone(zone)
    due = clock.due_at.astimezone(zone) if clock else None
    return Row(
        url=f"{base}{case.pk}/",
        number=str(case),
        received=f"{received:%d/%m/%Y %H:%M}",
        received_at=received.isoformat(),
        person=case.complainant.full_name if archives or case.archived_at is None else "",
        category=case.category.name,
        desk=case.desk.name,
        state=states[case.state],
        tone=STATE_TONES[State(case.state)],
        turn=turns[case.turn],
        due=f"{due:%d/%m/%Y}" if due else "",
        due_at=due.isoformat() if due else "",
        due_state=_due_state(clock, case, now) if clock else "",
        is_escalated=case.is_escalated,
        agent=str(case.assigned_to) if case.assigned_to else "",
        channel="" if case.channel == Channel.WEB else case.get_channel_display(),
        has_scan=bool(case.scans),  # type: ignore[attr-defined]
        life=life(case),
    )


def life(case: Complaint) -> str:
    """In which of its lives a case is, where it is worth a word."""
    if case.disposed_at is not None:
        return _("Supprimé")
    if case.held_at is not None:
        return _("Suppression interdite")
    return _("Archivé") if case.archived_at is not None else ""


def _due_state(clock: Clock, case: Complaint, now: datetime) -> str:
    if case.state == State.COMPLEMENT and clock.kind == ClockKind.ANSWER:
        return "paused"
    if now > clock.due_at:
        return "late"
    return "soon" if clock.due_at - now < SOON else "running"
