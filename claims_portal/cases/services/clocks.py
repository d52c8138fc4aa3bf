"""The clocks of a case: started, paused while the person is asked for more, stopped, counted again."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from claims_portal.cases.kinds import CaseKind, Rule, all_kinds, kind_of
from claims_portal.cases.models import NO_PROMISE, CommonEvent
from claims_portal.cases.promises import spelled_due
from claims_portal.deadlines.compute import Due, compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.explanation import Explanation
from claims_portal.deadlines.models import Calendar

from .changes import record_event

BATCH = 200
Pauses = Sequence[tuple[datetime, datetime | None]]


def build_clock(
    case: Any, kind: str, rule: Rule, start: datetime, *, days: CalendarDays | None = None, pauses: Pauses = ()
) -> Any:
    """Return an unsaved clock of the round of the case; `days` spares the query that reads the calendar."""
    due = compute(delay=rule.delay, origin=rule.origin, start=start, days=days, pauses=pauses if rule.can_pause else ())
    return kind_of(case).clocks(
        case=case,
        kind=kind,
        round=case.round,
        is_promise=rule.is_promise,
        can_pause=rule.can_pause,
        delay=rule.delay,
        started_at=start,
        due_at=due.at,
        explanation=due.explanation.as_json(),
    )


def build_first_clocks(case: Any) -> list[Any]:
    """Return the unsaved clocks that start when the case is received, and set its due moment (C34–C37, T8)."""
    rules = {kind: rule for kind, rule in kind_of(case).rules(case).items() if rule.on_opening}
    days = CalendarDays.of_many({rule.delay.calendar for rule in rules.values()})
    clocks = [
        build_clock(case, kind, rule, case.opened_at, days=days[rule.delay.calendar_id]) for kind, rule in rules.items()
    ]
    case.due_at = min((clock.due_at for clock in clocks if clock.is_promise), default=NO_PROMISE)
    return clocks


def refresh_due_at(case: Any) -> None:
    """Write on the case when its nearest promise is due. Call it whenever a clock starts, moves or stops."""
    model = type(case)
    clocks = kind_of(model).clocks._default_manager.ticking()
    first = clocks.filter(case=OuterRef("pk")).order_by("due_at").values("due_at")[:1]
    model._default_manager.filter(pk=case.pk).update(due_at=Coalesce(Subquery(first), NO_PROMISE))


def stop_clocks(case: Any, *, kinds: Sequence[str] | None = None, at: datetime) -> None:
    """Stop the running promises of a case, or those of these kinds: the desk did it, or the case ended."""
    running = case.clocks.promised() if kinds is None else case.clocks.filter(kind__in=kinds, stopped_at=None)
    if running.update(stopped_at=at):
        refresh_due_at(case)


def begin_pause(case: Any, *, at: datetime) -> None:
    """Let the clocks that pause stand still: the desk waits for the person."""
    case.pauses.create(started_at=at)
    refresh_due_at(case)


def end_pause(case: Any, *, at: datetime) -> None:
    """Let the paused clocks run again: they end later by what the pause took."""
    if case.pauses.filter(ended_at=None).update(ended_at=at):
        recompute_paused_clocks(case)


def recompute_paused_clocks(case: Any) -> None:
    """Count the running clocks that pause again from their start, with every pause and today's calendar."""
    pauses = list(case.pauses.values_list("started_at", "ended_at"))
    for clock in case.clocks.select_related("delay__calendar").filter(can_pause=True, stopped_at=None):
        due = count_clock(clock, pauses=pauses)
        clock.due_at, clock.explanation = due.at, due.explanation.as_json()
        clock.save(update_fields=["due_at", "explanation"])
    refresh_due_at(case)


def count_from(case: Any, *, start: datetime) -> bool:
    """Count the promises that run since the opening from an earlier moment instead; return whether some moved.

    A clock that began later, such as with a reopening, is left alone.
    """
    since_opening = {"started_at__lte": case.opened_at, "started_at__gt": start}
    running = case.clocks.promised().filter(**since_opening).select_related("delay__calendar")
    pauses = list(case.pauses.values_list("started_at", "ended_at"))
    moved = 0
    for clock in running:
        due = count_clock(clock, start=start, pauses=pauses)
        clock.started_at, clock.due_at, clock.explanation = start, due.at, due.explanation.as_json()
        clock.save(update_fields=["started_at", "due_at", "explanation"])
        moved += 1
    refresh_due_at(case)
    return bool(moved)


def restart_clock(case: Any, kind: str, *, at: datetime) -> None:
    """Start a clock of this round from this moment in place of the one that ran; nothing where no delay is set."""
    case.clocks.filter(kind=kind, round=case.round).delete()
    rule = kind_of(case).rules(case).get(kind)
    if rule is not None:
        build_clock(case, kind, rule, at).save()
        if rule.is_promise:
            refresh_due_at(case)


def cancel_clock(case: Any, kind: str) -> None:
    """Delete the running clock of a kind that promises nothing, such as an automatic closing."""
    case.clocks.filter(kind=kind, round=case.round, is_promise=False).delete()


def begin_round(case: Any, *, kinds: Sequence[str], at: datetime) -> None:
    """Begin another round of a reopened case, with new clocks of these kinds.

    The clocks of the former rounds stay as they stopped, with their lateness.
    """
    case.round += 1
    case.save(update_fields=["round"])
    rules = kind_of(case).rules(case)
    for kind in kinds:
        if kind in rules:
            build_clock(case, kind, rules[kind], at).save()
    refresh_due_at(case)


def count_clock(
    clock: Any, *, start: datetime | None = None, pauses: Pauses = (), days: CalendarDays | None = None
) -> Due:
    """Return when a clock is due by today's calendar, with the length that was promised to its case.

    A delay that staff changed since is for new cases.
    """
    promised = Explanation.from_json(clock.explanation)
    delay = clock.delay
    delay.amount, delay.unit, delay.counting = promised.amount, promised.unit, promised.counting
    return compute(
        delay=delay,
        origin=(promised.origin_fr, promised.origin_ar),
        start=start or clock.started_at,
        pauses=pauses if clock.can_pause else (),
        days=days,
    )


def write_due(case: Any, clock: Any, due: Due) -> bool:
    """Write when a clock is due and what counts it; return whether the moment moved, with an event for the desk."""
    moved = due.at != clock.due_at
    with translation.override(settings.LANGUAGE_CODE):
        label, before = clock.get_kind_display(), spelled_due(clock)
        clock.due_at, clock.explanation = due.at, due.explanation.as_json()
        after = spelled_due(clock)
    clock.save(update_fields=["delay", "due_at", "explanation"])
    if moved:
        refresh_due_at(case)
        record_event(case, CommonEvent.DEADLINE_MOVED, body=f"{label}\u00a0: {before} → {after}", is_public=False)
    return moved


# --- A calendar changed


def recompute_clocks_of_calendar(*, calendar_id: int) -> int:
    """Count the running clocks of a calendar again, of every kind of case; return how many due moments moved (F11).

    Each that moves is written under the lock of its case, with an event for the desk. A clock that stands still is
    left alone: the end of its pause counts it again. Safe to run twice, at once or one after the other.
    """
    days = CalendarDays.of(Calendar.objects.get(pk=calendar_id))
    return sum(_recompute_kind(kind, calendar_id, days) for kind in all_kinds() if kind.clocks is not None)


def _recompute_kind(kind: CaseKind, calendar_id: int, days: CalendarDays) -> int:
    moved, after = 0, 0
    while batch := _next_clocks(kind, calendar_id, after):
        after = batch[-1].pk
        outdated = [clock for clock in batch if _is_outdated(clock, days)]
        moved += sum(_move_clock(kind, clock.pk, clock.case_id, days) for clock in outdated)
    return moved


def _moving(kind: CaseKind) -> Any:
    """Return the clocks whose due moment may still change: running ones, unless the person's own time is over."""
    over = Q(is_promise=False, due_at__lt=timezone.now())
    return kind.clocks._default_manager.filter(stopped_at=None).exclude(over).select_related("delay", "case")


def _next_clocks(kind: CaseKind, calendar_id: int, after: int) -> list[Any]:
    """Return the next clocks of a calendar by key, with what counting them reads: two queries."""
    clocks = _moving(kind).filter(delay__calendar_id=calendar_id, pk__gt=after).order_by("pk")
    return list(clocks.prefetch_related("case__pauses")[:BATCH])


def _is_outdated(clock: Any, days: CalendarDays) -> bool:
    due = _recount(clock, days)
    return due is not None and (due.at, due.explanation.as_json()) != (clock.due_at, clock.explanation)


def _recount(clock: Any, days: CalendarDays) -> Due | None:
    """Return when a clock is due by today's calendar, None while it stands still."""
    pauses = [(pause.started_at, pause.ended_at) for pause in clock.case.pauses.all()] if clock.can_pause else []
    if any(end is None for _start, end in pauses):
        return None
    return count_clock(clock, pauses=pauses, days=days)


@transaction.atomic
def _move_clock(kind: CaseKind, clock_id: int, case_id: int, days: CalendarDays) -> bool:
    """Count one clock again under the lock of its case; return whether its due moment moved."""
    case = kind.model._default_manager.select_for_update(of=("self",)).get(pk=case_id)
    clock = _moving(kind).filter(pk=clock_id).first()
    due = _recount(clock, days) if clock else None
    if clock is None or due is None or not _is_outdated(clock, days):
        return False
    return write_due(case, clock, due)
