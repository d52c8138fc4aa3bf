"""What a deadline says of itself, and the bar that is drawn of it."""

from __future__ import annotations

import json
from datetime import timedelta

import pytest
from django.template import Context, Template
from django.utils.translation import override

from claims_portal.deadlines.compute import Due
from claims_portal.deadlines.explanation import Explanation, explanation_details, explanation_sentence
from tests.deadlines.clock import due_of, instant
from tests.factories.deadlines import CalendarFactory, DelayFactory

pytestmark = pytest.mark.django_db
NBSP = "\N{NO-BREAK SPACE}"


@pytest.mark.req("C34")
def test_the_sentence_names_what_is_counted_and_what_is_left_out():
    found = due_of(DelayFactory(amount=10), "2026-05-18 10:00", ("2026-06-01 09:00", "2026-06-05 08:00"))
    assert explanation_sentence(found.explanation) == (
        "10 jours ouvrables à compter du lundi 18 mai 2026, sans compter 2 jours fériés et 4 jours de pause"
    )


@pytest.mark.parametrize(
    ("options", "expected"),
    [
        ({"months": True, "amount": 2}, "2 mois à compter du mardi 3 mars 2026"),
        ({"calendar_days": True, "amount": 1}, "1 jour à compter du mardi 3 mars 2026"),
        ({"amount": 1}, "1 jour ouvrable à compter du mardi 3 mars 2026"),
        ({"wall_clock": True, "amount": 48}, "48 heures à compter du mardi 3 mars 2026 à 10:00"),
        ({"desk_hours": True, "amount": 1}, "1 heure d’ouverture à compter du mardi 3 mars 2026 à 10:00"),
        (
            {"unit": "minutes", "counting": "wall-clock", "amount": 60},
            "60 minutes à compter du mardi 3 mars 2026 à 10:00",
        ),
    ],
)
def test_the_sentence_of_an_undisturbed_delay_is_short(options, expected):
    assert str(due_of(DelayFactory(**options), "2026-03-03 10:00")) == expected


@pytest.mark.parametrize(
    ("resumes", "expected"),
    [("09:20", "20 minutes de pause"), ("12:00", "3 heures de pause"), ("12:05", f"3{NBSP}h{NBSP}05 de pause")],
)
def test_a_pause_of_an_hour_count_is_said_in_hours_and_minutes(resumes, expected):
    delay = DelayFactory(wall_clock=True, amount=48)
    found = due_of(delay, "2026-03-03 10:00", ("2026-03-04 09:00", f"2026-03-04 {resumes}"))
    assert str(found) == f"48 heures à compter du mardi 3 mars 2026 à 10:00, sans compter {expected}"


def test_the_first_of_a_month_is_spelled_as_in_french():
    assert "dimanche 1er mars 2026" in str(due_of(DelayFactory(), "2026-03-01 10:00"))


@pytest.mark.parametrize(
    ("language", "expected"),
    [
        ("fr", "1er mars 2026 à 00:30 · 1er mars 2026 · 3 mars 2026"),
        ("ar", "فاتح مارس 2026 على الساعة 00:30 · فاتح مارس 2026 · 3 مارس 2026"),
    ],
)
def test_a_page_writes_the_first_of_a_month_as_people_do_on_the_clock_of_their_zone(language, expected):
    page = Template("{{ first|day_and_time }} · {{ first|day }} · {{ third|day }}{{ nothing|day }}")
    # Still the last day of February in UTC.
    moments = {"first": instant("2026-03-01 00:30"), "third": instant("2026-03-03 00:30"), "nothing": None}
    with override(language):
        assert page.render(Context(moments)) == expected


def test_an_extension_says_from_which_date():
    delay = DelayFactory(calendar_days=True, amount=4, extend_to_working_day=True)
    assert str(due_of(delay, "2026-03-03 10:00")) == (
        "4 jours à compter du mardi 3 mars 2026, avec report au premier jour ouvrable après le samedi 7 mars 2026"
    )


def test_the_details_name_the_calendar_and_each_day_passed_over():
    found = due_of(DelayFactory(amount=10), "2026-03-13 10:00")
    assert explanation_details(found.explanation) == [
        f"Calendrier{NBSP}: Maroc",
        f"Férié{NBSP}: vendredi 20 mars 2026, Fête de la rupture du jeûne (estimé)",
        "6 jours de repos hebdomadaire",
    ]


def test_the_stored_explanation_is_read_in_the_language_of_the_reader():
    stored = due_of(DelayFactory(amount=10), "2026-03-13 10:00").explanation.as_json()
    with override("ar"):
        calendar, feast, _rest = explanation_details(Explanation.from_json(stored))
        sentence = explanation_sentence(stored)
    assert "المغرب" in calendar
    assert "عيد الفطر" in feast
    assert "الجمعة 13 مارس 2026" in sentence


def test_the_start_is_said_on_the_clock_of_the_calendar():
    delay = DelayFactory(wall_clock=True, amount=1, calendar=CalendarFactory(french=True))
    assert str(due_of(delay, "2026-07-01 00:30")).endswith("mercredi 1er juillet 2026 à 00:30")


def test_an_explanation_survives_being_stored_as_json():
    delay = DelayFactory(calendar_days=True, amount=4, extend_to_working_day=True, calendar__weekdays=[1, 2, 3, 4])
    found = due_of(delay, "2026-05-23 10:00", ("2026-05-24 10:00", "2026-05-24 11:00"))
    stored = json.loads(json.dumps(found.explanation.as_json()))
    assert found.explanation.holidays
    assert Due.stored(at=found.at, explanation=stored) == found


def test_a_deadline_is_running_then_soon_then_late():
    due = due_of(DelayFactory(calendar_days=True, amount=10), "2026-03-03 10:00")
    assert due.state(due.at - timedelta(days=3)) == "running"
    assert due.state(due.at - timedelta(days=3) + timedelta(seconds=1)) == "soon"
    assert due.state(due.at) == "soon"
    assert due.state(due.at + timedelta(seconds=1)) == "late"


def test_progress_goes_from_nothing_to_everything():
    due = due_of(DelayFactory(wall_clock=True, amount=48), "2026-03-03 10:00")
    moments = ["2026-03-02 10:00", "2026-03-03 10:00", "2026-03-03 22:00", "2026-03-05 10:00", "2026-03-09 10:00"]
    assert [due.progress(instant(each)) for each in moments] == [0.0, 0.0, 0.25, 1.0, 1.0]
