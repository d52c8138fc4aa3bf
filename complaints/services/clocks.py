"""The clocks of a complaint: started, paused while the complainant is asked, stopped, recomputed."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import datetime
from itertools import cycle, islice

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation

from claims_portal.deadlines.compute import Due, compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.explanation import Explanation
from claims_portal.deadlines.models import Calendar, Delay
from claims_portal.organisations.models import Desk
from claims_portal.prepared import Prepared
from complaints.models import Clock, ClockKind, Complaint, Event, EventKind, Pause
from complaints.models.history import UNPROMISED
from complaints.promises import spelled_due
from complaints.questions import questions_of
from complaints.workflow import State

BATCH = 200
_delays = Prepared(
    lambda one, two, three, four: Delay.objects.with_calendar().filter(pk__in=[one, two, three, four]),
    one=int,
    two=int,
    three=int,
    four=int,
)


def delays_of(desk: Desk) -> dict[ClockKind, Delay]:
    """The delays a desk promises now, by the clock that counts them, with their calendars. One query."""
    keys = questions_of(desk).delay_ids
    if not keys:
        return {}
    # As many as there are kinds of clocks.
    one, two, three, four = islice(cycle(keys.values()), 4)
    delays = {delay.pk: delay for delay in _delays.rows(one=one, two=two, three=three, four=four)}
    return {ClockKind(kind): delays[key] for kind, key in keys.items()}


def _built(
    complaint: Complaint,
    kind: ClockKind,
    delay: Delay,
    start: datetime,
    days: CalendarDays,
    pauses: Sequence[tuple[datetime, datetime | None]] = (),
) -> Clock:
    due = compute(delay=delay, start=start, days=days, pauses=pauses)
    return Clock(
        complaint=complaint,
        kind=kind,
        delay=delay,
        started_at=start,
        due_at=due.at,
        explanation=due.explanation.as_json(),
    )


def start_clocks(*, complaint: Complaint) -> list[Clock]:
    """The acknowledgement and answer clocks from the moment of reception, to be written with the case (C34–C37, T8)."""
    delays = delays_of(complaint.desk)
    delays = {kind: delay for kind, delay in delays.items() if kind not in UNPROMISED}
    days = CalendarDays.of_many({delay.calendar for delay in delays.values()})
    return [
        _built(complaint, kind, delay, complaint.received_at, days[delay.calendar_id]) for kind, delay in delays.items()
    ]


def stop_clock(*, complaint: Complaint, kind: ClockKind, at: datetime) -> None:
    """The desk did what this clock was for; nothing happens when it had stopped already."""
    complaint.clocks.filter(kind=kind, stopped_at=None).update(stopped_at=at)


def begin_pause(*, complaint: Complaint, at: datetime) -> None:
    """The desk waits for the complainant: its answer clock stands still from now on."""
    Pause.objects.create(complaint=complaint, started_at=at)


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
    due = compute(delay=_as_promised(clock), start=clock.started_at, pauses=pauses)
    clock.due_at, clock.explanation = due.at, due.explanation.as_json()
    clock.save(update_fields=["due_at", "explanation"])
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
        due = compute(delay=_as_promised(clock), start=start, pauses=pauses if clock.kind == ClockKind.ANSWER else ())
        clock.started_at, clock.due_at, clock.explanation = start, due.at, due.explanation.as_json()
        clock.save(update_fields=["started_at", "due_at", "explanation"])
        moved += 1
    return bool(moved)


def follow_desk(*, complaint: Complaint) -> None:
    """Count what is still to be done by the delays of the desk that has the case now, from the same moments.

    What the person has had already, such as the acknowledgement, is not promised again.
    """
    before = {clock.kind: clock for clock in complaint.clocks.exclude(kind__in=UNPROMISED)}
    delays = delays_of(complaint.desk)
    pauses = list(complaint.pauses.values_list("started_at", "ended_at"))
    due = {ClockKind.ANSWER: pauses} | ({ClockKind.ACKNOWLEDGEMENT: []} if complaint.state == State.RECEIVED else {})
    for kind, stops in due.items():
        clock = before.get(kind)
        if clock is not None and clock.stopped_at is not None:
            continue
        start = clock.started_at if clock is not None else complaint.received_at
        complaint.clocks.filter(kind=kind).delete()
        if delay := delays.get(kind):
            _built(complaint, kind, delay, start, CalendarDays.of(delay.calendar), stops).save()


def _as_promised(clock: Clock) -> Delay:
    """The delay with the length this case was promised: one that staff changed since is for new cases."""
    promised = Explanation.from_json(clock.explanation)
    delay = clock.delay
    delay.amount, delay.unit, delay.counting = promised.amount, promised.unit, promised.counting
    return delay


def start_reopening(*, complaint: Complaint, at: datetime) -> None:
    """From the answer or the closing on, the complainant may reopen for so long (F5). The later of the two counts."""
    delay = delays_of(complaint.desk).get(ClockKind.REOPENING)
    if delay is not None:
        complaint.clocks.filter(kind=ClockKind.REOPENING).delete()
        _built(complaint, ClockKind.REOPENING, delay, at, CalendarDays.of(delay.calendar)).save()


def start_closing(*, complaint: Complaint, at: datetime) -> None:
    """From the answer, or the desk's last message, on: so long without news and the case closes by itself."""
    await_nothing(complaint=complaint)
    delay = delays_of(complaint.desk).get(ClockKind.CLOSING)
    if delay is not None and complaint.state == State.ANSWERED:
        _built(complaint, ClockKind.CLOSING, delay, at, CalendarDays.of(delay.calendar)).save()


def await_nothing(*, complaint: Complaint) -> None:
    """Something happened to the case: it no longer closes by itself."""
    complaint.clocks.filter(kind=ClockKind.CLOSING).delete()


def restart_answer(*, complaint: Complaint, at: datetime) -> None:
    """A reopened complaint is answered again, within the same delay counted from the reopening."""
    complaint.clocks.filter(kind__in=[ClockKind.ANSWER, ClockKind.REOPENING]).delete()
    delay = delays_of(complaint.desk).get(ClockKind.ANSWER)
    if delay is not None:
        _built(complaint, ClockKind.ANSWER, delay, at, CalendarDays.of(delay.calendar)).save()


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
    return compute(delay=_as_promised(clock), start=clock.started_at, pauses=pauses, days=days)


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
    moved = due.at != clock.due_at
    with translation.override(settings.LANGUAGE_CODE):
        label, before = clock.get_kind_display(), spelled_due(clock)
        clock.due_at, clock.explanation = due.at, due.explanation.as_json()
        after = spelled_due(clock)
    clock.save(update_fields=["due_at", "explanation"])
    if moved:
        Event.objects.create(
            complaint=complaint,
            kind=EventKind.DEADLINE_MOVED,
            at=timezone.now(),
            from_state=complaint.state,
            to_state=complaint.state,
            body=f"{label} : {before} → {after}",
            is_public=False,
        )
    return moved
