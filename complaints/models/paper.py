"""What happens on paper: letters to print, and people who wrote by post and ask to follow their case online."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from claims_portal.accounts.models import User
from claims_portal.cases.models import Decidable, Decision
from claims_portal.organisations.models import Desk

from .case import Complaint
from .history import Event


class LetterQuerySet(models.QuerySet["Letter"]):
    def visible_to(self, user: Any) -> LetterQuerySet:
        """The letters of the desks a member of staff works for; all of them for a superuser."""
        return self if user.is_superuser else self.filter(complaint__desk__agents=user)

    def to_print(self) -> LetterQuerySet:
        """Those nobody has printed yet, the oldest first."""
        return self.filter(printed_at__isnull=True).order_by("pk")

    def with_case(self) -> LetterQuerySet:
        """Everything a letter says, in four queries."""
        related = self.select_related(
            "event__answer", "complaint__desk__organisation", "complaint__complainant", "printed_by"
        )
        return related.prefetch_related("complaint__clocks", "complaint__pauses", "event__documents__document")


class Letter(models.Model):
    """News that goes to the complainant on paper, as the complaint came (row C38)."""

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="letters", verbose_name=_("réclamation"))
    event = models.OneToOneField(Event, models.PROTECT, related_name="letter", verbose_name=_("événement"))
    printed_at = models.DateTimeField(_("imprimé le"), null=True, blank=True)
    printed_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("imprimé par")
    )

    objects = LetterQuerySet.as_manager()

    class Meta:
        verbose_name = _("courrier")
        verbose_name_plural = _("courriers")
        indexes = [
            models.Index(fields=["id"], name="letter_to_print", condition=Q(printed_at__isnull=True)),
            models.Index(fields=["printed_by", "-printed_at"], name="letter_printed"),
        ]

    def __str__(self) -> str:
        return f"{self.complaint} · {self.event}"


class TrackingRequestQuerySet(models.QuerySet["TrackingRequest"]):
    def visible_to(self, user: Any) -> TrackingRequestQuerySet:
        """The requests to the desks a member of staff works for; all of them for a superuser."""
        return self if user.is_superuser else self.filter(desk__agents=user)

    def pending(self) -> TrackingRequestQuerySet:
        """Those nobody has decided yet, the oldest first."""
        return self.filter(decision=Decision.PENDING).order_by("created_at", "pk")


class TrackingRequest(Decidable):
    """Somebody who complained on paper gives an e-mail or a mobile to follow their case online (rows A43, A44)."""

    class Refusal(models.TextChoices):
        """Why a request is refused; the label is what the person reads."""

        NOT_FOUND = "not-found", _("Nous n’avons pas retrouvé votre réclamation avec ce que vous avez indiqué.")
        UNSURE = "unsure", _("Ce que vous avez indiqué ne suffit pas pour être sûr qu’il s’agit de votre réclamation.")
        KNOWN = "known", _("Un contact est déjà enregistré pour cette réclamation : utilisez-le pour la suivre.")

    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("guichet"))
    number = models.CharField(_("numéro indiqué"), max_length=12, blank=True)
    name = models.CharField(_("nom indiqué"), max_length=160, blank=True)
    letter_reference = models.CharField(_("référence du courrier"), max_length=60, blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    mobile = PhoneNumberField(_("téléphone portable"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    created_at = models.DateTimeField(_("demandée le"), auto_now_add=True)
    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="+", null=True, blank=True)
    refusal = models.CharField(_("motif du refus"), max_length=10, choices=Refusal, blank=True)

    objects = TrackingRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande de suivi en ligne")
        verbose_name_plural = _("demandes de suivi en ligne")
        indexes = [
            models.Index(fields=["desk", "created_at", "id"], name="tracking_request", condition=Q(decision="pending")),
            models.Index(fields=["number"], name="tracking_request_number", condition=~Q(number="")),
        ]
        constraints: ClassVar = [
            *Decidable.Meta.constraints,
            # Sent twice, or from two tabs: one request to check.
            models.UniqueConstraint(
                fields=["desk", "number", "name", "letter_reference", "email", "mobile"],
                name="one_pending_tracking_request",
                condition=Q(decision="pending"),
            ),
        ]

    def __str__(self) -> str:
        return self.name or self.number
