"""What happened to a complaint, and the clocks that run on it."""

from __future__ import annotations

from datetime import datetime
from typing import Any

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.deadlines.models import Delay

from .case import Complaint, label_of


class EventKind(models.TextChoices):
    """What an event records; the label is what the complainant reads."""

    FILED = "filed", _("Réclamation déposée")
    ACKNOWLEDGED = "acknowledged", _("Réclamation prise en charge")
    COMPLEMENT_ASKED = "complement-asked", _("Complément demandé")
    MESSAGE_FROM_COMPLAINANT = "message-in", _("Message envoyé au service")
    MESSAGE_FROM_DESK = "message-out", _("Message du service")
    ANSWERED = "answered", _("Réponse apportée")
    CLOSED = "closed", _("Réclamation clôturée")
    CLOSING_ANNOUNCED = "closing-announced", _("Clôture prochaine annoncée")
    CLOSED_IN_SILENCE = "closed-in-silence", _("Réclamation clôturée, sans nouvelle de votre part")
    REOPENED = "reopened", _("Réclamation rouverte")
    NOTE = "note", _("Note interne")
    ASSIGNED = "assigned", _("Réclamation attribuée")
    DEADLINE_MOVED = "deadline-moved", _("Échéance recalculée")
    ESCALATED = "escalated", _("Échéance dépassée, signalée au guichet")
    LATE_TOLD = "late-told", _("Retard annoncé par courrier")
    UNDELIVERED = "undelivered", _("Message non remis")
    CONTACT_ADDED = "contact-added", _("Suivi en ligne ouvert")
    HOLD_PLACED = "hold-placed", _("Suppression interdite")
    HOLD_LIFTED = "hold-lifted", _("Suppression de nouveau permise")
    ARCHIVED = "archived", _("Dossier archivé")
    DISPOSAL_PROPOSED = "disposal-proposed", _("Suppression proposée")
    DISPOSED = "disposed", _("Dossier supprimé")
    LINKED = "linked", _("Lien entre dossiers")
    MERGED = "merged", _("Réunie avec une autre réclamation")
    ABSORBED = "absorbed", _("Autre réclamation réunie avec celle-ci")
    TRANSFERRED = "transferred", _("Réclamation transmise à un autre guichet")
    REFERRED = "referred", _("Réclamation transmise à un autre organisme")
    ROUTED = "routed", _("Attribuée par une règle")


class EventQuerySet(models.QuerySet["Event"]):
    def record(self, *, complaint: Complaint, kind: EventKind, at: datetime, **more: Any) -> Event:
        """Write what happened to a case and left its state as it is; what changes it goes by `services.changes`."""
        return self.create(
            complaint=complaint, kind=kind, at=at, from_state=complaint.state, to_state=complaint.state, **more
        )


class Event(models.Model):
    """One line of a case's history. Written once: a correction is a new event."""

    complaint = models.ForeignKey(Complaint, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20, choices=EventKind)
    at = models.DateTimeField()
    # None: the complainant, or the portal by itself (`is_automatic`).
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    body = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)

    objects = EventQuerySet.as_manager()

    class Meta:
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        ordering = ["at", "id"]
        indexes = [models.Index(fields=["complaint", "at", "id"], name="event_of_complaint")]

    def __str__(self) -> str:
        return self.get_kind_display()

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("An event is written once.")
        super().save(*args, **kwargs)

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """As Django's, which compares with every kind there is, at each of a case's events."""
        return label_of(EventKind, self.kind)

    @property
    def is_automatic(self) -> bool:
        """True for what the portal did by itself: nobody stands behind it."""
        return self.kind in (
            EventKind.DEADLINE_MOVED,
            EventKind.ESCALATED,
            EventKind.LATE_TOLD,
            EventKind.ARCHIVED,
            EventKind.ROUTED,
            EventKind.UNDELIVERED,
            EventKind.CLOSING_ANNOUNCED,
            EventKind.CLOSED_IN_SILENCE,
        )

    @property
    def is_theirs(self) -> bool:
        """True for what the complainant did themselves."""
        return self.user_id is None and not self.is_automatic

    @property
    def recourse(self) -> str:
        """What an answer said about mediators; "" for everything else. Come with `select_related("answer")`."""
        answer = getattr(self, "answer", None) if self.kind == EventKind.ANSWERED else None
        return answer.recourse if answer is not None else ""

    @property
    def is_exchange(self) -> bool:
        """True for what was said, as opposed to what happened."""
        return bool(self.body)


class ClockKind(models.TextChoices):
    ACKNOWLEDGEMENT = "acknowledgement", _("Accusé de réception")
    ANSWER = "answer", _("Réponse")
    REOPENING = "reopening", _("Possibilité de rouvrir")
    CLOSING = "closing", _("Clôture automatique")


# What the complainant may do, and what happens if they do nothing: no promise of the desk.
UNPROMISED = [ClockKind.REOPENING.value, ClockKind.CLOSING.value]


class ClockQuerySet(models.QuerySet["Clock"]):
    def promised(self) -> ClockQuerySet:
        """What the desk still has to do by a date: its running clocks, but for the time to reopen or to close."""
        return self.filter(stopped_at__isnull=True).exclude(kind__in=UNPROMISED)

    def ticking(self) -> ClockQuerySet:
        """Promises that run now: an answer stands still while the complainant is asked for more."""
        asked = models.Exists(Pause.objects.filter(complaint=models.OuterRef("complaint"), ended_at=None))
        return self.promised().exclude(models.Q(asked, kind=ClockKind.ANSWER))

    def counting(self) -> ClockQuerySet:
        """Clocks whose due date may still change: promises to keep, and the time to reopen until it is over."""
        over = models.Q(kind=ClockKind.REOPENING, due_at__lt=timezone.now())
        return self.filter(stopped_at__isnull=True).exclude(over)


class Clock(models.Model):
    """A delay that runs on a case, with its due moment and how it was counted (BEYOND N7)."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind)
    delay = models.ForeignKey(Delay, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)  # who must act was told that it ends soon
    escalated_at = models.DateTimeField(null=True, blank=True)  # the desk was told that it is over
    explanation = models.JSONField()

    objects = ClockQuerySet.as_manager()

    class Meta:
        verbose_name = _("délai en cours")
        verbose_name_plural = _("délais en cours")
        ordering = ["due_at"]
        constraints = [models.UniqueConstraint(fields=["complaint", "kind"], name="one_clock_of_a_kind")]
        indexes = [
            # Promises of the desk that are still to be kept.
            models.Index(
                fields=["due_at"],
                name="clock_promised",
                condition=models.Q(stopped_at__isnull=True) & ~models.Q(kind__in=UNPROMISED),
            ),
            # Those nobody was told are over: what is old and late is not read again every quarter of an hour.
            models.Index(
                fields=["due_at"],
                name="clock_to_escalate",
                condition=models.Q(stopped_at__isnull=True, escalated_at__isnull=True) & ~models.Q(kind__in=UNPROMISED),
            ),
            # Answered cases that close by themselves, and those of which the person was not told yet.
            models.Index(fields=["due_at"], name="clock_closing", condition=models.Q(kind="closing")),
            models.Index(
                fields=["due_at"],
                name="clock_to_announce",
                condition=models.Q(kind="closing", reminded_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} → {self.due_at:%Y-%m-%d}"


class Pause(models.Model):
    """A time during which the desk waits for the complainant, and its answer clock stands still."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="pauses")
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
        ordering = ["started_at"]
        constraints = [
            models.UniqueConstraint(
                "complaint", condition=models.Q(ended_at__isnull=True), name="one_open_pause_a_complaint"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} – {self.ended_at or '…'}"
