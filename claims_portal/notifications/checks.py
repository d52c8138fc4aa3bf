"""What can be known before the first SMS: said by `manage.py check`, not by a worker at night."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.core.checks import CheckMessage, Error, register
from django.core.exceptions import ImproperlyConfigured
from django.utils.module_loading import import_string


@register()
def sms_backend_works(**_kwargs: Any) -> list[CheckMessage]:
    """The SMS backend exists, and its gateway is complete and reached over HTTPS."""
    try:
        import_string(settings.SMS_BACKEND)()
    except (ImportError, ImproperlyConfigured) as error:
        return [Error(str(error), id="notifications.E001")]
    return []
