"""Define what a message is made of.

Each app writes its own in its `notices.py`, one small class for each message:

    class Acknowledgement(Notice):
        key = "complaints.acknowledgement"

        def __init__(self, complaint: Complaint) -> None:
            self.complaint = complaint

        def recipients(self) -> list[Recipient]:
            return [Recipient(email=self.complaint.email, language=self.complaint.language)]

        def context(self, recipient: Recipient) -> dict[str, Any]:
            return {"number": self.complaint.number}

        def dedup_key(self) -> str:
            return str(self.complaint.pk)

        def about(self) -> str:
            return f"complaint:{self.complaint.pk}"

Its templates are `templates/notices/complaints/acknowledgement` + `.subject.txt`, `.txt` and, when the plain
text with its links is not enough, `.html` (extends "notices/base.html"); `.sms.txt` for a mobile number.
"""

from __future__ import annotations

import hashlib
import re
from dataclasses import dataclass
from datetime import timedelta
from functools import cache
from typing import Any, ClassVar

from django.conf import settings
from django.template import Context, Engine, TemplateDoesNotExist
from django.utils import timezone, translation

from .models import Message

# Line ends of every kind, controls, and the marks that turn reading order around: none belongs in a header.
_NOT_IN_A_LINE = re.compile(r"[\x00-\x1f\x7f-\x9f\u2028-\u202e\u2066-\u2069]+")
_NOT_IN_A_TEXT = re.compile(r"[\x00-\x08\x0b\x0c\x0e-\x1f\x7f]")


def one_line(text: str) -> str:
    """Return a text that is safe in a header: one line, printable, at most 200 characters."""
    return _NOT_IN_A_LINE.sub(" ", printable(text)).strip()[:200]


def printable(text: str) -> str:
    """Return a text that PostgreSQL and mail can carry: no NUL, no half character."""
    return _NOT_IN_A_TEXT.sub("", text).encode("utf-8", "replace").decode()


@cache
def has_html(template: str) -> bool:
    """Whether a notice has a page of its own. Nearly all have none: their text, in a frame, is enough (`framed`)."""
    try:
        Engine.get_default().get_template(f"{template}.html")
    except TemplateDoesNotExist:
        return False
    return True


def framed(message: Message) -> str:
    """Render the text of an e-mail with its links, as a page in its language.

    It says nothing that the row does not say already: the worker draws it, just before the first try (docs/adr/0008).
    """
    with translation.override(message.language):
        context = {
            "language": message.language,
            "right_to_left": translation.get_language_bidi(),
            "portal_url": settings.PUBLIC_URL,
            "subject": message.subject,
            "text": message.body_text,
        }
        return printable(Engine.get_default().get_template("notices/text.html").render(Context(context)))


@dataclass(frozen=True)
class Recipient:
    """Who is told, and how: an e-mail address, a mobile number (E.164), or both; in which language."""

    email: str = ""
    mobile: str = ""
    language: str = "fr"

    def __post_init__(self) -> None:
        if self.language not in dict(settings.LANGUAGES):
            object.__setattr__(self, "language", settings.LANGUAGE_CODE)


class Notice:
    """One kind of message. Subclasses give the key and the four methods below."""

    key: ClassVar[str]  # "app.name", kept on the row
    sensitive: ClassVar[bool] = False  # holds a one-time code: the text is wiped soon after sending
    proved: ClassVar[bool] = False  # goes to contacts that their owner proved, or to staff: see `pacing`
    replaceable: ClassVar[bool] = False  # while it waits, a newer message of its case makes it useless
    lifetime: ClassVar[timedelta | None] = None  # not worth sending any more after this long

    @property
    def template(self) -> str:
        """Start of the template names: "notices/app/name"."""
        return f"notices/{self.key.replace('.', '/')}"

    def recipients(self) -> list[Recipient]:
        """Everybody who is told."""
        raise NotImplementedError

    def context(self, recipient: Recipient) -> dict[str, Any]:
        """Return what the templates read, in the recipient's language. No medical or personal detail in e-mails."""
        raise NotImplementedError

    def dedup_key(self) -> str:
        """Return the key of this notice (≤ 80 characters): queued twice, it is sent once to each recipient."""
        raise NotImplementedError

    def sender_name(self) -> str:
        """Return the name an e-mail is sent under (≤ 60 characters); "" for the portal's own."""
        return ""

    def about(self) -> str:
        """Return the case it belongs to, such as "complaint:12", so that the case page can list it; "" for none."""
        return ""

    def occasion(self) -> str:
        """Return the part of the case it is about, such as "event:34" (≤ 40 characters); "" for none."""
        return ""

    def messages(self) -> list[Message]:
        """Return the rows to write, one for each recipient and channel, rendered in the recipient's language."""
        rows = []
        for recipient in self.recipients():
            with translation.override(recipient.language):
                context = self._whole_context(recipient)
                if recipient.email:
                    rows.append(self._email(recipient, context))
                if recipient.mobile:
                    rows.append(self._sms(recipient, context))
        return rows

    def _whole_context(self, recipient: Recipient) -> dict[str, Any]:
        return {
            "language": recipient.language,
            "right_to_left": translation.get_language_bidi(),
            "portal_url": settings.PUBLIC_URL,
        } | self.context(recipient)

    def _email(self, recipient: Recipient, context: dict[str, Any]) -> Message:
        subject = one_line(self._text(".subject.txt", context))
        text = self._text(".txt", context)
        message = self._message(Message.Channel.EMAIL, recipient.email, recipient.language)
        message.sender_name = one_line(self.sender_name())[:60]
        message.subject = subject
        message.body_text = text
        if has_html(self.template):
            html = Engine.get_default().get_template(f"{self.template}.html")
            message.body_html = printable(html.render(Context(context | {"subject": subject, "text": text})))
        return message

    def _sms(self, recipient: Recipient, context: dict[str, Any]) -> Message:
        message = self._message(Message.Channel.SMS, recipient.mobile, recipient.language)
        message.body_text = self._text(".sms.txt", context)
        return message

    def _text(self, suffix: str, context: dict[str, Any]) -> str:
        """Render a plain text, which is not HTML: an apostrophe stays an apostrophe."""
        template = Engine.get_default().get_template(self.template + suffix)
        return printable(template.render(Context(context, autoescape=False))).strip()

    def _message(self, channel: Message.Channel, address: str, language: str) -> Message:
        address = address.strip()
        digest = hashlib.sha256(address.lower().encode()).hexdigest()[:16]
        return Message(
            channel=channel,
            recipient=address,
            language=language,
            notice=self.key,
            about=self.about(),
            occasion=self.occasion(),
            sensitive=self.sensitive,
            unproved=not self.proved,
            replaceable=self.replaceable,
            dedup_key=f"{self.key}:{self.dedup_key()}:{channel}:{digest}",
            expires_at=timezone.now() + self.lifetime if self.lifetime else None,
        )
