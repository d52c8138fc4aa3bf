"""Contacts that somebody proved: a link or a code sent there came back. Only keyed hashes are kept."""

from __future__ import annotations

from datetime import datetime, timedelta

from django.conf import settings
from django.utils import timezone
from django.utils.crypto import salted_hmac

from .models import ContactProof


def record_proof(contact: str) -> None:
    """Note that a link or a code sent to this contact (an e-mail address or an E.164 number) was used just now."""
    ContactProof.objects.update_or_create(mark=_mark(contact), defaults={"proved_at": timezone.now()})


def is_proved(contact: str) -> bool:
    """Return whether somebody proved this contact in the last `settings.CONTACT_PROOF_DAYS`."""
    return ContactProof.objects.filter(mark=_mark(contact), proved_at__gte=_oldest()).exists()


def prune_proofs() -> int:
    """Delete the proofs that are too old to count; return how many."""
    return ContactProof.objects.filter(proved_at__lt=_oldest()).delete()[0]


def _oldest() -> datetime:
    return timezone.now() - timedelta(days=settings.CONTACT_PROOF_DAYS)


def _mark(contact: str) -> str:
    return salted_hmac("notifications.contact-proof", contact.strip().lower(), algorithm="sha256").hexdigest()
