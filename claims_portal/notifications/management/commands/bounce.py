"""`manage.py bounce < message`: take one delivery status notification from the mail server (docs/operations.md)."""

from __future__ import annotations

import sys
from typing import Any

import structlog
from django.core.management.base import BaseCommand

from claims_portal.notifications.bounces import LARGEST, read_bounce
from claims_portal.notifications.services import refuse

logger = structlog.get_logger("portal.outbox")


class Command(BaseCommand):
    help = "Lit sur l’entrée standard un avis de non-remise, et note le message qu’il concerne."

    def handle(self, *args: Any, **options: Any) -> None:
        """Exit with success whatever the input is: a mail server retries a command that fails."""
        bounce = read_bounce(sys.stdin.buffer.read(LARGEST))
        message = refuse(message_id=bounce.message_id, reason=bounce.reason) if bounce else None
        logger.info("bounce_read", understood=bounce is not None, message=message.pk if message else None)
