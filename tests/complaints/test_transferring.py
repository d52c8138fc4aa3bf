"""A case handed over to another desk: same number, same reception, the other desk's delays."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from claims_portal.cases.refusals import CaseRefused
from claims_portal.cases.workflow import TransitionNotAllowed
from claims_portal.notifications.models import Message
from complaints.models import Complaint, Event, TrackingRequest
from complaints.services.following import write_to_desk
from complaints.services.online import ask_online_tracking
from complaints.services.transferring import destinations, transfer_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.deadlines import CalendarFactory, DelayFactory

RECEIVED = timezone.now() - timedelta(days=12)


@pytest.fixture
def desk(db: None):
    return DeskFactory.create()


@pytest.fixture
def quick(desk):
    """A desk of the same organisation that answers in five days, and acknowledges nothing."""
    delay = DelayFactory(calendar=CalendarFactory(), amount=5)
    return DeskFactory.create(
        organisation=desk.organisation, procedure__answer_delay=delay, procedure__acknowledgement_delay=None
    )


@pytest.fixture
def agent(desk):
    return AgentFactory.create(desks=[desk])


def hand_over(complaint: Complaint, to, agent, body="Ce guichet suit les contrats de santé.") -> Complaint:
    category = to.categories.get(name_fr="Refus de prise en charge")
    transfer_complaint(complaint_id=complaint.pk, user=agent, category_id=category.pk, body=body)
    return Complaint.objects.with_case().get(pk=complaint.pk)


@pytest.mark.req("C14")
def test_the_case_keeps_its_number_and_reception_and_gets_the_desk_and_category(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk, opened_at=RECEIVED, state="in-progress", agent=agent)
    after = hand_over(complaint, quick, agent)
    assert (after.number, after.opened_at, after.state) == (complaint.number, RECEIVED, "in-progress")
    assert (after.desk, after.category.desk, after.assigned_to) == (quick, quick, None)
    assert not Complaint.objects.visible_to(agent).exists()


def test_what_is_still_to_be_done_follows_the_new_delays_from_the_same_reception(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk, opened_at=RECEIVED)
    hand_over(complaint, quick, agent)
    (clock,) = complaint.clocks.all()
    assert (clock.kind, clock.started_at, clock.explanation["amount"]) == ("answer", RECEIVED, 5)


def test_what_the_person_has_had_already_is_not_promised_again(desk, agent):
    complaint = ComplaintFactory(desk=desk, state="in-progress", agent=agent)
    hand_over(complaint, DeskFactory(organisation=desk.organisation), agent)
    assert complaint.clocks.get(kind="acknowledgement").stopped_at is not None


def test_an_answer_that_waits_for_the_person_is_later_by_the_pause_at_the_new_desk_too(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk, state="complement", agent=agent)
    hand_over(complaint, quick, agent)
    write_to_desk(complaint_id=complaint.pk, body="Voici la facture.")
    assert complaint.clocks.get(kind="answer").explanation["amount"] == 5
    assert Complaint.objects.get(pk=complaint.pk).state == "in-progress"


def test_the_person_is_told_where_the_case_is_and_why(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk)
    hand_over(complaint, quick, agent)
    told = Message.objects.get(notice="complaints.transferred")
    assert quick.name_fr in told.body_text and "contrats de santé" not in told.body_text
    event = Event.objects.get(case=complaint, kind="transferred")
    assert event.is_public and desk.name_fr in event.body and "contrats de santé" in event.body


def test_a_letter_is_promised_to_who_complained_on_paper(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk, channel="post", complainant__email="", entered_by=agent)
    hand_over(complaint, quick, agent)
    assert complaint.letters.filter(event__kind="transferred").exists()


def test_a_request_to_follow_online_goes_with_its_case(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk, channel="post", complainant__email="", entered_by=agent)
    ask_online_tracking(
        desk=desk, number=complaint.number, name="", letter_reference="", email="a@exemple.ma", mobile="", language="fr"
    )
    hand_over(complaint, quick, agent)
    assert TrackingRequest.objects.get().desk == quick


@pytest.mark.req("F23")
def test_another_organisation_receives_only_when_the_desk_names_it(desk, agent):
    elsewhere = DeskFactory()
    complaint = ComplaintFactory(desk=desk)
    assert elsewhere not in destinations(desk)
    with pytest.raises(CaseRefused, match="vient de fermer"):
        hand_over(complaint, elsewhere, agent)
    desk.hands_over_to.add(elsewhere)
    assert hand_over(complaint, elsewhere, agent).desk == elsewhere


def test_an_answered_case_stays_where_it_was_answered(desk, quick, agent):
    complaint = ComplaintFactory(desk=desk, state="answered")
    with pytest.raises(TransitionNotAllowed):
        hand_over(complaint, quick, agent)
