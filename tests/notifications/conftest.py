"""Sample templates, and real servers for the channels."""

from __future__ import annotations

import copy
from collections.abc import Iterator
from pathlib import Path

import pytest

from .servers import Gateway, SmtpServer


@pytest.fixture(autouse=True)
def _sample_templates(settings) -> None:
    templates = copy.deepcopy(settings.TEMPLATES)
    templates[0]["DIRS"].append(Path(__file__).parent / "templates")
    settings.TEMPLATES = templates


@pytest.fixture
def smtp(settings) -> Iterator[SmtpServer]:
    """Run an SMTP server that the portal sends to."""
    server = SmtpServer()
    server.start()
    settings.EMAIL_BACKEND = "django.core.mail.backends.smtp.EmailBackend"
    settings.EMAIL_HOST, settings.EMAIL_PORT = "127.0.0.1", server.port
    settings.EMAIL_HOST_USER = settings.EMAIL_HOST_PASSWORD = ""
    settings.EMAIL_USE_TLS = settings.EMAIL_USE_SSL = False
    settings.EMAIL_TIMEOUT = 5
    yield server
    server.hold.clear()
    server.stop()


@pytest.fixture
def gateway(settings) -> Iterator[Gateway]:
    """Run an SMS gateway that the portal sends to as JSON."""
    server = Gateway()
    settings.SMS_BACKEND = "claims_portal.notifications.sms.HttpJsonBackend"
    settings.SMS_GATEWAY = {
        "url": server.url,
        "headers": {"Authorization": "Bearer secret"},
        "sender": "Portail",
        "json": {
            "from": "{sender}",
            "messages": [{"to": "{to}", "text": "{text}"}],
            "id": "{reference}",
            "flash": False,
        },
    }
    yield server
    server.stop()
