"""What can be known before the first SMS: said by `manage.py check`, not by a worker at night."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string

DEMO_BACKEND = "claims_portal.notifications.sms.OutboxOnlyBackend"


@register(deploy=True)
def sms_leave(**_kwargs: Any) -> list[CheckMessage]:
    """Check that an SMS gateway is configured: outside a demonstration the outbox alone reaches nobody."""
    if settings.DEMO or settings.SMS_BACKEND != DEMO_BACKEND:
        return []
    hint = "Set SMS_BACKEND and SMS_GATEWAY; see docs/operations.md."
    return [Error("No SMS leaves: SMS_BACKEND is that of a demonstration.", hint=hint, id="notifications.E002")]


@register()
def sms_backend_works(**_kwargs: Any) -> list[CheckMessage]:
    """Check that the SMS backend exists, and that its gateway is complete and reached over HTTPS."""
    try:
        import_string(settings.SMS_BACKEND)()
    except (ImportError, ImproperlyConfigured) as error:
        return [Error(str(error), id="notifications.E001")]
    return []
