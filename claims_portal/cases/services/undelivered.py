"""Messages about a case that reached nobody: the desk is told on the case, which waits in a queue (F18)."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db import transaction
from django.utils import timezone, translation
from django.utils.translation import gettext as _

from claims_portal.cases.kinds import CaseKind, kind_named
from claims_portal.cases.models import Case, CommonEvent
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import resend

from .changes import lock_case, record_event


@transaction.atomic
def message_failed(message: Message) -> None:
    """Write on its case that a message to the person was given up or came back; nothing for any other message.

    The reason is the server's codes, never an address.
    """
    kind, case_id = _case_of(message)
    if kind is None or message.notice in kind.staff_notices:
        return
    case = lock_case(kind.model, case_id)
    with translation.override(settings.LANGUAGE_CODE):
        what = {"channel": message.get_channel_display(), "subject": message.subject, "reason": message.last_error}
        body = _("%(channel)s non remis. %(subject)s (%(reason)s)") % what
    record_event(case, CommonEvent.UNDELIVERED, body=body, is_public=False)
    case.undelivered_at = timezone.now()
    case.save(update_fields=["undelivered_at", "changed_at"])
    if kind.undelivered is not None:
        kind.undelivered(case)


def _case_of(message: Message) -> tuple[CaseKind | None, int]:
    """Return the kind and the key of the case a message is about."""
    name, _colon, key = message.about.partition(":")
    if not (key.isascii() and key.isdigit()):
        return None, 0
    return kind_named(name), int(key)


@transaction.atomic
def resend_message(model: type[Case], *, case_id: int, message: Message) -> Any:
    """Send a message about a case again: a member of staff acts. Raise CannotResend as `resend` does."""
    resend(message=message)
    model._default_manager.filter(pk=case_id).update(undelivered_at=None)
