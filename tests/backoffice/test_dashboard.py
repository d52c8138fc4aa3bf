"""« Tableau de bord »: what an agent reads of the desks they work for."""

from __future__ import annotations

import re
import time
from datetime import date, datetime, timedelta
from xml.etree import ElementTree
from zoneinfo import ZoneInfo

import pytest
import time_machine
from django.core.cache import cache
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.utils import timezone

from claims_portal.backoffice import periods
from claims_portal.backoffice.charts import MOST_BARS, WIDTH, bars, lines, nice
from claims_portal.backoffice.periods import Period, period_named
from complaints.models import Complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

from .conftest import signed_in

PAGE = "/gestion/tableau-de-bord/"
CASABLANCA = ZoneInfo("Africa/Casablanca")


def cards(response) -> list[str]:
    return [number for number, _words, _tone in response.context["cards"]]


def answered(desk, *, after: float, **given) -> Complaint:
    complaint = ComplaintFactory(desk=desk, opened_at=timezone.now() - timedelta(days=9), **given)
    moment = complaint.opened_at + timedelta(days=after)
    Complaint.objects.filter(pk=complaint.pk).update(answered_at=moment)
    return complaint


@pytest.mark.req("E119", "E120")
def test_an_agent_reads_how_many_were_received_answered_and_how_fast(staff, desk):
    for days in (2, 4, 6):
        answered(desk, after=days)
    ComplaintFactory(desk=desk)
    assert cards(staff.get(PAGE)) == ["4", "3", "0", "4,0 j", "5,6 j"]


def test_the_desks_of_others_are_not_counted(staff, desk):
    ComplaintFactory()
    ComplaintFactory(desk=desk)
    assert cards(staff.get(PAGE))[0] == "1"


def test_a_superuser_counts_every_desk(administrator):
    ComplaintFactory.create_batch(2)
    assert cards(signed_in(administrator).get(PAGE))[0] == "2"


def test_another_persons_desk_cannot_be_asked_for(staff, desk):
    response = staff.get(PAGE, {"guichet": DeskFactory().pk})
    assert response.status_code == 422
    assert "cards" not in response.context


def test_staff_without_a_right_on_complaints_find_nothing(desk):
    assert signed_in(AgentFactory(desks=[desk], permissions=[])).get(PAGE).status_code == 404


def test_nobody_gets_in_without_an_account_of_the_staff(client, db):
    assert client.get(PAGE).status_code == 302


def test_an_empty_period_says_so(staff):
    assert "Aucune réclamation reçue dans cette période." in staff.get(PAGE).content.decode()


def test_dates_can_be_chosen(staff, desk):
    received = timezone.now() - timedelta(days=200)
    ComplaintFactory(desk=desk, opened_at=received)
    day = timezone.localdate(received)
    response = staff.get(PAGE, {"periode": "dates", "du": f"{day}", "au": f"{day}"})
    assert cards(response)[0] == "1"


@pytest.mark.parametrize(
    "dates", [{}, {"du": "2026-02-01", "au": "2026-01-01"}, {"du": "1990-01-01", "au": "2026-01-01"}]
)
def test_dates_that_make_no_period_are_refused_with_a_sentence(staff, dates):
    response = staff.get(PAGE, {"periode": "dates"} | dates)
    assert response.status_code == 422
    assert 'role="alert"' in response.content.decode()


def test_an_agent_who_left_the_desk_keeps_their_name(staff, desk):
    gone = AgentFactory(desks=[desk], first_name="Hind", last_name="Sefrioui")
    ComplaintFactory(desk=desk, state="in-progress", agent=gone)
    gone.desks.clear()
    assert "Hind Sefrioui" in staff.get(PAGE).content.decode()


@pytest.mark.parametrize(
    ("name", "first", "last"),
    [
        ("mois", date(2026, 2, 1), date(2026, 2, 10)),
        ("mois-dernier", date(2026, 1, 1), date(2026, 1, 31)),
        ("trimestre", date(2026, 1, 1), date(2026, 2, 10)),
        ("trimestre-dernier", date(2025, 10, 1), date(2025, 12, 31)),
        ("90-jours", date(2025, 11, 13), date(2026, 2, 10)),
    ],
)
def test_a_named_period_is_that_of_the_calendar(name, first, last):
    assert period_named(name, date(2026, 2, 10)) == Period(first, last)


def test_drawings_are_well_formed_described_and_without_inline_style(staff, desk):
    answered(desk, after=3)
    page = staff.get(PAGE).content.decode()
    drawings = [each for each in re.findall(r"<svg viewBox=.*?</svg>", page, re.DOTALL) if 'role="img"' in each]
    assert len(drawings) == 7
    for each in drawings:
        tree = ElementTree.fromstring(each)
        assert tree.find("title").text
        assert tree.find("desc").text
    assert "style=" not in page
    assert page.count("<table>") == 4


def test_names_are_never_markup(staff, desk):
    category = desk.categories.order_by("pk")[0]
    category.name_fr = "<script>alert(1)</script>"
    category.save()
    ComplaintFactory(desk=desk)
    assert "<script>alert(1)" not in staff.get(PAGE).content.decode()


def test_the_arabic_page_draws_its_bars_from_the_right(staff, desk):
    ComplaintFactory(desk=desk)
    drawing = staff.get(f"/ar{PAGE}").context["parts"][1].drawing
    (bar,) = drawing.rows
    assert bar.segments[0].x + bar.segments[0].width == WIDTH


def test_the_page_costs_the_same_queries_with_one_case_or_many(staff, desk):
    def cost() -> int:
        cache.clear()  # what was counted a moment ago is not counted again
        with CaptureQueriesContext(connection) as queries:
            assert staff.get(PAGE).status_code == 200
        return len(queries)

    ComplaintFactory(desk=desk)
    cost()
    few = cost()
    agents = AgentFactory.create_batch(3, desks=[desk])
    for agent in agents:
        ComplaintFactory(desk=desk, state="answered", agent=agent)
    assert cost() == few <= 15


def test_figures_asked_again_within_the_minute_are_those_of_the_time_they_show(staff, desk):
    with time_machine.travel(datetime(2026, 3, 3, 14, 5, tzinfo=CASABLANCA), tick=False):
        ComplaintFactory(desk=desk)
        staff.get(PAGE)
    ComplaintFactory(desk=desk)
    with time_machine.travel(datetime(2026, 3, 3, 14, 5, 59, tzinfo=CASABLANCA), tick=False):
        again = staff.get(PAGE)
    assert cards(again)[0] == "1"
    assert "Comptées à 14:05." in again.content.decode()


def test_figures_are_counted_afresh_after_a_minute(staff, desk, monkeypatch):
    monkeypatch.setattr(periods, "KEPT_SECONDS", 0.01)
    ComplaintFactory(desk=desk)
    staff.get(PAGE)
    ComplaintFactory(desk=desk)
    time.sleep(0.02)
    assert cards(staff.get(PAGE))[0] == "2"


def test_a_bar_is_as_long_as_its_number_and_none_is_invisible():
    drawn = bars([("a", [("answered", 1000), ("late", 1)], "1001"), ("b", [("answered", 500)], "500")])
    first, second = drawn.rows
    assert second.segments[0].width == pytest.approx(first.segments[0].width / 2, abs=1)
    assert first.segments[1].width >= 2


def test_a_long_number_stays_within_the_drawing():
    (bar,) = bars([("a", [("answered", 30.0)], "30,0 j – 30,0 j")]).rows
    assert bar.text_x + len(bar.text) * 9 <= WIDTH


def test_a_long_label_is_cut_and_words_from_right_to_left_stay_in_their_order():
    (bar,) = bars([("ا" * 100, [("answered", 30.0)], "30,0 يوم")], right_to_left=True).rows
    assert bar.label.endswith("ا…\u2069")
    assert len(bar.label) < 60
    assert bar.text == "\u206730,0 يوم\u2069"


def test_what_is_not_drawn_is_told():
    rows = [(str(number), [("answered", 1.0)], "1") for number in range(MOST_BARS + 3)]
    assert bars(rows).hidden == 3


@pytest.mark.parametrize(("value", "end"), [(0, 2), (3, 4), (5, 10), (11, 20), (399, 400), (401, 1000)])
def test_an_axis_ends_with_a_round_number(value, end):
    assert nice(value) == end


def test_a_line_stays_within_its_frame():
    drawn = lines(["a", "b", "c"], [("received", [0, 7, 10])])
    assert all(drawn.left <= x <= drawn.right and 0 <= y <= drawn.floor for x, y in drawn.series[0].points)
