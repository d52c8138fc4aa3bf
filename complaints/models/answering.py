"""What a desk answers with: outcomes and reasons that are counted, letters to begin from, mediators to name.

Rows that staff edit, never code. A row without an organisation serves them all.
"""

from __future__ import annotations

from django.core.exceptions import ValidationError
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.organisations.models import Desk, Organisation
from claims_portal.translated import Translated

from .case import Complaint
from .history import Event
from .procedure import RiskBearer


class SharedQuerySet(models.QuerySet[models.Model]):
    def of_organisation(self, organisation_id: int) -> SharedQuerySet:
        """What this organisation may use: its own rows, and those that serve them all; those in use only."""
        return self.filter(Q(organisation=organisation_id) | Q(organisation=None), is_active=True)


class Coded(models.Model):
    """A row known by its code, that figures count: it is retired, never deleted."""

    organisation = models.ForeignKey(
        Organisation,
        models.CASCADE,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("organisation"),
        help_text=_("Vide : pour toutes."),
    )
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("proposé"), default=True)

    name = Translated()
    objects = SharedQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)


class Outcome(Coded):
    """How a complaint ends (F37). Staff read it; the person reads the answer itself."""

    class Kind(models.TextChoices):
        FAVOURABLE = "favourable", _("Favorable")
        PARTIAL = "partial", _("Favorable en partie")
        UNFAVOURABLE = "unfavourable", _("Défavorable")
        NO_GROUND = "no-ground", _("Sans objet")
        MISDIRECTED = "misdirected", _("Hors compétence")
        MERGED = "merged", _("Réunie à une autre réclamation")
        REFERRED = "referred", _("Transmise à un autre organisme")

    # Written by the portal when a case ends so; no answer chooses them.
    WITHOUT_ANSWER = frozenset({Kind.MERGED, Kind.REFERRED})
    NEEDS_REASON = frozenset({Kind.PARTIAL, Kind.UNFAVOURABLE})

    kind = models.CharField(_("nature"), max_length=12, choices=Kind)

    class Meta(Coded.Meta):
        verbose_name = _("issue d’une réclamation")
        verbose_name_plural = _("issues des réclamations")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_outcome_a_code", nulls_distinct=False)
        ]

    @property
    def needs_reason(self) -> bool:
        """True when whoever decides so must say why."""
        return self.kind in self.NEEDS_REASON


class Reason(Coded):
    """Why an answer does not give, or not wholly give, what was asked (F37)."""

    class Meta(Coded.Meta):
        verbose_name = _("motif d’une réponse")
        verbose_name_plural = _("motifs des réponses")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "code"], name="one_reason_a_code", nulls_distinct=False)
        ]


class Answer(models.Model):
    """What was decided in one answer, and the way on that it named; or that the case went on elsewhere.

    Written once with its event.

    `recourse` is what the person read about mediators, kept as it was: rows change, what was sent does not.
    """

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="answers")
    event = models.OneToOneField(Event, models.PROTECT, related_name="answer")
    outcome = models.ForeignKey(Outcome, models.PROTECT, related_name="+", null=True, blank=True)
    reasons = models.ManyToManyField(Reason, related_name="+", blank=True)
    recourse = models.TextField(blank=True)
    stands = models.BooleanField(default=True)  # False once the case was reopened

    class Meta:
        verbose_name = _("réponse")
        verbose_name_plural = _("réponses")
        constraints = [
            models.UniqueConstraint(fields=["complaint"], condition=Q(stands=True), name="one_answer_stands"),
        ]

    def __str__(self) -> str:
        return str(self.outcome or self.event)


class Mediator(models.Model):
    """Somebody independent whom a person may turn to after the desk's answer (rows C40–C46)."""

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    website = models.URLField(_("site"), blank=True)
    postal_address_fr = models.TextField(_("adresse postale (fr)"), blank=True)
    postal_address_ar = models.TextField(_("adresse postale (ar)"), blank=True)
    when_fr = models.TextField(_("quand le saisir (fr)"), blank=True)
    when_ar = models.TextField(_("quand le saisir (ar)"), blank=True)
    source = models.CharField(_("source"), max_length=300, blank=True)
    valid_from = models.DateField(_("valable du"), null=True, blank=True)
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    name = Translated()
    postal_address = Translated()
    when = Translated()

    class Meta:
        verbose_name = _("médiateur")
        verbose_name_plural = _("médiateurs")
        ordering = ["code"]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        if self.valid_from and self.valid_to and self.valid_to < self.valid_from:
            raise ValidationError({"valid_to": _("La fin de validité doit suivre son début.")})

    @property
    def is_valid(self) -> bool:
        """True while it may be named; both ends are included."""
        today = timezone.localdate()
        return (not self.valid_from or self.valid_from <= today) and (not self.valid_to or today <= self.valid_to)


class Mediation(models.Model):
    """Which mediator a desk names, for contracts of which risk bearer (rows C41, C44; K2)."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="mediations", verbose_name=_("guichet"))
    risk_bearer = models.CharField(
        _("porteur de risque"), max_length=12, choices=RiskBearer, blank=True, help_text=_("Vide : quel qu’il soit.")
    )
    mediator = models.ForeignKey(Mediator, models.PROTECT, related_name="+", verbose_name=_("médiateur"))

    class Meta:
        verbose_name = _("médiateur d’un guichet")
        verbose_name_plural = _("médiateurs des guichets")
        ordering = ["desk", "pk"]
        constraints = [
            models.UniqueConstraint(fields=["desk", "risk_bearer", "mediator"], name="one_mediation_a_risk_bearer")
        ]

    def __str__(self) -> str:
        return f"{self.desk} · {self.mediator}"
