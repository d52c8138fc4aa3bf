"""The clocks of a complaint: started, paused while the complainant is asked, stopped, recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import datetime

from django.conf import settings
from django.db import transaction
from django.db.models import F, OuterRef, Q, Subquery
from django.db.models.functions import Coalesce
from django.utils import timezone, translation

from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.compute import Due, compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.explanation import Explanation
from claims_portal.deadlines.models import Calendar, Delay
from complaints.models import Clock, ClockKind, Complaint, Event, EventKind, Pause
from complaints.models.case import NO_PROMISE
from complaints.models.history import UNPROMISED
from complaints.promises import spelled_due
from complaints.questions import questions_of
from complaints.workflow import State

BATCH = 200
PROMISED = (ClockKind.ACKNOWLEDGEMENT, ClockKind.ANSWER)
_delays = CompiledQuery(lambda keys: Delay.objects.with_calendar().filter(pk__among=keys), keys=list)


@dataclass(frozen=True)
class Rule:
    """A delay that a case follows, and the category that set it, in French and in Arabic; "" for the desk's own."""

    delay: Delay
    origin: tuple[str, str] = ("", "")


def rules_of(complaint: Complaint) -> dict[ClockKind, Rule]:
    """The delays that a case of this desk and category is promised now, by the clock that counts them. One query."""
    asked = questions_of(complaint.desk)
    own = asked.own_delays.get(complaint.category_id)
    keys = asked.delay_ids | (own.delay_ids if own else {})
    if not keys:
        return {}
    delays = {delay.pk: delay for delay in _delays.rows(keys=list(keys.values()))}
    return {
        ClockKind(kind): Rule(delays[key], own.names if own and kind in own.delay_ids else ("", ""))
        for kind, key in keys.items()
    }


def _built(
    complaint: Complaint,
    kind: ClockKind,
    rule: Rule,
    start: datetime,
    days: CalendarDays | None = None,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> Clock:
    due = compute(delay=rule.delay, origin=rule.origin, start=start, days=days, pauses=pauses)
    return Clock(
        complaint=complaint,
        kind=kind,
        delay=rule.delay,
        started_at=start,
        due_at=due.at,
        explanation=due.explanation.as_json(),
    )


def start_clocks(*, complaint: Complaint) -> list[Clock]:
    """The acknowledgement and answer clocks from the moment of reception, to be written with the case (C34–C37, T8)."""
    rules = {kind: rule for kind, rule in rules_of(complaint).items() if kind not in UNPROMISED}
    days = CalendarDays.of_many({rule.delay.calendar for rule in rules.values()})
    clocks = [
        _built(complaint, kind, rule, complaint.received_at, days[rule.delay.calendar_id])
        for kind, rule in rules.items()
    ]
    complaint.due_at = min((clock.due_at for clock in clocks), default=NO_PROMISE)
    return clocks


def keep_due(*, complaint: Complaint) -> None:
    """Write on the case when its nearest promise is due, for the queues: call it whenever one begins, moves or ends."""
    first = Clock.objects.ticking().filter(complaint=OuterRef("pk")).order_by("due_at").values("due_at")[:1]
    Complaint.objects.filter(pk=complaint.pk).update(due_at=Coalesce(Subquery(first), NO_PROMISE))


def stop_clocks(*, complaint: Complaint, kinds: Sequence[ClockKind] = PROMISED, at: datetime) -> None:
    """The desk did what these clocks were for, or the case ends; nothing happens to those that had stopped already."""
    if complaint.clocks.filter(kind__in=kinds, stopped_at=None).update(stopped_at=at):
        keep_due(complaint=complaint)


def begin_pause(*, complaint: Complaint, at: datetime) -> None:
    """The desk waits for the complainant: its answer clock stands still from now on."""
    Pause.objects.create(complaint=complaint, started_at=at)
    keep_due(complaint=complaint)


def end_pause(*, complaint: Complaint, at: datetime) -> None:
    """The complainant has answered: the answer is due later by what the pause took."""
    if complaint.pauses.filter(ended_at=None).update(ended_at=at):
        recompute_answer(complaint=complaint)


def recompute_answer(*, complaint: Complaint) -> Clock | None:
    """Count the answer clock again from its start, with its pauses and today's calendar."""
    clock = complaint.clocks.select_related("delay__calendar").filter(kind=ClockKind.ANSWER, stopped_at=None).first()
    if clock is None:
        return None
    pauses = list(complaint.pauses.values_list("started_at", "ended_at"))
    due = _counted(_as_promised(clock), clock.started_at, pauses)
    clock.due_at, clock.explanation = due.at, due.explanation.as_json()
    clock.save(update_fields=["due_at", "explanation"])
    keep_due(complaint=complaint)
    return clock


def count_from(*, complaint: Complaint, start: datetime) -> bool:
    """Count the delays that run since the reception from an earlier one instead; True when some were moved.

    A delay that began later, with a reopening, is left alone.
    """
    since_reception = {"started_at__lte": complaint.received_at, "started_at__gt": start}
    running = complaint.clocks.promised().filter(**since_reception).select_related("delay__calendar")
    pauses = list(complaint.pauses.values_list("started_at", "ended_at"))
    moved = 0
    for clock in running:
        due = _counted(_as_promised(clock), start, pauses if clock.kind == ClockKind.ANSWER else ())
        clock.started_at, clock.due_at, clock.explanation = start, due.at, due.explanation.as_json()
        clock.save(update_fields=["started_at", "due_at", "explanation"])
        moved += 1
    keep_due(complaint=complaint)
    return bool(moved)


def follow_desk(*, complaint: Complaint) -> None:
    """Count what is still to be done by the delays of the desk and category of the case now, from the same moments.

    What the person has had already, such as the acknowledgement, is not promised again.
    """
    before = {clock.kind: clock for clock in complaint.clocks.exclude(kind__in=UNPROMISED)}
    rules = rules_of(complaint)
    pauses = list(complaint.pauses.values_list("started_at", "ended_at"))
    due = {ClockKind.ANSWER: pauses} | ({ClockKind.ACKNOWLEDGEMENT: []} if complaint.state == State.RECEIVED else {})
    for kind, stops in due.items():
        clock = before.get(kind)
        if clock is not None and clock.stopped_at is not None:
            continue
        start = clock.started_at if clock is not None else complaint.received_at
        complaint.clocks.filter(kind=kind).delete()
        if rule := rules.get(kind):
            _built(complaint, kind, rule, start, pauses=stops).save()
    keep_due(complaint=complaint)


def _counted(
    rule: Rule,
    start: datetime,
    pauses: Sequence[tuple[datetime, datetime | None]],
    days: CalendarDays | None = None,
) -> Due:
    return compute(delay=rule.delay, origin=rule.origin, start=start, pauses=pauses, days=days)


def _as_promised(clock: Clock) -> Rule:
    """The delay with the length this case was promised: one that staff changed since is for new cases."""
    promised = Explanation.from_json(clock.explanation)
    delay = clock.delay
    delay.amount, delay.unit, delay.counting = promised.amount, promised.unit, promised.counting
    return Rule(delay, (promised.origin_fr, promised.origin_ar))


def start_reopening(*, complaint: Complaint, at: datetime) -> None:
    """From the answer or the closing on, the complainant may reopen for so long (F5). The later of the two counts."""
    rule = rules_of(complaint).get(ClockKind.REOPENING)
    if rule is not None:
        complaint.clocks.filter(kind=ClockKind.REOPENING).delete()
        _built(complaint, ClockKind.REOPENING, rule, at).save()


def start_closing(*, complaint: Complaint, at: datetime) -> None:
    """From the answer, or the desk's last message, on: so long without news and the case closes by itself."""
    if complaint.state != State.ANSWERED:
        return
    await_nothing(complaint=complaint)
    rule = rules_of(complaint).get(ClockKind.CLOSING)
    if rule is not None:
        _built(complaint, ClockKind.CLOSING, rule, at).save()


def await_nothing(*, complaint: Complaint) -> None:
    """Something happened to the case: it no longer closes by itself."""
    complaint.clocks.filter(kind=ClockKind.CLOSING).delete()


def restart_answer(*, complaint: Complaint, at: datetime) -> None:
    """A reopened complaint is answered again, within the same delay counted from the reopening."""
    complaint.clocks.filter(kind__in=[ClockKind.ANSWER, ClockKind.REOPENING]).delete()
    rule = rules_of(complaint).get(ClockKind.ANSWER)
    if rule is not None:
        _built(complaint, ClockKind.ANSWER, rule, at).save()
    keep_due(complaint=complaint)


def recompute_open_clocks(*, calendar_id: int) -> int:
    """Count the running clocks of a calendar again, because it changed; gives how many due moments moved.

    Each that moves is written under its case's lock, with an event for the desk that says from when to when (F11).
    An answer that waits for the complainant is left alone: the end of its pause counts it again anyway.
    Safe to run twice, at once or one after the other: what is right already is not touched.
    """
    days = CalendarDays.of(Calendar.objects.get(pk=calendar_id))
    moved, after = 0, 0
    while batch := _counting_after(calendar_id, after):
        after = batch[-1].pk
        changed = [clock for clock in batch if _is_outdated(clock, _recounted(clock, days))]
        moved += sum(_move_clock(clock.pk, clock.complaint_id, days) for clock in changed)
    return moved


def _counting_after(calendar_id: int, after: int) -> list[Clock]:
    """The next clocks of a calendar by key, with what counting them needs: two queries whatever their number."""
    clocks = Clock.objects.counting().filter(delay__calendar_id=calendar_id, pk__gt=after).order_by("pk")
    return list(clocks.select_related("delay", "complaint").prefetch_related("complaint__pauses")[:BATCH])


def _recounted(clock: Clock, days: CalendarDays) -> Due | None:
    """When a clock is due by today's calendar; None while it stands still."""
    pauses = []
    if clock.kind == ClockKind.ANSWER:
        pauses = [(each.started_at, each.ended_at) for each in clock.complaint.pauses.all()]
        if any(end is None for _begin, end in pauses):
            return None
    return _counted(_as_promised(clock), clock.started_at, pauses, days)


def _is_outdated(clock: Clock, due: Due | None) -> bool:
    return due is not None and (due.at, due.explanation.as_json()) != (clock.due_at, clock.explanation)


@transaction.atomic
def _move_clock(clock_id: int, complaint_id: int, days: CalendarDays) -> bool:
    """Count one clock again under its case's lock; True when its due moment moved."""
    complaint = Complaint.objects.select_for_update(of=("self",)).get(pk=complaint_id)
    clock = Clock.objects.counting().select_related("delay", "complaint").filter(pk=clock_id).first()
    due = _recounted(clock, days) if clock else None
    if clock is None or due is None or not _is_outdated(clock, due):
        return False
    return _write_due(complaint, clock, due)


def _write_due(complaint: Complaint, clock: Clock, due: Due) -> bool:
    """Give a clock another due moment, or another reason for it; the desk is told when it moves. True when it does."""
    moved = due.at != clock.due_at
    with translation.override(settings.LANGUAGE_CODE):
        label, before = clock.get_kind_display(), spelled_due(clock)
        clock.due_at, clock.explanation = due.at, due.explanation.as_json()
        after = spelled_due(clock)
    clock.save(update_fields=["delay", "due_at", "explanation"])
    if moved:
        keep_due(complaint=complaint)
        Event.objects.record(
            complaint=complaint,
            kind=EventKind.DEADLINE_MOVED,
            at=timezone.now(),
            body=f"{label} : {before} → {after}",
            is_public=False,
        )
    return moved


def recount_categories(*, category_id: int | None = None) -> int:
    """Count the running clocks that do not follow the delays of their category, of this one or of all (F9).

    A category that sets no delay any more gives way to its desk's. Gives how many due moments moved; each is written
    under its case's lock, with an event for the desk. Safe to run twice.
    """
    return sum(_recount_astray(kind, category_id) for kind in PROMISED)


def _recount_astray(kind: ClockKind, category_id: int | None) -> int:
    own = f"complaint__category__{kind.value}_delay"
    set_elsewhere = Q(**{f"{own}__isnull": False}) & ~Q(delay=F(own))
    set_no_more = Q(**{own: None}, explanation__has_key="origin_fr")
    astray = Clock.objects.promised().filter(set_elsewhere | set_no_more, kind=kind).order_by("pk")
    if category_id is not None:
        astray = astray.filter(complaint__category=category_id)
    moved, after = 0, 0
    while batch := list(astray.filter(pk__gt=after).values_list("pk", "complaint_id")[:BATCH]):
        after = batch[-1][0]
        moved += sum(_follow_category(kind, *keys) for keys in batch)
    return moved


@transaction.atomic
def _follow_category(kind: ClockKind, clock_id: int, complaint_id: int) -> bool:
    """Count one clock by what its category says now, from the same start; True when its due moment moved."""
    complaint = Complaint.objects.select_for_update(of=("self",)).select_related("desk").get(pk=complaint_id)
    clock = Clock.objects.promised().select_related("delay").filter(pk=clock_id).first()
    rule = rules_of(complaint).get(kind)
    if clock is None or rule is None:
        return False
    pauses = complaint.pauses.values_list("started_at", "ended_at") if kind == ClockKind.ANSWER else ()
    due = _counted(rule, clock.started_at, list(pauses))
    clock.delay = rule.delay
    return _write_due(complaint, clock, due)
