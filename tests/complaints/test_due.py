"""When the nearest promise of a case is due stands on the case itself, and follows whatever happens to it."""

from __future__ import annotations

from collections.abc import Callable
from datetime import timedelta

import pytest
from django.utils import timezone

from claims_portal.cases.services.clocks import recompute_clocks_of_calendar
from claims_portal.deadlines.models import HolidayOverride
from complaints.models import Clock, Complaint
from complaints.services.following import reopen_complaint, withdraw_complaint
from complaints.services.linking import merge_complaint
from complaints.services.transferring import transfer_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

pytestmark = pytest.mark.django_db
EARLIER = timezone.now() - timedelta(days=10)


def reopened(case: Complaint) -> None:
    withdraw_complaint(complaint_id=case.pk)
    reopen_complaint(complaint_id=case.pk, reason="Rien n’est réglé.")


def merged(case: Complaint) -> None:
    earlier = ComplaintFactory(desk=case.desk, opened_at=EARLIER, complainant__email=case.complainant.email)
    merge_complaint(complaint_id=earlier.pk, into_id=case.pk, user=AgentFactory(desks=[case.desk]))


def transferred(case: Complaint) -> None:
    other = DeskFactory(organisation=case.desk.organisation, procedure__acknowledgement_delay=None)
    to = {"category_id": other.categories.first().pk, "body": "Il vous répondra."}
    transfer_complaint(complaint_id=case.pk, user=AgentFactory(desks=[case.desk]), **to)


def moved_by_a_holiday(case: Complaint) -> None:
    calendar = case.desk.procedure.acknowledgement_delay.calendar
    for day in range(1, 8):
        HolidayOverride.objects.create(
            calendar=calendar, date=timezone.localdate() + timedelta(days=day), name_fr="Fermeture"
        )
    recompute_clocks_of_calendar(calendar_id=calendar.pk)


@pytest.mark.req("F19")
@pytest.mark.parametrize("happens", [reopened, merged, transferred, moved_by_a_holiday])
def test_the_queues_follow_a_due_date_that_moves(happens: Callable[[Complaint], None]):
    case = ComplaintFactory()
    before = case.due_at
    happens(case)
    case.refresh_from_db()
    assert case.due_at == Clock.objects.ticking().filter(case=case).earliest("due_at").due_at != before
