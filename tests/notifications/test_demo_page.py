"""The demonstration shows every message it would have sent."""

from __future__ import annotations

import pytest
from django.test import Client
from django.utils import timezone

from claims_portal.notifications.models import Message
from tests.factories.notifications import MessageFactory, SmsFactory

pytestmark = pytest.mark.django_db


def test_an_empty_outbox_says_so(client: Client) -> None:
    page = client.get("/demo/messages/")
    assert page.status_code == 200
    assert "Aucun message pour l’instant" in page.content.decode()


def test_the_page_shows_the_full_text_with_links_and_the_state(client: Client) -> None:
    MessageFactory(
        recipient="amina@example.org", body_text="Suivez-la : https://portail.example/suivi/\n<script>", state="retry"
    )
    SmsFactory(recipient="+212661234567", body_text="Votre code est 482913.", sensitive=True)
    html = client.get("/demo/messages/").content.decode()
    assert '<a href="https://portail.example/suivi/" rel="nofollow">' in html
    assert "&lt;script&gt;" in html
    assert "Nouvel essai prévu" in html
    assert "+212661234567" in html
    assert html.index("482913") < html.index("amina@example.org")


def test_a_wiped_code_is_shown_as_wiped(client: Client) -> None:
    SmsFactory(sensitive=True, body_text="", state=Message.State.SENT, sent_at=timezone.now())
    assert "Le texte a été effacé" in client.get("/demo/messages/").content.decode()


def test_an_arabic_message_is_marked_as_arabic(client: Client) -> None:
    MessageFactory(language="ar", subject="شكايتكم", body_text="تم تسجيلها")
    assert '<bdi lang="ar">شكايتكم</bdi>' in client.get("/demo/messages/").content.decode()


def test_pages_follow_one_another_in_both_directions(client: Client) -> None:
    messages = MessageFactory.create_batch(60)
    ids = [message.pk for message in reversed(messages)]
    first = client.get("/demo/messages/").context
    second = client.get(first["older_url"]).context
    third = client.get(second["older_url"]).context
    assert [message.pk for page in (first, second, third) for message in page["outbox"]] == ids
    assert (first["newer_url"], third["older_url"]) == ("", "")
    back = client.get(third["newer_url"]).context
    assert [message.pk for message in back["outbox"]] == ids[25:50]
    assert client.get(back["newer_url"]).context["newer_url"] == ""


@pytest.mark.parametrize("cursor", ["²", "-1", "x", "9" * 40, "1_0"])
def test_a_strange_cursor_shows_the_newest_messages(client: Client, cursor: str) -> None:
    MessageFactory()
    assert len(client.get("/demo/messages/", {"avant": cursor}).context["outbox"]) == 1


def test_a_full_page_costs_one_query(client: Client, django_assert_num_queries) -> None:
    MessageFactory.create_batch(30)
    with django_assert_num_queries(1):
        client.get("/demo/messages/")
