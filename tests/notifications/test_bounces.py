"""What mail servers send back (RFC 3464), and what the portal makes of it."""

from __future__ import annotations

import io
import sys

import pytest
from django.core.management import call_command
from django.utils import timezone

from claims_portal.notifications.bounces import read_bounce
from claims_portal.notifications.models import Message
from tests.factories.notifications import MessageFactory

REPORT = """From: MAILER-DAEMON@mx.example
To: portail@example.org
Subject: Undelivered Mail Returned to Sender
MIME-Version: 1.0
Content-Type: multipart/report; report-type=delivery-status; boundary="b"

--b
Content-Type: text/plain

I could not deliver your message.

--b
Content-Type: message/delivery-status

Reporting-MTA: dns; mx.example

Final-Recipient: rfc822; amina@example.org
Action: {action}
Status: 5.1.1
Diagnostic-Code: smtp; 550 5.1.1 <amina@example.org>: no such user

--b
Content-Type: {kind}

From: portail@example.org
Message-ID: {message_id}
Subject: Votre réclamation

--b--
"""


def report(message_id: str, *, action: str = "failed", kind: str = "message/rfc822") -> bytes:
    return REPORT.format(message_id=message_id, action=action, kind=kind).encode()


def feed(monkeypatch: pytest.MonkeyPatch, raw: bytes) -> None:
    monkeypatch.setattr(sys, "stdin", io.TextIOWrapper(io.BytesIO(raw)))
    call_command("bounce")


@pytest.fixture
def sent(db: None) -> Message:
    return MessageFactory.create(state="sent", sent_at=timezone.now(), recipient="amina@example.org")


@pytest.mark.req("F18")
@pytest.mark.parametrize("kind", ["message/rfc822", "text/rfc822-headers"])
def test_a_message_that_came_back_is_marked_as_refused_with_codes_only(sent, monkeypatch, kind):
    feed(monkeypatch, report(sent.message_id, kind=kind))
    sent.refresh_from_db()
    assert (sent.state, sent.last_error) == ("refused", "550 5.1.1")


@pytest.mark.parametrize(
    "raw",
    [
        pytest.param(lambda sent: report(sent.message_id, action="delayed"), id="a delay"),
        pytest.param(lambda sent: report(sent.message_id.replace("@", "0@")), id="a forged number"),
        pytest.param(lambda sent: report(f"<{sent.pk}.20260101000000.{'0' * 20}@localhost>"), id="an invented one"),
        pytest.param(lambda sent: report("<" + "9" * 400 + ">"), id="a huge number"),
        pytest.param(lambda sent: b"Subject: Merci\n\nBien re\xc3\x27u.", id="an answer"),
        pytest.param(lambda sent: b"", id="nothing"),
        pytest.param(lambda sent: b"\x00\xff" * 5000, id="noise"),
        pytest.param(lambda sent: report(sent.message_id)[:300], id="a cut report"),
    ],
)
def test_anything_else_changes_nothing(sent, monkeypatch, raw):
    feed(monkeypatch, raw(sent))
    sent.refresh_from_db()
    assert sent.state == "sent"


def test_a_report_inside_a_report_that_never_ends_is_read():
    nested = b"Content-Type: message/rfc822\n\n" * 5000 + report("<1@x>")
    assert read_bounce(nested) is None
