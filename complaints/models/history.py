"""What happened to a complaint, and the clocks that run on it."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.models import CaseClock, CaseEvent, CasePause

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


class Event(CaseEvent):
    """One line of the history of a complaint."""

    case = models.ForeignKey(Complaint, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=EventKind)

    class Meta(CaseEvent.Meta):
        verbose_name = _("événement")
        verbose_name_plural = _("événements")
        indexes: ClassVar = [models.Index(fields=["case", "at", "id"], name="event_of_complaint")]

    def __str__(self) -> str:
        return self.get_kind_display()

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        """As Django's, which compares with every kind there is, at each of a case's events."""
        return label_of(EventKind, self.kind)

    @property
    def recourse(self) -> str:
        """What an answer said about mediators; "" for everything else. Come with `select_related("answer")`."""
        answer = getattr(self, "answer", None) if self.kind == EventKind.ANSWERED else None
        return answer.recourse if answer is not None else ""


class ClockKind(models.TextChoices):
    ACKNOWLEDGEMENT = "acknowledgement", _("Accusé de réception")
    ANSWER = "answer", _("Réponse")
    REOPENING = "reopening", _("Possibilité de rouvrir")
    CLOSING = "closing", _("Clôture automatique")


class Clock(CaseClock):
    """A delay that runs on a complaint."""

    case = models.ForeignKey(Complaint, models.CASCADE, related_name="clocks")
    kind = models.CharField(max_length=20, choices=ClockKind)

    class Meta(CaseClock.Meta):
        verbose_name = _("délai en cours")
        verbose_name_plural = _("délais en cours")
        indexes: ClassVar = [
            *CaseClock.Meta.indexes,
            # Answered cases that close by themselves, and those of which the person was not told yet.
            models.Index(fields=["due_at"], name="clock_closing", condition=models.Q(kind="closing")),
            models.Index(
                fields=["due_at"],
                name="clock_to_announce",
                condition=models.Q(kind="closing", reminded_at__isnull=True),
            ),
        ]


class Pause(CasePause):
    """A time during which the desk waits for the complainant."""

    case = models.ForeignKey(Complaint, models.CASCADE, related_name="pauses")

    class Meta(CasePause.Meta):
        verbose_name = _("pause")
        verbose_name_plural = _("pauses")
