"""Nightly tidying of what has expired."""

from celery import shared_task
from django.contrib.sessions.models import Session
from django.utils import timezone

from .codes import prune_codes
from .models import MailLink, Throttle


@shared_task(name="accounts.prune")
def prune() -> None:
    now = timezone.now()
    for model, field in ((Session, "expire_date"), (Throttle, "expires_at"), (MailLink, "expires_at")):
        model._default_manager.filter(**{f"{field}__lt": now}).delete()
    prune_codes()
