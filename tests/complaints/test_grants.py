"""The rights a browser session holds: a new key with each, a way to leave, an end with the contact."""

from __future__ import annotations

import re

import pytest
from django.conf import settings
from django.contrib.sessions.models import Session
from django.test import Client
from django.urls import reverse

from claims_portal.accounts.links import create_link
from complaints import access
from complaints.models import Complaint
from membership.services.credentials import FORGOTTEN
from tests.factories.complaints import ComplaintFactory, DeskFactory
from tests.factories.membership import MemberFactory
from tests.factories.wizards import DraftFactory

from .public import answer_all, begin, dashboard, follow, send

pytestmark = pytest.mark.django_db
LIST = "/reclamations/mes-reclamations/liste/"


@pytest.fixture
def complaint() -> Complaint:
    return ComplaintFactory.create(complainant__email="amina@exemple.ma")


def planted(client: Client) -> Client:
    """Put into the browser the session cookie of an attacker, who keeps the same; gives the attacker's browser."""
    attacker = Client()
    begin(attacker, DeskFactory.create())
    key = attacker.cookies[settings.SESSION_COOKIE_NAME].value
    client.cookies[settings.SESSION_COOKIE_NAME] = key
    return attacker


def open_tracking(client: Client) -> str:
    case = ComplaintFactory.create(complainant__email="amina@exemple.ma")
    return str(follow(client, case).headers["Location"])


def open_list(client: Client) -> str:
    ComplaintFactory.create(complainant__email="amina@exemple.ma")
    token = create_link(purpose="my-complaints", subject="amina@exemple.ma", hours=1)
    return str(client.post(reverse("complaints:mine-list", args=[token])).headers["Location"])


def open_from_list(client: Client) -> str:
    address = open_list(client)
    return str(client.post(address, {"number": Complaint.objects.latest("pk").number}).headers["Location"])


def resume_draft(client: Client) -> str:
    token = create_link(purpose="resume-draft", subject=str(DraftFactory.create().pk), hours=1)
    return str(client.post(reverse("resume", args=[token])).headers["Location"])


def begin_draft(client: Client) -> str:
    desk = DeskFactory.create()
    return str(client.post(reverse("complaints:begin", args=[desk.code])).headers["Location"])


def file_complaint(client: Client) -> str:
    address = str(send(client, answer_all(client, begin(client, DeskFactory.create()))).headers["Location"])
    assert client.get(address).status_code == 200
    return dashboard(Complaint.objects.latest("pk"))


def enter_member_space(client: Client) -> str:
    member = MemberFactory.create()
    page = client.get(reverse("membership:sign-in"))
    said = {"policy": member.policy.number, "number": member.number, "person": "on"}
    said["waiting"] = page.context["waiting"]
    assert client.post(reverse("membership:sign-in"), said).status_code == 302
    client.post(reverse("membership:identity"), {"cin": member.cin})
    return reverse("membership:terms")


def reset_password(client: Client) -> str:
    account = MemberFactory.create(activated=True).account
    token = create_link(purpose=FORGOTTEN, subject=str(account.pk), hours=1)
    return str(client.post(reverse("membership:forgotten-link", args=[token])).headers["Location"])


@pytest.mark.parametrize(
    "give_right",
    [
        open_tracking,
        open_list,
        open_from_list,
        resume_draft,
        begin_draft,
        file_complaint,
        enter_member_space,
        reset_password,
    ],
)
def test_a_planted_session_cookie_gives_nothing_after_a_right_was_given(client, give_right, settings):
    settings.PATIENCE_SECONDS = 0
    attacker = planted(client)
    address = give_right(client)
    assert client.get(address).status_code == 200
    assert attacker.get(address).status_code in (302, 404)
    assert not Session.objects.filter(session_key=attacker.cookies["portal"].value).exists()


def test_what_the_browser_held_before_stays_under_the_new_key(client, complaint):
    draft = begin(client, complaint.desk)
    follow(client, complaint)
    assert client.get(reverse("later", args=[draft.pk])).status_code == 200
    assert client.get(dashboard(complaint)).status_code == 200


# --- Leaving ------------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("give_right", [open_tracking, open_list, open_from_list, file_complaint])
def test_leaving_ends_the_right_on_the_server_and_says_so(client, give_right, settings):
    settings.PATIENCE_SECONDS = 0
    address = give_right(client)
    assert reverse("complaints:leave") in client.get(address).content.decode()
    kept = client.cookies["portal"].value
    page = client.post(reverse("complaints:leave"), follow=True).content.decode()
    assert "Cet appareil n’ouvre plus vos réclamations" in page
    client.cookies["portal"] = kept
    assert client.get(address).status_code == 404
    assert not Session.objects.exists()


def test_leaving_closes_the_confirmation_of_a_sending_too(client, settings):
    settings.PATIENCE_SECONDS = 0
    draft = answer_all(client, begin(client, DeskFactory.create()))
    done = send(client, draft).headers["Location"]
    client.get(done)
    client.post(reverse("complaints:leave"))
    assert client.get(done).status_code == 404


def test_the_page_that_says_a_case_is_left_opens_again_in_the_other_language(client, complaint):
    follow(client, complaint)
    left = client.post(reverse("complaints:leave"), follow=True)
    [(_code, _name, address)] = left.context["languages"]
    page = client.get(address)
    assert page.status_code == 200
    assert "لم يعد هذا الجهاز يفتح شكاياتكم" in page.content.decode()


def test_who_may_still_open_a_case_is_not_told_that_it_is_left(client, complaint):
    follow(client, complaint)
    assert client.get(reverse("complaints:leave")).status_code == 302
    assert client.get(dashboard(complaint)).status_code == 200


def test_leaving_a_case_keeps_the_draft_that_was_begun_here(client, complaint):
    draft = begin(client, complaint.desk)
    follow(client, complaint)
    client.post(reverse("complaints:leave"))
    assert client.get(dashboard(complaint)).status_code == 404
    assert client.get(reverse("later", args=[draft.pk])).status_code == 200


def test_a_draft_that_a_link_opened_can_be_left_and_another_link_opens_it(client):
    address = resume_draft(client)
    draft = address.split("/")[3]
    assert 'value="leave"' in client.get(address).content.decode()
    page = client.post(reverse("later", args=[draft]), {"action": "leave"}).content.decode()
    assert "Cet appareil n’ouvre plus votre brouillon" in page
    assert client.get(address).status_code == 404
    assert not Session.objects.exists()
    token = create_link(purpose="resume-draft", subject=draft, hours=1)
    assert client.get(client.post(reverse("resume", args=[token])).headers["Location"]).status_code == 200


def test_a_draft_begun_here_offers_to_leave_only_where_it_is_put_away(client):
    address = begin_draft(client)
    assert 'value="leave"' not in client.get(address).content.decode()
    later = reverse("later", args=[address.split("/")[3]])
    assert 'value="leave"' in client.get(later).content.decode()


# --- The contact --------------------------------------------------------------------------------------------------


@pytest.mark.parametrize("changed", [{"email": "autre@exemple.ma"}, {"mobile": "+212699999999"}, {"email": ""}])
def test_a_right_ends_when_the_contact_of_the_case_changes(client, complaint, changed):
    follow(client, complaint)
    assert client.get(dashboard(complaint)).status_code == 200
    type(complaint.complainant).objects.filter(pk=complaint.complainant.pk).update(**changed)
    assert client.get(dashboard(complaint)).status_code == 404
    assert client.post(dashboard(complaint, "echange/"), {"body": "Bonjour"}).status_code == 404


def test_the_list_of_an_address_holds_no_case_whose_address_changed(client, complaint):
    token = create_link(purpose="my-complaints", subject="amina@exemple.ma", hours=1)
    client.post(reverse("complaints:mine-list", args=[token]))
    type(complaint.complainant).objects.filter(pk=complaint.complainant.pk).update(email="autre@exemple.ma")
    assert str(complaint) not in client.get(LIST).content.decode()
    assert client.post(LIST, {"number": complaint.number}).status_code == 404


def test_a_session_holds_no_contact_in_clear(client, complaint):
    follow(client, complaint)
    right = client.session[access.SESSION_KEY][complaint.number]
    assert re.fullmatch(r"[0-9a-f]{64}", right["contact"])
