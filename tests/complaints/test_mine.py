"""« Mes réclamations » : a link by e-mail to the list of one's cases."""

from __future__ import annotations

import re
from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.utils import timezone

from claims_portal.notifications.models import Message
from tests.factories.complaints import ComplaintFactory, DeskFactory

from .public import dashboard

pytestmark = [pytest.mark.django_db, pytest.mark.req("F3")]
ASK, LIST = "/reclamations/mes-reclamations/", "/reclamations/mes-reclamations/liste/"


def ask(client: Client, email: str = "amina@exemple.ma"):
    return client.post(ASK, {"email": email})


def link() -> str:
    text = Message.objects.get(notice="complaints.mine").body_text
    found = re.search(r"/reclamations/mes-reclamations/[\w-]+/", text)
    assert found
    return found[0]


def test_the_link_opens_the_list_of_ones_cases_and_of_nobody_elses(client):
    mine = [ComplaintFactory(complainant__email="amina@exemple.ma") for _ in range(2)]
    other = ComplaintFactory()
    ask(client, "AMINA@exemple.ma")
    assert client.post(link()).headers["Location"] == LIST
    page = client.get(LIST).content.decode()
    assert all(str(each) in page for each in mine)
    assert str(other) not in page


def test_whether_an_address_has_cases_is_told_to_nobody(client):
    ComplaintFactory(complainant__email="amina@exemple.ma")
    known, unknown = ask(client), ask(client, "nulle@exemple.ma")
    pages = [re.sub(r'nonce="[^"]+"|amina@|nulle@', "", answer.content.decode()) for answer in (known, unknown)]
    assert pages[0] == pages[1]
    assert [each.recipient for each in Message.objects.filter(notice="complaints.mine")] == ["amina@exemple.ma"]


def test_opening_the_link_uses_nothing_up_and_the_button_uses_it_once(client):
    ComplaintFactory(complainant__email="amina@exemple.ma")
    ask(client)
    assert "Voir mes réclamations" in client.get(link()).content.decode()
    assert client.post(link()).status_code == 302
    assert Client().post(link()).status_code == 404
    assert "Ce lien ne fonctionne plus" in Client().get(link()).content.decode()


def test_the_link_ends_after_two_hours(client):
    ComplaintFactory(complainant__email="amina@exemple.ma")
    ask(client)
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=5)):
        assert client.post(link()).status_code == 404


def test_a_link_that_resumes_a_draft_does_not_open_the_list(client):
    desk = DeskFactory()
    client.post(f"/reclamations/{desk.code}/commencer/")
    draft = next(iter(client.session["drafts"]))
    client.post(f"/brouillons/{draft}/plus-tard/", {"email": "amina@exemple.ma"})
    token = re.search(r"/reprendre/([\w-]+)/", Message.objects.get().body_text)
    assert token
    assert client.post(f"{ASK}{token[1]}/").status_code == 404


def test_the_list_is_open_until_thirty_minutes_after_the_last_activity(client):
    ComplaintFactory(complainant__email="amina@exemple.ma")
    now = timezone.now().replace(microsecond=0)
    with time_machine.travel(now, tick=False):
        ask(client)
        client.post(link())
    for minutes in (30, 60):
        with time_machine.travel(now + timedelta(minutes=minutes), tick=False):
            assert client.get(LIST).status_code == 200
    with time_machine.travel(now + timedelta(minutes=90, seconds=1), tick=False):
        assert client.get(LIST).status_code == 404


def test_without_a_link_there_is_no_list(client):
    assert client.get(LIST).status_code == 404
    assert client.post(LIST, {"number": ComplaintFactory().number}).status_code == 404


def test_a_case_of_the_list_opens_and_another_does_not(client):
    mine, other = ComplaintFactory(complainant__email="amina@exemple.ma"), ComplaintFactory()
    ask(client)
    client.post(link())
    assert client.post(LIST, {"number": mine.number}).headers["Location"] == dashboard(mine)
    assert client.get(dashboard(mine)).status_code == 200
    assert [client.post(LIST, {"number": each}).status_code for each in (other.number, "\x00")] == [404, 404]


def test_a_long_list_goes_on_page_by_page_without_a_gap(client, monkeypatch):
    monkeypatch.setattr("complaints.views.mine.PAGE", 2)
    desk = DeskFactory()
    numbers = [ComplaintFactory(desk=desk, complainant__email="amina@exemple.ma").number for _ in range(5)]
    ask(client)
    client.post(link())
    seen, address = [], LIST
    while address:
        context = client.get(address).context
        seen += [each.number for each in context["cases"]]
        address = LIST + context["older_url"] if context["older_url"] else ""
    assert seen == numbers[::-1]


@pytest.mark.parametrize("before", ["x", "²", "-1", "9" * 40, ""])
def test_a_page_that_is_none_shows_the_first(client, before):
    ComplaintFactory(complainant__email="amina@exemple.ma")
    ask(client)
    client.post(link())
    assert client.get(LIST, {"avant": before}).status_code == 200


def test_links_to_one_address_are_limited_by_recipient_and_by_asker(client, settings):
    settings.THROTTLES = settings.THROTTLES | {"link-recipient": (1, 3600), "link-address": (2, 3600)}
    assert [ask(client).status_code for _ in range(2)] == [200, 429]
    assert ask(client, "autre@exemple.ma").status_code == 429


def test_the_message_names_no_case(client):
    complaint = ComplaintFactory(complainant__email="amina@exemple.ma")
    ask(client)
    message = Message.objects.get(notice="complaints.mine")
    assert message.sensitive
    assert complaint.number not in message.body_text.replace(" ", "")
