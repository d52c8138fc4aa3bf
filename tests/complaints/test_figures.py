"""The figures of a desk, against small sets counted by hand."""

from __future__ import annotations

from datetime import date, datetime, timedelta

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.backoffice.periods import Period
from complaints.figures import Figures, Line, figures
from complaints.models import Complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

pytestmark = pytest.mark.django_db


def case(desk, *, days_ago: int = 5, answered_after: float | None = None, **given) -> Complaint:
    """A case received some days ago, answered so many days later."""
    received = timezone.now() - timedelta(days=days_ago)
    made = ComplaintFactory(desk=desk, opened_at=received, **given)
    if answered_after is not None:
        Complaint.objects.filter(pk=made.pk).update(answered_at=received + timedelta(days=answered_after))
    return made


def of_all(**chosen) -> Figures:
    return figures(Complaint.objects.all(), Period.latest(), **chosen)


@pytest.mark.req("E119", "E120", "E85")
def test_median_and_ninth_tenth_are_those_of_the_answers_given():
    desk = DeskFactory()
    for days in (1, 2, 3, 4):
        case(desk, answered_after=days)
    case(desk)
    total = of_all().total
    assert (total.received, total.answered) == (5, 4)
    assert total.median == pytest.approx(2.5)
    assert total.ninth == pytest.approx(3.7)


def test_nothing_received_is_zero_without_a_delay():
    assert of_all().total == Line()


def test_late_cases_are_those_whose_promise_is_past_at_the_desks_turn():
    desk = DeskFactory()
    late, asked, _fine = case(desk), case(desk, state="complement"), case(desk)
    Complaint.objects.filter(pk__in=[late.pk, asked.pk]).update(due_at=timezone.now() - timedelta(hours=1))
    assert of_all().total.overdue == 1


def test_cases_received_before_or_after_the_period_are_left_out():
    desk = DeskFactory()
    for days_ago in (10, 20, 30):
        case(desk, days_ago=days_ago)
    today = timezone.localdate()
    period = Period(today - timedelta(days=20), today - timedelta(days=15))
    assert figures(Complaint.objects.all(), period).total.received == 1


@pytest.mark.req("E121", "E86")
def test_each_category_desk_and_agent_has_its_line_the_busiest_first():
    agent = AgentFactory()
    north, south = DeskFactory(), DeskFactory()
    case(north, state="in-progress", agent=agent)
    case(north)
    case(south)
    found = of_all()
    assert [(line.key, line.received) for line in found.by_desk] == [(north.pk, 2), (south.pk, 1)]
    assert {(line.key, line.received) for line in found.by_agent} == {(None, 2), (agent.pk, 1)}
    assert [line.received for line in found.by_category] == [2, 1]


def test_one_desk_category_or_agent_can_be_looked_at_alone():
    agent, desk = AgentFactory(), DeskFactory()
    mine = case(desk, state="in-progress", agent=agent)
    case(DeskFactory())
    for chosen in ({"desk": desk.pk}, {"category": mine.category_id}, {"agent": agent.pk}):
        assert of_all(**chosen).total.received == 1


def test_steps_without_a_case_are_there_too():
    desk = DeskFactory()
    case(desk, days_ago=0)
    found = figures(Complaint.objects.all(), Period.latest(7)).by_step
    assert [line.received for line in found] == [0, 0, 0, 0, 0, 0, 1]


def test_a_day_is_the_portals_own():
    just_after_midnight = datetime(2026, 3, 3, 0, 30, tzinfo=timezone.get_current_timezone())
    ComplaintFactory(opened_at=just_after_midnight)
    found = figures(Complaint.objects.all(), Period(date(2026, 3, 2), date(2026, 3, 3)))
    assert [(line.key.day, line.received) for line in found.by_step] == [(2, 0), (3, 1)]


@pytest.mark.parametrize(
    ("first", "last", "steps"),
    [
        (date(2026, 1, 1), date(2026, 1, 31), 31),
        (date(2026, 1, 1), date(2026, 3, 31), 14),
        (date(2025, 1, 1), date(2026, 12, 31), 24),
    ],
)
def test_a_line_has_days_weeks_or_months_as_the_period_is_long(first, last, steps):
    assert len(Period(first, last).steps()) == steps


@pytest.mark.parametrize(
    ("first", "last"), [(date(2026, 2, 1), date(2026, 1, 1)), (date(2020, 1, 1), date(2026, 1, 1))]
)
def test_a_period_is_neither_empty_nor_endless(first, last):
    with pytest.raises(ValueError, match="Period"):
        Period(first, last)


def test_figures_cost_the_same_queries_with_one_case_or_many():
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            of_all()
        return len(queries)

    case(DeskFactory())
    few = cost()
    for _each in range(4):
        case(DeskFactory(), answered_after=1)
    assert cost() == few == 7


def test_a_period_is_read_along_an_index():
    desk = DeskFactory()
    template = case(desk)
    now = timezone.now()
    Complaint.objects.bulk_create(
        Complaint(
            number=f"{number:012}",
            verification_code=str(number),
            desk=desk,
            category_id=template.category_id,
            facts="x" * 400,
            opened_at=now - timedelta(hours=number),
        )
        for number in range(5000)
    )
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE complaints_complaint")
    begin, end = Period.latest(5).moments()
    rows = Complaint.objects.filter(opened_at__gte=begin, opened_at__lt=end)
    plan = rows.values("desk_id", "category_id", "assigned_to_id", "answered_at", "waiting_on").explain()
    assert "Seq Scan" not in plan
    assert "opened_at" in plan.split("Index Cond: ", 1)[1]


def test_one_index_holds_every_column_the_figures_count():
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_get_indexdef('complaint_recent'::regclass)")
        (definition,) = cursor.fetchone()
    for column in ("opened_at", "id", "desk_id", "category_id", "assigned_to_id", "answered_at", "waiting_on"):
        assert column in definition
