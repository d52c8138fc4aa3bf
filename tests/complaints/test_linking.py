"""Cases that belong together: linked for the desk, or merged so that the person follows one number."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.utils import timezone

from claims_portal.cases.workflow import TransitionNotAllowed
from claims_portal.notifications.models import Message
from complaints.models import CaseLink, Clock, Complaint, Event
from complaints.services.following import reopen_complaint
from complaints.services.linking import CannotJoin, link_cases, merge_complaint, unlink_cases
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

EARLIER = timezone.now() - timedelta(days=20)


@pytest.fixture
def desk(db: None):
    return DeskFactory.create()


@pytest.fixture
def agent(desk):
    return AgentFactory.create(desks=[desk])


def pair(desk, **given) -> tuple[Complaint, Complaint]:
    """The case that ends, received earlier, and the one that goes on; of one person."""
    same = {"desk": desk, "complainant__email": "amina@exemple.ma"}
    return ComplaintFactory(opened_at=EARLIER, **same), ComplaintFactory(**(same | given))


def now(complaint: Complaint) -> Complaint:
    return Complaint.objects.get(pk=complaint.pk)


@pytest.mark.req("F8")
def test_a_merged_case_is_closed_and_the_person_learns_which_number_to_follow(desk, agent):
    ends, goes_on = pair(desk)
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    assert (now(ends).state, now(ends).merged_into) == ("closed", goes_on)
    assert not Clock.objects.filter(case=ends, stopped_at=None).exists()
    told = Message.objects.get(notice="complaints.merged")
    assert str(goes_on) in told.body_text
    said = Event.objects.get(case=goes_on, kind="absorbed")
    assert str(ends) in said.body and said.is_public


def test_the_delays_of_the_case_that_goes_on_count_from_the_earlier_reception(desk, agent):
    ends, goes_on = pair(desk)
    before = dict(goes_on.clocks.values_list("kind", "due_at"))
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    after = {clock.kind: clock for clock in Clock.objects.filter(case=goes_on)}
    assert {clock.started_at for clock in after.values()} == {EARLIER}
    assert all(after[kind].due_at < due for kind, due in before.items())


def test_a_later_reception_moves_no_delay(desk, agent):
    earlier, later = pair(desk)
    merge_complaint(complaint_id=later.pk, into_id=earlier.pk, user=agent)
    assert set(Clock.objects.filter(case=earlier).values_list("started_at", flat=True)) == {EARLIER}
    assert "délais" not in Event.objects.get(case=earlier, kind="absorbed").body


def test_what_was_merged_before_follows(desk, agent):
    first, second = pair(desk)
    third = ComplaintFactory(desk=desk, complainant__email="amina@exemple.ma")
    merge_complaint(complaint_id=first.pk, into_id=second.pk, user=agent)
    merge_complaint(complaint_id=second.pk, into_id=third.pk, user=agent)
    assert {now(first).merged_into, now(second).merged_into} == {third}


def test_an_answered_case_that_another_joins_waits_for_the_desk_again(desk, agent):
    ends, goes_on = pair(desk, state="answered")
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    assert (now(goes_on).state, now(goes_on).waiting_on) == ("answered", "desk")


def test_a_case_is_not_merged_into_itself_nor_twice_nor_both_ways(desk, agent):
    ends, goes_on = pair(desk)
    with pytest.raises(CannotJoin):
        merge_complaint(complaint_id=ends.pk, into_id=ends.pk, user=agent)
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    for one, two in ((ends, goes_on), (goes_on, ends)):
        with pytest.raises(TransitionNotAllowed):
            merge_complaint(complaint_id=one.pk, into_id=two.pk, user=agent)
    assert now(goes_on).state == "received"


@pytest.mark.parametrize("given", [{"complainant__email": "autre@exemple.ma"}, {"desk": None}])
def test_cases_of_two_people_or_two_organisations_are_not_merged(desk, agent, given):
    ends, _goes_on = pair(desk)
    nobody = {"complainant__mobile": "", "complainant__cin": "", "complainant__email": "amina@exemple.ma"}
    given = given if "desk" not in given else {"desk": DeskFactory()}
    other = ComplaintFactory(**({"desk": desk} | nobody | given))
    with pytest.raises(CannotJoin):
        merge_complaint(complaint_id=ends.pk, into_id=other.pk, user=agent)
    assert now(ends).merged_into is None


def test_a_merged_case_cannot_be_reopened(desk, agent):
    ends, goes_on = pair(desk)
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    with pytest.raises(TransitionNotAllowed):
        reopen_complaint(complaint_id=ends.pk, reason="Et la mienne ?")


def test_a_link_is_one_whichever_way_it_is_made_and_can_be_taken_away(desk, agent):
    one, two = pair(desk)
    told = Message.objects.count()
    link_cases(complaint_id=one.pk, other_id=two.pk, kind="person", user=agent)
    link_cases(complaint_id=two.pk, other_id=one.pk, kind="matter", user=agent)
    assert CaseLink.objects.get().kind == "matter"
    unlink_cases(complaint_id=one.pk, other_id=two.pk, user=agent)
    assert not CaseLink.objects.exists()
    assert Event.objects.filter(kind="linked", is_public=False).count() == 6
    assert Message.objects.count() == told


@pytest.mark.req("F8")
def test_who_follows_a_merged_case_is_led_to_the_one_that_goes_on(client, desk, agent):
    ends, goes_on = pair(desk)
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    asked = {"number": ends.number, "email": "amina@exemple.ma"}
    page = client.post("/reclamations/suivi/", asked, follow=True).content.decode()
    assert f'href="/reclamations/suivi/{goes_on.number}/"' in page
    assert client.get(f"/reclamations/suivi/{goes_on.number}/").status_code == 200


def test_another_contact_of_the_same_person_is_told_the_number_and_asked_for_the_contact(client, desk, agent):
    goes_on = ComplaintFactory(desk=desk, complainant__email="bureau@exemple.ma", complainant__mobile="")
    ends = ComplaintFactory(desk=desk, complainant__email="maison@exemple.ma")  # the same CIN
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    asked = {"number": ends.number, "email": "maison@exemple.ma"}
    page = client.post("/reclamations/suivi/", asked, follow=True).content.decode()
    assert str(goes_on) in page
    assert client.get(f"/reclamations/suivi/{goes_on.number}/").status_code == 404


def test_an_arabic_reader_sees_the_groups_of_the_other_number_in_their_order(desk, agent):
    ends, goes_on = pair(desk)
    Complaint.objects.filter(pk=ends.pk).update(language="ar")
    merge_complaint(complaint_id=ends.pk, into_id=goes_on.pk, user=agent)
    assert str(goes_on).replace(" ", "\u00a0") in ends.events.get(kind="merged").body
