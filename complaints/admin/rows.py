"""The lines of the list, as plain words: made once here, a template only prints them."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime
from zoneinfo import ZoneInfo

from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_portal.cases.models import NO_PROMISE
from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.compute import SOON
from complaints.models import Channel, Complaint, ComplaintDocument, DocumentKind
from complaints.models.case import ComplaintQuerySet
from complaints.workflow import State

from .case import STATE_TONES, TURNS

# Long texts and whatever else a line does not show stay in the database.
_SHOWN = (
    *("number", "opened_at", "state", "waiting_on", "channel", "escalated_at", "answered_at"),
    *("due_at", "held_at", "archived_at", "disposed_at"),
    *("desk__name_fr", "desk__name_ar", "desk__organisation__time_zone", "category__name_fr", "category__name_ar"),
    *("complainant__first_name", "complainant__last_name"),
    *("assigned_to__first_name", "assigned_to__last_name", "assigned_to__email"),
)


@dataclass(frozen=True)
class Row:
    """One line. `due_state` is running, soon, late, paused (no date: it will move) or "", when nothing is promised."""

    url: str
    number: str
    received: str
    opened_at: str
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


# Asked of the cases of one page: as a condition of each line, PostgreSQL would read the documents of all cases.
_scanned = CompiledQuery(
    lambda cases: ComplaintDocument.objects.filter(kind=DocumentKind.SCAN, case__among=cases).values_list("case"),
    cases=list,
)


def with_rows(cases: ComplaintQuerySet) -> ComplaintQuerySet:
    """What `rows` reads of each case, in the same query."""
    return cases.select_related("desk__organisation", "category", "complainant", "assigned_to").only(*_SHOWN)


def rows(cases: Sequence[Complaint], *, archives: bool) -> list[Row]:
    """The lines of one page; without `archives`, what is archived names nobody. One query."""
    scanned = {case for (case,) in _scanned.rows(cases=[each.pk for each in cases])}
    now = timezone.now()
    base = reverse("admin:complaints_complaint_changelist")
    states = {str(state): str(state.label) for state in State}
    turns = {str(turn): str(label()) for turn, label in TURNS.items()}
    return [
        _row(each, f"{base}{each.pk}/", states[each.state], turns[each.waiting_on], now, archives, each.pk in scanned)
        for each in cases
    ]


def _row(case: Complaint, url: str, state: str, turn: str, now: datetime, archives: bool, has_scan: bool) -> Row:
    zone = ZoneInfo(case.desk.organisation.time_zone)  # as on the page of the case
    received = case.opened_at.astimezone(zone)
    due = case.due_at.astimezone(zone) if case.due_at != NO_PROMISE else None
    return Row(
        url=url,
        number=str(case),
        received=f"{received:%d/%m/%Y %H:%M}",
        opened_at=received.isoformat(),
        person=case.complainant.full_name if archives or case.archived_at is None else "",
        category=case.category.name,
        desk=case.desk.name,
        state=state,
        tone=STATE_TONES[State(case.state)],
        turn=turn,
        due=f"{due:%d/%m/%Y}" if due else "",
        due_at=due.isoformat() if due else "",
        due_state=_due_state(case, now),
        is_escalated=case.is_escalated,
        agent=str(case.assigned_to) if case.assigned_to else "",
        channel="" if case.channel == Channel.WEB else case.get_channel_display(),
        has_scan=has_scan,
        life=life(case),
    )


def life(case: Complaint) -> str:
    """In which of its lives a case is, where it is worth a word."""
    if case.disposed_at is not None:
        return _("Supprimé")
    if case.held_at is not None:
        return _("Suppression interdite")
    return _("Archivé") if case.archived_at is not None else ""


def _due_state(case: Complaint, now: datetime) -> str:
    if case.due_at == NO_PROMISE:
        return "paused" if case.state == State.COMPLEMENT else ""
    if now > case.due_at:
        return "late"
    return "soon" if case.due_at - now < SOON else "running"
