"""What answers have taken, measured at night, told beside what is promised."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.urls import reverse

from complaints.models import Category, Complaint, ExpectedDelay
from complaints.promises import expected_delay, still_expected
from complaints.services import measuring
from complaints.services.measuring import measure_delays
from tests.factories.complaints import ComplaintFactory, DeskFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 9, 1, 9, 0, tzinfo=UTC)
DESK_PAGE = "En général, ce guichet répond en 3\u00a0jours, et 9 fois sur 10 en 4\u00a0jours au plus."


@pytest.fixture(autouse=True)
def clock(monkeypatch):
    monkeypatch.setattr(measuring, "LEAST", 4)
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


@pytest.fixture
def desk():
    return DeskFactory(categories=["Retard", "Refus"])


def answered(desk, *, took: Sequence[float], category: str = "Retard", days_ago: int = 5) -> list[Complaint]:
    """Cases answered some days ago, after so many days each."""
    key = Category.objects.get(desk=desk, name_fr=category).pk
    made = [ComplaintFactory(desk=desk, facts__category=str(key)) for _days in took]
    for complaint, days in zip(made, took, strict=True):
        at = NOW - timedelta(days=days_ago)
        Complaint.objects.filter(pk=complaint.pk).update(answered_at=at, opened_at=at - timedelta(days=days))
    desk.refresh_from_db()
    return made


def measures() -> list[tuple[str | None, int, int, int]]:
    rows = ExpectedDelay.objects.order_by("category__name_fr")
    return list(rows.values_list("category__name_fr", "answers", "median_days", "ninth_days"))


def test_a_desk_and_its_categories_are_measured_apart(desk):
    answered(desk, took=[1, 2, 3, 4])
    answered(desk, took=[20, 20, 20, 20], category="Refus")
    assert measure_delays() == 3
    assert measures() == [("Refus", 4, 20, 20), ("Retard", 4, 3, 4), (None, 8, 12, 20)]


def test_too_few_answers_and_old_ones_tell_nothing(desk):
    answered(desk, took=[1, 2, 3])
    answered(desk, took=[1, 2], days_ago=366)
    ComplaintFactory(desk=desk)
    assert (measure_delays(), measures(), expected_delay(desk)) == (0, [], None)


def test_what_is_no_longer_true_is_forgotten(desk, clock):
    answered(desk, took=[1, 2, 3, 4])
    measure_delays()
    clock.shift(timedelta(days=400))
    assert (measure_delays(), measures()) == (0, [])


def test_measuring_the_same_again_writes_nothing(desk):
    answered(desk, took=[1, 2, 3, 4])
    measure_delays()
    desk.refresh_from_db()
    version, keys = desk.version, list(ExpectedDelay.objects.values_list("pk", flat=True))
    measure_delays()
    desk.refresh_from_db()
    assert (desk.version, list(ExpectedDelay.objects.values_list("pk", flat=True))) == (version, keys)


@pytest.mark.req("F14")
def test_the_page_of_the_desk_tells_half_and_nine_out_of_ten(desk, client):
    page = reverse("complaints:desk", args=[desk.code])
    assert "En général" not in client.get(page).content.decode()
    answered(desk, took=[1, 2, 3, 4])
    measure_delays()
    told = client.get(page).content.decode()
    assert DESK_PAGE in told
    assert "Mesuré sur 4 réponses des douze derniers mois. Ce n’est pas un engagement." in told


def test_who_waits_reads_it_for_their_category_until_it_is_no_longer_true(desk, client, clock):
    answered(desk, took=[1, 2, 3, 4])
    answered(desk, took=[20, 20, 20, 20], category="Refus")
    measure_delays()
    desk.refresh_from_db()
    complaint = ComplaintFactory(desk=desk, facts__category=str(desk.categories.get(name_fr="Refus").pk))
    asked = {"number": complaint.number, "email": complaint.complainant.email}
    page = client.post(reverse("complaints:track"), asked, follow=True).content.decode()
    assert (
        "À ce sujet, ce guichet répond en général en 20\u00a0jours, et 9 fois sur 10 en 20\u00a0jours au plus." in page
    )
    clock.shift(timedelta(days=21))
    assert still_expected(complaint) is None


def test_who_has_an_answer_waits_for_nothing(desk):
    [first, *_others] = answered(desk, took=[1, 2, 3, 4])
    measure_delays()
    first.refresh_from_db()
    assert still_expected(first) is None
