"""Delivery status notifications: what a mail server says of an e-mail that it gives back (RFC 3464).

Anybody may send us one. What it says counts only for a Message-ID that we made (`Message.message_id`).
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from email import message_from_bytes, message_from_string
from email.message import Message

LARGEST = 2_000_000  # bytes read of one; the parts that matter come first
_STATUS = re.compile(r"[245]\.\d{1,3}\.\d{1,3}")
_REPLY = re.compile(r"\b[245]\d\d\b")


@dataclass(frozen=True)
class Bounce:
    """An e-mail that came back for good. `reason` holds codes only: servers repeat addresses in their words."""

    message_id: str
    reason: str


def read_bounce(raw: bytes) -> Bounce | None:
    """Return what a notification says; None for anything else: an answer, a delay, a success, a plain text."""
    try:
        report = message_from_bytes(raw[:LARGEST])
    except RecursionError:  # parts within parts without end: no server writes so
        return None
    if report.get_content_type() != "multipart/report" or not report.is_multipart():
        return None
    reason, message_id = "", ""
    for part in report.walk():
        match part.get_content_type():
            case "message/delivery-status":
                reason = reason or _failure(part)
            case "message/rfc822" | "text/rfc822-headers" | "message/global-headers":
                message_id = message_id or _message_id(part)
    return Bounce(message_id, reason) if message_id and reason else None


def _failure(part: Message) -> str:
    """« 550 5.1.1 », from the fields of the recipient it failed for; "" when it failed for none."""
    blocks = part.get_payload()
    for block in blocks if isinstance(blocks, list) else []:
        if isinstance(block, Message) and str(block.get("Action", "")).strip().lower() == "failed":
            said = str(block.get("Diagnostic-Code", ""))
            codes = [_REPLY.search(said), _STATUS.search(str(block.get("Status", "")))]
            return " ".join(code.group() for code in codes if code) or "failed"
    return ""


def _message_id(part: Message) -> str:
    """Return the Message-ID of the e-mail that came back, whole or as its headers."""
    payload = part.get_payload()
    if isinstance(payload, list):
        original = payload[0] if payload else None
    else:
        content = part.get_payload(decode=True)
        original = message_from_string(content.decode("utf-8", "replace")) if isinstance(content, bytes) else None
    return str(original.get("Message-ID", "")).strip() if isinstance(original, Message) else ""
