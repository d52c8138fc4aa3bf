"""The outbox: one row is one promised message. What was promised, to whom, and what became of it."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import ClassVar
from urllib.parse import urlsplit

from django.conf import settings
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.crypto import salted_hmac
from django.utils.translation import gettext_lazy as _

# A one-time code lives ten minutes: its text has no reason to stay longer than this.
SENSITIVE_LIFE = timedelta(minutes=15)


class MessageQuerySet(models.QuerySet["Message"]):
    def due(self) -> MessageQuerySet:
        """Return what may be taken and sent now, the longest waiting first; a lease that ended is taken again."""
        now = timezone.now()
        free = Q(claimed_until__isnull=True) | Q(claimed_until__lte=now)
        return self.filter(free, state__in=Message.OPEN_STATES, next_try_at__lte=now).order_by("next_try_at", "pk")

    def about(self, case: str) -> MessageQuerySet:
        """Return the messages of one case, such as "complaint:12", newest first."""
        return self.filter(about=case).order_by("-pk")

    def to_blank(self) -> MessageQuerySet:
        """One-time codes that were sent, or given up, long enough ago to be wiped."""
        limit = timezone.now() - SENSITIVE_LIFE
        sent = Q(state=Message.State.SENT, sent_at__lt=limit)
        failed = Q(state__in=[Message.State.FAILED, Message.State.REFUSED], created_at__lt=limit)
        return self.filter(sent | failed, sensitive=True).exclude(body_text="")


class Message(models.Model):
    """An e-mail or SMS in the outbox, written in the transaction of what it tells."""

    class Channel(models.TextChoices):
        EMAIL = "email", _("E-mail")
        SMS = "sms", _("SMS")

    class State(models.TextChoices):
        QUEUED = "queued", _("En attente")
        SENDING = "sending", _("En cours d’envoi")
        SENT = "sent", _("Envoyé")
        RETRY = "retry", _("Nouvel essai prévu")
        FAILED = "failed", _("Échec")
        REFUSED = "refused", _("Refusé par le serveur du destinataire")  # after it was sent: see `bounces`
        MERGED = "merged", _("Remplacé par un message plus récent")  # it waited too long: see `pacing`

    OPEN_STATES: ClassVar[list[str]] = [State.QUEUED, State.SENDING, State.RETRY]

    channel = models.CharField(_("canal"), max_length=5, choices=Channel)
    recipient = models.CharField(_("destinataire"), max_length=254)  # e-mail address or E.164 number
    language = models.CharField(_("langue"), max_length=5, choices=settings.LANGUAGES)
    notice = models.CharField(_("avis"), max_length=80)  # key of the class in an app's notices.py
    about = models.CharField(_("objet"), max_length=80, blank=True)  # "complaint:12"
    occasion = models.CharField(max_length=40, blank=True)  # what of the case it tells, such as "event:34"
    sender_name = models.CharField(_("nom de l’expéditeur"), max_length=60, blank=True)  # the address is the portal's
    subject = models.CharField(_("sujet"), max_length=200, blank=True)
    body_text = models.TextField(_("texte"), blank=True)
    body_html = models.TextField(_("texte mis en forme"), blank=True)
    sensitive = models.BooleanField(_("contient un code"), default=False)
    unproved = models.BooleanField(_("contact non confirmé"), default=False)  # limits of its own: see `pacing`
    replaceable = models.BooleanField(default=False)  # a newer message of its case says more than it
    counted = models.BooleanField(default=False)  # against the limits, at its first try
    dedup_key = models.CharField(_("clé d’unicité"), max_length=200, unique=True)
    state = models.CharField(_("état"), max_length=8, choices=State, default=State.QUEUED)
    attempts = models.PositiveSmallIntegerField(_("essais"), default=0)
    next_try_at = models.DateTimeField(_("prochain essai"), default=timezone.now)
    expires_at = models.DateTimeField(_("inutile après"), null=True, blank=True)
    claimed_until = models.DateTimeField(_("réservé jusqu’à"), null=True, blank=True)
    last_error = models.CharField(_("dernière erreur"), max_length=200, blank=True)
    sent_at = models.DateTimeField(_("envoyé le"), null=True, blank=True)
    created_at = models.DateTimeField(_("créé le"), auto_now_add=True)

    objects = MessageQuerySet.as_manager()

    class Meta:
        verbose_name = _("message")
        verbose_name_plural = _("messages")
        permissions = [("resend_message", _("Peut renvoyer un message"))]
        indexes = [
            models.Index("about", "id", name="outbox_about"),
            models.Index("next_try_at", "id", condition=Q(state__in=["queued", "sending", "retry"]), name="outbox_due"),
            models.Index("id", condition=Q(state="failed"), name="outbox_failed"),
            models.Index("id", condition=Q(sensitive=True) & ~Q(body_text=""), name="outbox_to_blank"),
        ]

    def __str__(self) -> str:
        return f"{self.get_channel_display()} {self.pk} ({self.notice})"

    @property
    def message_id(self) -> str:
        """The RFC 5322 Message-ID: the same at every try, so that a repeated e-mail is recognised as one.

        Its last part is ours alone to make: nobody invents the Message-ID that a forged bounce would need.
        """
        host = urlsplit(settings.PUBLIC_URL).hostname
        name = f"{self.pk}.{self.created_at:%Y%m%d%H%M%S}"
        return f"<{name}.{salted_hmac('notifications.message-id', name, algorithm='sha256').hexdigest()[:20]}@{host}>"

    @property
    def waits_until(self) -> datetime | None:
        """When a message that was put off may leave; None for any other."""
        return self.next_try_at if self.state == self.State.QUEUED and self.last_error else None

    @property
    def is_blanked(self) -> bool:
        """The text was wiped: it held a one-time code, or its case was erased."""
        return not self.recipient or (self.sensitive and not self.body_text)


class ContactProof(models.Model):
    """A contact from which a link or a code came back, as a keyed hash (`proofs`)."""

    mark = models.CharField(max_length=64, primary_key=True)
    proved_at = models.DateTimeField(db_index=True)

    def __str__(self) -> str:
        return self.mark[:8]
