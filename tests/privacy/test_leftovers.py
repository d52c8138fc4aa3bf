"""What belongs to no case does not stay for ever: messages, requests about data, refused requests, kept searches."""

from __future__ import annotations

from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.utils import timezone

from claims_portal.notifications.models import Message
from claims_portal.notifications.services import prune_untied
from claims_portal.privacy.models import RightsRequest
from claims_portal.privacy.services import answer_request, erase_old
from claims_portal.wizards.models import Draft
from claims_portal.wizards.services import create_draft, prune_drafts
from complaints.models import SavedFilter, TrackingRequest
from complaints.services.erasing import erase_refused_requests
from complaints.services.saving import mark_used, prune_filters, save_filter
from tests.factories.complaints import AgentFactory, DeskFactory
from tests.factories.deadlines import DelayFactory
from tests.factories.notifications import MessageFactory
from tests.factories.privacy import RightsDelayFactory, RightsRequestFactory

pytestmark = pytest.mark.django_db

NOW = datetime(2026, 3, 3, 10, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def clock():
    with time_machine.travel(NOW, tick=False) as travelling:
        yield travelling


def message(days_old: int, **given) -> Message:
    made = MessageFactory(**{"state": "sent", **given})
    Message.objects.filter(pk=made.pk).update(created_at=NOW - timedelta(days=days_old))
    return made


def test_messages_about_no_case_are_deleted_once_they_are_old(settings):
    kept = [message(89), message(91, about="complaint:12"), message(91, state="retry")]
    message(91), message(400, state="failed")
    assert [prune_untied(), prune_untied()] == [2, 0]
    assert set(Message.objects.all()) == set(kept)


def test_what_was_mailed_about_a_draft_goes_with_it():
    draft = create_draft(wizard="complaints.filing", desk=DeskFactory(), language="fr")
    told = message(1, about=f"draft:{draft.pk}", recipient="amina@exemple.ma")
    Draft.objects.update(expires_at=NOW - timedelta(days=1))
    prune_drafts()
    told.refresh_from_db()
    assert told.recipient == ""


def test_an_answered_request_leaves_the_register_in_its_time_and_one_that_waits_does_not(clock):
    rule = RightsDelayFactory(retention=DelayFactory(amount=12, months=True))
    asked = {"organisation": rule.organisation, "kind": rule.kind}
    answered, waiting = RightsRequestFactory(**asked), RightsRequestFactory(**asked)
    elsewhere = RightsRequestFactory(kind=rule.kind)
    for request in (answered, elsewhere):
        answer_request(
            request_id=request.pk, user=AgentFactory(), decision="granted", done="Corrigé.", identity_checked=True
        )
    clock.shift(timedelta(days=360))
    assert erase_old() == 0
    clock.shift(timedelta(days=10))
    assert [erase_old(), erase_old()] == [1, 0]
    assert set(RightsRequest.objects.all()) == {waiting, elsewhere}
    sent = Message.objects.about(f"rights-request:{answered.pk}")
    assert {(each.recipient, each.body_text) for each in sent} == {("", "")}


def test_a_refused_request_to_follow_online_is_deleted_with_its_message():
    desk, long_ago = DeskFactory(), timezone.now() - timedelta(days=91)
    made = [
        TrackingRequest.objects.create(desk=desk, name="Amina", email="amina@exemple.ma", decision=state, decided_at=at)
        for state, at in (("refused", long_ago), ("refused", NOW), ("pending", None))
    ]
    told = message(91, about=f"tracking-request:{made[0].pk}")
    assert [erase_refused_requests(), erase_refused_requests()] == [1, 0]
    assert list(TrackingRequest.objects.order_by("pk")) == made[1:]
    told.refresh_from_db()
    assert told.recipient == ""


def test_a_kept_search_goes_when_nobody_opens_it_and_with_who_left(clock):
    here, left = AgentFactory(), AgentFactory()
    used = save_filter(user=here, name="Tazi", queue="toutes", text="tazi")
    save_filter(user=here, name="Alami", queue="toutes", text="alami")
    queue = save_filter(user=here, name="Matin", queue="a-moi")
    clock.shift(timedelta(days=100))
    mark_used(saved=used)
    clock.shift(timedelta(days=100))
    save_filter(user=left, name="Soir", queue="a-moi")
    assert prune_filters() == 1
    left.is_active = False
    left.save()
    assert prune_filters() == 1
    assert set(SavedFilter.objects.all()) == {used, queue}
