"""The clocks of a complaint: started, paused while the complainant is asked, stopped, recomputed."""

from __future__ import annotations

from datetime import datetime

from claims_portal.deadlines.compute import compute
from claims_portal.deadlines.days import CalendarDays
from claims_portal.deadlines.models import Delay
from complaints.models import Clock, ClockKind, Complaint, Pause, Procedure


def procedure_of(desk_id: int) -> Procedure:
    """A desk's procedure with its delays and their calendars, in one query."""
    return Procedure.objects.select_related(
        "acknowledgement_delay__calendar", "answer_delay__calendar", "reopening_delay__calendar"
    ).get(desk_id=desk_id)


def _built(complaint: Complaint, kind: ClockKind, delay: Delay, start: datetime, days: CalendarDays) -> Clock:
    due = compute(delay=delay, start=start, days=days)
    return Clock(
        complaint=complaint,
        kind=kind,
        delay=delay,
        started_at=start,
        due_at=due.at,
        explanation=due.explanation.as_json(),
    )


def start_clocks(*, complaint: Complaint, procedure: Procedure) -> list[Clock]:
    """Start the acknowledgement and answer clocks from the moment of reception (rows C34–C37, T8)."""
    wanted = [
        (ClockKind.ACKNOWLEDGEMENT, procedure.acknowledgement_delay),
        (ClockKind.ANSWER, procedure.answer_delay),
    ]
    days = CalendarDays.of_many({delay.calendar for _kind, delay in wanted if delay is not None})
    return Clock.objects.bulk_create(
        _built(complaint, kind, delay, complaint.received_at, days[delay.calendar_id])
        for kind, delay in wanted
        if delay is not None
    )


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
    due = compute(delay=clock.delay, start=clock.started_at, pauses=pauses)
    clock.due_at, clock.explanation = due.at, due.explanation.as_json()
    clock.save(update_fields=["due_at", "explanation"])
    return clock


def start_reopening(*, complaint: Complaint, at: datetime) -> None:
    """From the answer or the closing on, the complainant may reopen for so long (F5). The later of the two counts."""
    delay = procedure_of(complaint.desk_id).reopening_delay
    if delay is not None:
        complaint.clocks.filter(kind=ClockKind.REOPENING).delete()
        _built(complaint, ClockKind.REOPENING, delay, at, CalendarDays.of(delay.calendar)).save()


def restart_answer(*, complaint: Complaint, at: datetime) -> None:
    """A reopened complaint is answered again, within the same delay counted from the reopening."""
    complaint.clocks.filter(kind__in=[ClockKind.ANSWER, ClockKind.REOPENING]).delete()
    delay = procedure_of(complaint.desk_id).answer_delay
    if delay is not None:
        _built(complaint, ClockKind.ANSWER, delay, at, CalendarDays.of(delay.calendar)).save()
