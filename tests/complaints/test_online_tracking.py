"""Following online a complaint that came on paper: asked by the person, checked by an agent."""

from __future__ import annotations

import pytest

from claims_portal.cases.refusals import AlreadyDecided
from claims_portal.notifications.models import Message
from complaints.access import matching
from complaints.models import EventKind, TrackingRequest
from complaints.services.online import ContactKnown, accept_request, add_contact, refuse_request
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory

pytestmark = pytest.mark.django_db
PAGE = "/reclamations/suivi-en-ligne/"
QUEUE = "/gestion/complaints/trackingrequest/"
RIGHTS = ["complaints.view_complaint", "complaints.handle", "complaints.see_contact"]


@pytest.fixture
def desk():
    return DeskFactory()


@pytest.fixture
def agent(desk):
    return AgentFactory(desks=[desk], permissions=RIGHTS)


@pytest.fixture
def paper(desk, agent):
    """A letter from somebody who gave no contact."""
    return ComplaintFactory(desk=desk, channel="post", entered_by=agent, complainant__email="", complainant__mobile="")


def ask(client, desk, **changes):
    return client.post(PAGE, {"desk": desk.code, "email": "amina@exemple.ma"} | changes)


@pytest.mark.req("A43")
@pytest.mark.req("A44")
def test_who_wrote_by_post_asks_with_the_number_and_staff_see_it_in_their_queue(client, desk, agent, paper):
    assert "Votre demande est transmise" in ask(client, desk, number=str(paper)).content.decode()
    asked = TrackingRequest.objects.get()
    assert (asked.number, asked.email, asked.decision) == (paper.number, "amina@exemple.ma", "pending")
    assert "amina@exemple.ma" in signed_in(agent).get(QUEUE).content.decode()


def test_the_name_and_the_reference_of_the_letter_are_enough(client, desk, agent, paper):
    ask(client, desk, name="El Amrani Amina", letter_reference="RK 123", email="", mobile="0612345678")
    shown = signed_in(agent).get(f"{QUEUE}{TrackingRequest.objects.get().pk}/").content.decode()
    assert str(paper) in shown


@pytest.mark.parametrize("given", [{}, {"name": "Amina"}, {"number": "4829 1350 7265"}, {"number": "1", "email": ""}])
def test_too_little_is_said_beside_the_field_and_nothing_is_kept(client, desk, given):
    assert "Erreur" in ask(client, desk, **given).content.decode()
    assert not TrackingRequest.objects.exists()


def test_the_answer_is_the_same_whether_the_case_exists_or_not(client, desk, paper):
    known = ask(client, desk, number=paper.number)
    unknown = ask(client, desk, number="000000000000")
    assert known.status_code == unknown.status_code == 200
    assert known.content == unknown.content


def test_asked_twice_it_is_one_request(client, desk, paper):
    ask(client, desk, number=paper.number)
    ask(client, desk, number=paper.number)
    assert TrackingRequest.objects.count() == 1


def test_a_request_goes_to_the_desk_of_the_case(client, paper):
    ask(client, DeskFactory(), number=paper.number)
    assert TrackingRequest.objects.get().desk == paper.desk


def test_asking_is_limited(client, desk, paper, settings):
    settings.THROTTLES = settings.THROTTLES | {"online-tracking-address": (1, 3600)}
    ask(client, desk, number=paper.number)
    assert ask(client, desk, number=paper.number).status_code == 429


@pytest.mark.req("A43")
@pytest.mark.req("K1")
def test_an_accepted_request_opens_the_tracking_and_tells_the_person(client, desk, agent, paper):
    assert matching(number=paper.number, email="amina@exemple.ma", mobile="") is None
    ask(client, desk, number=paper.number)
    asked = TrackingRequest.objects.get()
    response = signed_in(agent).post(f"{QUEUE}{asked.pk}/", {"decision": "accept", "number": str(paper)})
    assert response["Location"] == QUEUE
    assert matching(number=paper.number, email="amina@exemple.ma", mobile="") == paper
    assert paper.events.last().kind == EventKind.CONTACT_ADDED
    assert paper.events.last().user == agent
    message = Message.objects.get()
    assert (message.notice, message.recipient) == ("complaints.tracking_opened", "amina@exemple.ma")
    asked.refresh_from_db()
    assert (asked.decision, asked.complaint, asked.decided_by) == ("granted", paper, agent)


def test_a_refused_request_says_why(client, desk, agent, paper):
    ask(client, desk, number=paper.number)
    asked = TrackingRequest.objects.get()
    staff = signed_in(agent)
    assert staff.post(f"{QUEUE}{asked.pk}/", {"decision": "refuse"}).status_code == 422
    staff.post(f"{QUEUE}{asked.pk}/", {"decision": "refuse", "refusal": "unsure"})
    assert "ne suffit pas pour être sûr" in Message.objects.get().body_text
    assert matching(number=paper.number, email="amina@exemple.ma", mobile="") is None


def test_a_request_is_decided_once(client, desk, agent, paper):
    ask(client, desk, number=paper.number)
    asked = TrackingRequest.objects.get()
    refuse_request(request_id=asked.pk, user=agent, refusal="not-found")
    with pytest.raises(AlreadyDecided):
        accept_request(request_id=asked.pk, complaint_id=paper.pk, user=agent)


@pytest.mark.req("K1")
def test_an_agent_adds_a_mobile_and_the_person_gets_an_sms(agent, paper):
    staff = signed_in(agent)
    address = f"/gestion/complaints/complaint/{paper.pk}/contact/"
    assert "Ajouter un e-mail ou un portable" in staff.get(address.removesuffix("contact/")).content.decode()
    assert staff.post(address, {"email": "", "mobile": ""}).status_code == 422
    assert staff.post(address, {"email": "", "mobile": "06 12 34 56 78"}).status_code == 302
    assert Message.objects.get().recipient == "+212612345678"
    paper.refresh_from_db()
    assert paper.wants_sms


def test_a_known_contact_is_never_replaced(agent, desk):
    complaint = ComplaintFactory(desk=desk, complainant__email="amina@exemple.ma")
    for email in ("amina@exemple.ma", "autre@exemple.ma"):
        with pytest.raises(ContactKnown):
            add_contact(complaint_id=complaint.pk, user=agent, email=email)


@pytest.mark.parametrize("rights", [RIGHTS[:1], RIGHTS[:2], []])
def test_without_the_right_to_handle_and_to_see_contacts_nothing_is_decided(client, desk, paper, rights):
    ask(client, desk, number=paper.number)
    asked = TrackingRequest.objects.get()
    staff = signed_in(AgentFactory(desks=[desk], permissions=rights))
    for address in (QUEUE, f"{QUEUE}{asked.pk}/", f"/gestion/complaints/complaint/{paper.pk}/contact/"):
        assert staff.get(address).status_code == 404
        assert staff.post(address, {"decision": "accept", "number": paper.number}).status_code == 404


def test_requests_and_cases_of_other_desks_look_like_none(client, desk, paper):
    ask(client, desk, number=paper.number)
    stranger = signed_in(AgentFactory(desks=[DeskFactory()], permissions=RIGHTS))
    assert stranger.get(f"{QUEUE}{TrackingRequest.objects.get().pk}/").status_code == 404
    assert "amina@exemple.ma" not in stranger.get(QUEUE).content.decode()
    assert stranger.get(f"/gestion/complaints/complaint/{paper.pk}/contact/").status_code == 404
