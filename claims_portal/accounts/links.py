"""Links sent by e-mail: purpose-bound, expiring, single use. Opening one shows a page; only its button acts."""

from __future__ import annotations

import secrets
from datetime import timedelta

from django.conf import settings
from django.db.models import Q
from django.urls import reverse
from django.utils import timezone, translation

from .models import MailLink


class LinkUnusable(Exception):
    """The link is unknown, has served already, or is too old: the person is told the same in each case."""


def absolute(path: str) -> str:
    """The public address of a path; the host comes from the settings, never from a request."""
    return f"{settings.PUBLIC_URL}{path}"


def public_url(name: str, *arguments: object, language: str = "fr") -> str:
    """The absolute address of a named page in the reader's language."""
    with translation.override(language):
        return absolute(reverse(name, args=arguments))


def create_link(*, purpose: str, subject: str, hours: int) -> str:
    """Make a link's secret (43 URL-safe characters), valid for so many hours."""
    token = secrets.token_urlsafe(32)
    MailLink.objects.create(
        token_hash=MailLink.hash_of(purpose, token),
        purpose=purpose,
        subject=subject,
        expires_at=timezone.now() + timedelta(hours=hours),
    )
    return token


def peek_link(*, purpose: str, token: str) -> str:
    """The subject of a link that may still be used; LinkUnusable otherwise. Uses nothing up."""
    link = MailLink.objects.filter(token_hash=MailLink.hash_of(purpose, token)).first()
    if link is None or link.used_at or link.expires_at <= timezone.now():
        raise LinkUnusable
    return link.subject


def use_link(*, purpose: str, token: str) -> str:
    """Use a link up and give its subject; LinkUnusable when it served before, even a moment ago."""
    now = timezone.now()
    usable = MailLink.objects.filter(
        token_hash=MailLink.hash_of(purpose, token), used_at__isnull=True, expires_at__gt=now
    )
    subject = usable.values_list("subject", flat=True).first()
    if subject is None or not usable.update(used_at=now):
        raise LinkUnusable
    return subject


def forget_links(*, subject: str) -> int:
    """Destroy the links to what this names or begins to name (« 12 », « 12:… »), used or not; gives how many.

    Their table holds some hours of links.
    """
    named = Q(subject=subject) | Q(subject__startswith=f"{subject}:")
    return MailLink.objects.filter(named).delete()[0]
