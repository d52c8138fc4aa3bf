"""Pages about a case tell the time of the organisation that handles it."""

from __future__ import annotations

from datetime import UTC, datetime

import pytest
import time_machine
from django.utils import timezone

from tests.factories.complaints import ComplaintFactory

from .public import dashboard, follow

pytestmark = pytest.mark.django_db
LATE_ON_TUESDAY = datetime(2026, 9, 1, 22, 30, tzinfo=UTC)  # 23:30 in Casablanca, half past midnight in Paris


@pytest.mark.parametrize(
    ("zone", "told"),
    [("Africa/Casablanca", "mardi 1er septembre 2026 · 23:30"), ("Europe/Paris", "mercredi 2 septembre 2026 · 00:30")],
)
def test_the_same_moment_is_told_on_the_clocks_of_each_organisation(client, zone, told):
    with time_machine.travel(LATE_ON_TUESDAY):
        complaint = ComplaintFactory(desk__organisation__time_zone=zone, complainant__email="amina@exemple.ma")
        follow(client, complaint)
        page = client.get(dashboard(complaint)).content.decode()
    assert told in page.replace("\u00a0", " ")


def test_the_zone_of_one_page_does_not_stay_for_the_next(client):
    complaint = ComplaintFactory(desk__organisation__time_zone="Europe/Paris", complainant__email="amina@exemple.ma")
    before = timezone.get_current_timezone_name()
    follow(client, complaint)
    client.get(dashboard(complaint))
    assert timezone.get_current_timezone_name() == before


def test_a_case_is_kept_in_utc():
    complaint = ComplaintFactory(opened_at=LATE_ON_TUESDAY)
    complaint.refresh_from_db()
    assert complaint.opened_at == LATE_ON_TUESDAY
    assert complaint.opened_at.tzinfo == UTC
