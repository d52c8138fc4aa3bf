"""A message that reached nobody: the desk sees it on the case and in a queue until somebody acts (F18)."""

from __future__ import annotations

import pytest
from django.test import Client

from claims_portal.cases.services.exchange import add_note
from claims_portal.cases.services.undelivered import message_failed
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import refuse
from complaints.models import Complaint, Event
from tests.factories.complaints import AgentFactory, ComplaintFactory
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db
LIST = "/gestion/complaints/complaint/"


def refused(complaint: Complaint) -> Message:
    """The message about the answer came back."""
    message = Message.objects.get(about=f"complaint:{complaint.pk}", notice="complaints.answered")
    Message.objects.filter(pk=message.pk).update(state="sent")
    assert refuse(message_id=message.message_id, reason="550 5.1.1")
    return message


@pytest.mark.req("F18")
def test_a_bounce_is_an_internal_event_and_puts_the_case_in_a_queue_until_an_agent_acts():
    complaint = ComplaintFactory(state="answered")
    refused(complaint)
    event = complaint.events.last()
    assert (event.kind, event.is_public, "550 5.1.1" in event.body) == ("undelivered", False, True)
    assert complaint.complainant.email not in event.body
    agent = AgentFactory(desks=[complaint.desk])
    staff = Client()
    staff.force_login(agent, backend="django.contrib.auth.backends.ModelBackend")
    queue = staff.get(f"{LIST}?file=non-remis")
    assert [row.number for row in queue.context["cl"].rows] == [str(complaint)]
    add_note(Complaint, case_id=complaint.pk, user=agent, body="Appelée, nouvelle adresse demandée.")
    assert Complaint.objects.get(pk=complaint.pk).undelivered_at is None


def test_the_case_page_shows_under_each_event_what_was_sent_and_its_exact_copy():
    complaint = ComplaintFactory(state="answered")
    message = refused(complaint)
    staff = Client()
    staff.force_login(
        AgentFactory(desks=[complaint.desk], permissions=["complaints.view_complaint", "complaints.handle"]),
        backend="django.contrib.auth.backends.ModelBackend",
    )
    page = staff.get(f"{LIST}{complaint.pk}/")
    entry = next(each for each in page.context["thread"] if each["title"] == "Réponse apportée")
    assert [(each["message"].pk, each["message"].state) for each in entry["sent"]] == [(message.pk, "refused")]
    copy = staff.get(f"{LIST}{complaint.pk}/messages/{message.pk}/copie/").content.decode()
    assert "Le service a répondu à votre réclamation" in copy
    assert complaint.complainant.email not in copy
    staff.post(f"{LIST}{complaint.pk}/messages/{message.pk}/")
    assert Message.objects.get(pk=message.pk).state == "queued"
    assert Complaint.objects.get(pk=complaint.pk).undelivered_at is None


@pytest.mark.parametrize("given", [{"about": ""}, {"about": "draft:1"}, {"notice": "complaints.overdue"}])
def test_a_message_that_is_not_for_the_complainant_leaves_the_case_alone(given):
    complaint = ComplaintFactory()
    events = Event.objects.count()
    message_failed(MessageFactory.create(**({"about": f"complaint:{complaint.pk}"} | given)))
    assert Event.objects.count() == events
