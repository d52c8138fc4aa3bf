"""The delays of a complaint: those of its desk's procedure, or of its category, and the clocks that only it has."""

from __future__ import annotations

from datetime import datetime

from django.db import transaction
from django.db.models import F, Q

from claims_portal.cases.kinds import Rule
from claims_portal.cases.services.clocks import (
    begin_round,
    build_clock,
    cancel_clock,
    refresh_due_at,
    restart_clock,
    write_due,
)
from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.compute import compute
from claims_portal.deadlines.models import Delay
from complaints.models import Clock, ClockKind, Complaint
from complaints.questions import questions_of
from complaints.workflow import State

BATCH = 200
PROMISED = (ClockKind.ACKNOWLEDGEMENT, ClockKind.ANSWER)
_delays = CompiledQuery(lambda keys: Delay.objects.with_calendar().filter(pk__among=keys), keys=list)


def rules_of(complaint: Complaint) -> dict[str, Rule]:
    """Return the delays of a case of this desk and category as they are now, by the clock that counts them. One query.

    The acknowledgement and the answer are promised (C34–C37, T8), and the answer pauses while the complainant is
    asked for more. The two others say how long the complainant may reopen, and when silence closes the case.
    """
    asked = questions_of(complaint.desk)
    own = asked.own_delays.get(complaint.category_id)
    keys = asked.delay_ids | (own.delay_ids if own else {})
    if not keys:
        return {}
    delays = {delay.pk: delay for delay in _delays.rows(keys=list(keys.values()))}
    return {
        kind: Rule(
            delays[key],
            origin=own.names if own and kind in own.delay_ids else ("", ""),
            is_promise=kind in PROMISED,
            can_pause=kind == ClockKind.ANSWER,
            on_opening=kind in PROMISED,
        )
        for kind, key in keys.items()
    }


def follow_desk(complaint: Complaint) -> None:
    """Count what is still to be done by the delays of the desk and category of the case now, from the same moments.

    What the person has had already, such as the acknowledgement, is not promised again.
    """
    before = {clock.kind: clock for clock in complaint.clocks.current().filter(is_promise=True)}
    rules = rules_of(complaint)
    pauses = list(complaint.pauses.values_list("started_at", "ended_at"))
    promised = PROMISED if complaint.state == State.RECEIVED else (ClockKind.ANSWER,)
    for kind in promised:
        clock = before.get(kind)
        if clock is not None and clock.stopped_at is not None:
            continue
        start = clock.started_at if clock is not None else complaint.opened_at
        complaint.clocks.current().filter(kind=kind).delete()
        if rule := rules.get(kind):
            build_clock(complaint, kind, rule, start, pauses=pauses).save()
    refresh_due_at(complaint)


def start_reopening(complaint: Complaint, *, at: datetime) -> None:
    """Let the complainant reopen from the answer or the closing on (F5). The later of the two counts."""
    restart_clock(complaint, ClockKind.REOPENING, at=at)


def start_closing(complaint: Complaint, *, at: datetime) -> None:
    """Let an answered case close by itself, counted from the answer or from the desk's last message."""
    if complaint.state == State.ANSWERED:
        restart_clock(complaint, ClockKind.CLOSING, at=at)


def cancel_auto_close(complaint: Complaint) -> None:
    """Delete the clock of the automatic closing. Called on any activity."""
    cancel_clock(complaint, ClockKind.CLOSING)


def restart_answer(complaint: Complaint, *, at: datetime) -> None:
    """Promise an answer to a reopened complaint, within the same delay counted from the reopening."""
    cancel_clock(complaint, ClockKind.REOPENING)
    begin_round(complaint, kinds=[ClockKind.ANSWER], at=at)


def recount_categories(*, category_id: int | None = None) -> int:
    """Count the running clocks that do not follow the delays of their category, of this one or of all (F9).

    A category that sets no delay any more gives way to its desk's. Return how many due moments moved; each is written
    under its case's lock, with an event for the desk. Safe to run twice.
    """
    return sum(_recount_astray(kind, category_id) for kind in PROMISED)


def _recount_astray(kind: ClockKind, category_id: int | None) -> int:
    own = f"case__category__{kind.value}_delay"
    set_elsewhere = Q(**{f"{own}__isnull": False}) & ~Q(delay=F(own))
    set_no_more = Q(**{own: None}, explanation__has_key="origin_fr")
    astray = Clock.objects.promised().filter(set_elsewhere | set_no_more, kind=kind).order_by("pk")
    if category_id is not None:
        astray = astray.filter(case__category=category_id)
    moved, after = 0, 0
    while batch := list(astray.filter(pk__gt=after).values_list("pk", "case_id")[:BATCH]):
        after = batch[-1][0]
        moved += sum(_follow_category(kind, *keys) for keys in batch)
    return moved


@transaction.atomic
def _follow_category(kind: ClockKind, clock_id: int, complaint_id: int) -> bool:
    """Count one clock by what its category says now, from the same start; return whether its due moment moved."""
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("desk").get(pk=complaint_id)
    clock = Clock.objects.promised().select_related("delay").filter(pk=clock_id).first()
    rule = rules_of(complaint).get(kind)
    if clock is None or rule is None:
        return False
    pauses = list(complaint.pauses.values_list("started_at", "ended_at")) if clock.can_pause else []
    due = compute(delay=rule.delay, origin=rule.origin, start=clock.started_at, pauses=pauses)
    clock.delay = rule.delay
    return write_due(complaint, clock, due)
