"""A message about a case reached nobody: the desk is told on the case, and the case waits in a queue (F18)."""

from __future__ import annotations

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from claims_portal.notifications.models import Message
from claims_portal.notifications.services import resend
from complaints import notices
from complaints.models import Complaint, Event, EventKind

from .changes import locked
from .clocks import await_nothing

# These go to the desk itself.
STAFF = {notices.DueSoon.key, notices.Overdue.key}
ABOUT = "complaint:"


@transaction.atomic
def message_failed(message: Message) -> None:
    """Write on its case that a message to the complainant was given up or came back; nothing for any other message.

    The reason is the server's codes, never an address.
    """
    key = message.about.removeprefix(ABOUT)
    if key == message.about or not key.isascii() or not key.isdigit() or message.notice in STAFF:
        return
    complaint = locked(int(key))
    now = timezone.now()
    with translation.override(settings.LANGUAGE_CODE):
        what = {"channel": message.get_channel_display(), "subject": message.subject, "reason": message.last_error}
        body = _("%(channel)s non remis. %(subject)s (%(reason)s)") % what
    Event.objects.record(
        complaint=complaint,
        kind=EventKind.UNDELIVERED,
        at=now,
        body=body,
        is_public=False,
    )
    Complaint.objects.filter(pk=complaint.pk).update(undelivered_at=now)
    await_nothing(complaint=complaint)  # who was not reached is not silent


@transaction.atomic
def resend_message(*, complaint_id: int, message: Message) -> None:
    """Send a message about a case again: somebody has taken it in hand. CannotResend as `resend` says."""
    resend(message=message)
    Complaint.objects.filter(pk=complaint_id).update(undelivered_at=None)
