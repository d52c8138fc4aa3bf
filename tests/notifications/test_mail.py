"""E-mails over a real SMTP server."""

from __future__ import annotations

import pytest

from claims_portal.notifications import services
from claims_portal.notifications.models import Message
from claims_portal.notifications.notices import Recipient
from claims_portal.notifications.services import deliver, queue, sweep
from tests.factories.notifications import MessageFactory

from .samples import Code, Receipt
from .servers import SmtpServer

pytestmark = pytest.mark.django_db


@pytest.mark.req("A10", "A11")
def test_an_email_arrives_with_text_html_and_its_headers(smtp: SmtpServer, settings) -> None:
    settings.PUBLIC_URL = "https://portail.example"
    (message,) = queue(Receipt())
    deliver(message_id=message.pk)
    (mail,) = smtp.mails
    assert mail["To"] == "amina@example.org"
    assert mail["Subject"] == "Votre réclamation R-1"
    assert mail["Message-ID"] == message.message_id
    assert message.message_id.endswith("@portail.example>")
    assert mail["Auto-Submitted"] == "auto-generated"
    assert mail["Content-Language"] == "fr"
    assert "Votre réclamation R-1 est enregistrée." in mail.get_body(("plain",)).get_content()
    assert '<p class="number">R-1</p>' in mail.get_body(("html",)).get_content()
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert message.sent_at is not None
    assert message.claimed_until is None


@pytest.mark.parametrize(("sensitive", "kept"), [(False, True), (True, False)])
def test_a_page_drawn_by_the_worker_says_what_was_promised_and_is_kept_unless_it_holds_a_code(
    smtp: SmtpServer, monkeypatch, sensitive: bool, kept: bool
) -> None:
    monkeypatch.setattr(Code, "sensitive", sensitive)
    (message,) = queue(Code(Recipient(email="amina@example.org", language="ar")))
    assert message.body_html == ""
    monkeypatch.setattr(Code, "context", lambda *_: {"code": "000000"})  # what is read later does not matter
    deliver(message_id=message.pk)
    page = smtp.mails[0].get_body(("html",)).get_content()
    assert "482913" in page
    assert '<html lang="ar" dir="rtl">' in page
    message.refresh_from_db()
    assert ("482913" in message.body_html) is kept


def test_an_arabic_email_says_its_language_and_direction(smtp: SmtpServer) -> None:
    queue(Receipt(Recipient(email="amina@example.org", language="ar"), name="أمينة"))
    sweep()
    (mail,) = smtp.mails
    assert mail["Content-Language"] == "ar"
    assert 'dir="rtl"' in mail.get_body(("html",)).get_content()
    assert "أمينة" in mail.get_body(("plain",)).get_content()


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\x85"])
def test_a_number_with_line_ends_adds_no_header_and_no_recipient(smtp: SmtpServer, break_: str) -> None:
    queue(Receipt(number=f"R-1{break_}Bcc: voleur@example.org"))
    sweep()
    (mail,) = smtp.mails
    assert mail["Bcc"] is None
    assert smtp.recipients == [["amina@example.org"]]


@pytest.mark.parametrize(
    "address", ["a@example.org\r\nBcc: voleur@example.org", "a@example.org, voleur@example.org", "sans-arobase \n"]
)
def test_an_address_that_is_not_one_is_given_up_at_once(smtp: SmtpServer, address: str) -> None:
    message = MessageFactory(recipient=address)
    sweep()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert smtp.mails == []


def test_a_permanent_refusal_fails_at_once_and_holds_nobody(smtp: SmtpServer) -> None:
    bad = MessageFactory(recipient="parti@example.org")
    good = MessageFactory()
    smtp.answers["parti@example.org"] = ["550 5.1.1 <parti@example.org> unknown"]
    sweep()
    bad.refresh_from_db()
    good.refresh_from_db()
    assert (bad.state, bad.attempts, bad.last_error) == (Message.State.FAILED, 1, "SMTP 550 5.1.1")
    assert good.state == Message.State.SENT


def test_a_content_refused_for_good_is_not_tried_again(smtp: SmtpServer) -> None:
    message = MessageFactory()
    smtp.data_answers = ["554 5.7.1 looks like spam"]
    sweep()
    message.refresh_from_db()
    assert (message.state, message.last_error) == (Message.State.FAILED, "SMTP 554 5.7.1")


def test_a_batch_shares_one_connection(smtp: SmtpServer, settings) -> None:
    settings.OUTBOX_BATCH = 3
    MessageFactory.create_batch(5)
    sweep()
    assert len(smtp.mails) == 5
    assert smtp.connections == 2


def test_a_server_that_is_away_is_asked_once_a_sweep(smtp: SmtpServer) -> None:
    smtp.stop()
    MessageFactory.create_batch(4)
    services.sweep()
    assert sorted(Message.objects.values_list("attempts", flat=True)) == [0, 0, 0, 1]


def test_mail_away_does_not_hold_sms_back(smtp: SmtpServer, gateway) -> None:
    smtp.stop()
    queue(Receipt(Recipient(email="a@example.org", mobile="+212661234567")))
    sweep()
    assert Message.objects.get(channel="sms").state == Message.State.SENT
    assert Message.objects.get(channel="email").state == Message.State.RETRY
