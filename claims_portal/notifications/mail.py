"""E-mails leave through Django's backend, several over one connection."""

from __future__ import annotations

import contextlib
import re
from email.utils import formataddr, parseaddr
from smtplib import (
    SMTPDataError,
    SMTPException,
    SMTPNotSupportedError,
    SMTPRecipientsRefused,
    SMTPResponseException,
    SMTPSenderRefused,
)
from types import TracebackType
from typing import Any

from django.conf import settings
from django.core.mail import EmailMultiAlternatives, get_connection
from django.utils.translation import gettext as _

from .models import Message
from .transport import Refused, Unavailable

_ENHANCED_CODE = re.compile(r"\b[245]\.\d{1,3}\.\d{1,3}\b")


class Mailer:
    """Sends e-mails one after the other; connects at the first, hangs up at the end of the block."""

    def __init__(self) -> None:
        self._connection: Any = None

    def __enter__(self) -> Mailer:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, at: TracebackType | None) -> None:
        self._hang_up()

    def send(self, message: Message) -> None:
        """Hand one e-mail to the server; Refused or Unavailable when it did not take it."""
        connection = self._open()
        try:
            connection.send_messages([compose(message)])
        except (OSError, ValueError) as error:  # SMTP errors are OSErrors
            self._hang_up()
            raise judged(error) from error

    def _open(self) -> Any:
        if self._connection is None:
            self._connection = get_connection()
            try:
                self._connection.open()
            except OSError as error:
                raise Unavailable(reason_of(error), channel_down=True) from error
        return self._connection

    def _hang_up(self) -> None:
        if self._connection is not None:
            with contextlib.suppress(OSError):
                self._connection.close()
            self._connection = None


def compose(message: Message) -> EmailMultiAlternatives:
    """Build the e-mail of a row, with the headers that tell machines what it is (RFC 3834, RFC 5322)."""
    email = EmailMultiAlternatives(
        message.subject,
        message.body_text,
        sender(message),
        to=[message.recipient],
        headers={
            "Message-ID": message.message_id,
            "Auto-Submitted": "auto-generated",
            "Content-Language": message.language,
        },
    )
    if message.body_html:
        email.attach_alternative(message.body_html, "text/html")
    return email


def sender(message: Message) -> str:
    """Return the portal's own address, under the name that this message asks for."""
    _name, address = parseaddr(settings.DEFAULT_FROM_EMAIL)
    return formataddr((message.sender_name, address)) if message.sender_name else settings.DEFAULT_FROM_EMAIL


def judged(error: OSError | ValueError) -> Refused | Unavailable:
    """Return the error as the outbox understands it: permanent or temporary."""
    if isinstance(error, SMTPRecipientsRefused):
        code, answer = next(iter(error.recipients.values()))
        error = SMTPDataError(code, answer)
    if isinstance(error, SMTPResponseException):
        # A refused sender or sign-in is our own mistake: it will be mended, the message must wait for it.
        if isinstance(error, SMTPDataError) and 500 <= error.smtp_code < 600:
            return Refused(reason_of(error))
        return Unavailable(reason_of(error), channel_down=isinstance(error, SMTPSenderRefused))
    if isinstance(error, SMTPNotSupportedError | ValueError):
        return Refused(_("Cette adresse ne peut pas recevoir d’e-mail."))
    return Unavailable(reason_of(error), channel_down=not isinstance(error, SMTPException))


def reason_of(error: Exception) -> str:
    """Codes only: what a server writes after them often repeats the address."""
    if not isinstance(error, SMTPResponseException):
        return _("Serveur d’e-mail injoignable (%(kind)s)") % {"kind": type(error).__name__}
    answer = error.smtp_error
    text = answer.decode("utf-8", "replace") if isinstance(answer, bytes) else str(answer)
    enhanced = _ENHANCED_CODE.search(text)
    return f"SMTP {error.smtp_code} {enhanced.group() if enhanced else ''}".strip()
