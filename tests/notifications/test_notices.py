"""What a message looks like before it leaves."""

from __future__ import annotations

import pytest

from claims_portal.notifications.models import Message
from claims_portal.notifications.notices import Recipient, framed, one_line

from .samples import Code, Receipt


def test_a_notice_gives_one_message_a_recipient_and_channel() -> None:
    rows = Receipt(
        Recipient(email="a@example.org", mobile="+212661234567"), Recipient(email="b@example.org")
    ).messages()
    assert [(row.channel, row.recipient) for row in rows] == [
        ("email", "a@example.org"),
        ("sms", "+212661234567"),
        ("email", "b@example.org"),
    ]


def test_a_plain_text_keeps_its_apostrophes_and_the_html_escapes_markup() -> None:
    email, sms = Receipt(Recipient(email="a@example.org", mobile="+212661234567"), name="<b>L'Oued</b>").messages()
    assert "Bonjour <b>L'Oued</b>," in email.body_text
    assert "<b>L'Oued</b>" in sms.body_text
    assert "&lt;b&gt;L&#x27;Oued&lt;/b&gt;" in email.body_html


def test_a_notice_without_html_gets_its_text_with_links() -> None:
    (row,) = Code().messages()
    assert '<a href="https://portail.example/suite" rel="nofollow">' in framed(row)
    assert 'dir="ltr"' in framed(row)


@pytest.mark.req("F31")
def test_an_arabic_notice_is_rendered_right_to_left_in_arabic() -> None:
    (row,) = Receipt(Recipient(email="a@example.org", language="ar")).messages()
    assert row.language == "ar"
    assert '<html lang="ar" dir="rtl">' in row.body_html
    assert "https://portail.example/ar/suivi/" in row.body_text


def test_an_unknown_language_falls_back_to_french() -> None:
    (row,) = Receipt(Recipient(email="a@example.org", language="tlh")).messages()
    assert row.language == "fr"


@pytest.mark.parametrize("break_", ["\r\n", "\n", "\r", "\u2028", "\u2029", "\x85"])
def test_a_subject_stays_on_one_line(break_: str) -> None:
    (row,) = Receipt(number=f"R-1{break_}Bcc: voleur@example.org").messages()
    assert row.subject == "Votre réclamation R-1 Bcc: voleur@example.org"


@pytest.mark.parametrize("control", ["\x00", "\x0b", "\x1b", "\x7f"])
def test_a_subject_loses_its_controls(control: str) -> None:
    (row,) = Receipt(number=f"R-{control}1").messages()
    assert row.subject == "Votre réclamation R-1"


def test_a_subject_loses_the_marks_that_turn_reading_order_around() -> None:
    assert one_line("abc\u202efdp.exe") == "abc fdp.exe"


def test_a_subject_keeps_no_break_spaces_and_is_cut_to_its_column() -> None:
    assert one_line("Étape\u00a02") == "Étape\u00a02"
    assert len(one_line("é" * 400)) == 200


@pytest.mark.django_db
def test_what_postgresql_cannot_store_does_not_stop_the_notice() -> None:
    (row,) = Receipt(name="A\x00mina \ud800").messages()
    row.save()
    assert "Bonjour Amina ?" in Message.objects.get().body_text
