"""The register of requests under law 09-08 and the GDPR: what people ask about their data, by when, what was done."""

from __future__ import annotations

from typing import Any, ClassVar
from zoneinfo import ZoneInfo

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from claims_portal.cases.models import Decidable, Decision
from claims_portal.deadlines.explanation import Explanation, explanation_sentence, spelled_date
from claims_portal.deadlines.models import Delay
from claims_portal.organisations.models import Organisation


class Kind(models.TextChoices):
    """What somebody may ask (rows D25–D27: access, rectification, opposition; GDPR art. 17: erasure)."""

    ACCESS = "access", _("Savoir quelles données vous avez sur moi, et en recevoir une copie")
    RECTIFICATION = "rectification", _("Corriger ou compléter mes données")
    OPPOSITION = "opposition", _("M’opposer à un usage de mes données")
    ERASURE = "erasure", _("Effacer mes données")


SHORT = {
    Kind.ACCESS: _("Accès"),
    Kind.RECTIFICATION: _("Rectification"),
    Kind.OPPOSITION: _("Opposition"),
    Kind.ERASURE: _("Effacement"),
}


# How a request may be answered; the labels are what the person reads.
ANSWERS = {
    Decision.PENDING: _("À traiter"),
    Decision.GRANTED: _("Acceptée"),
    Decision.PARTLY: _("Acceptée en partie"),
    Decision.REFUSED: _("Refusée"),
}


class RightsDelay(models.Model):
    """Within what time an organisation answers a kind of request, and how long it keeps it afterwards."""

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="rights_delays", verbose_name=_("organisation")
    )
    kind = models.CharField(_("demande"), max_length=20, choices=Kind)
    delay = models.ForeignKey(Delay, models.PROTECT, related_name="+", verbose_name=_("délai"))
    retention = models.ForeignKey(
        Delay,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("durée de conservation"),
        help_text=_("Comptée de la réponse. Ensuite, la demande quitte le registre. Vide : jamais."),
    )

    class Meta:
        verbose_name = _("délai de réponse à une demande")
        verbose_name_plural = _("délais de réponse aux demandes")
        constraints: ClassVar = [models.UniqueConstraint(fields=["organisation", "kind"], name="one_rights_delay")]

    def __str__(self) -> str:
        return f"{self.organisation.name} · {SHORT[Kind(self.kind)]}"


class RightsRequestQuerySet(models.QuerySet["RightsRequest"]):
    def visible_to(self, user: Any) -> RightsRequestQuerySet:
        """Those to the organisations a member of staff works for; all of them for a superuser."""
        if user.is_superuser:
            return self
        return self.filter(organisation__in=Organisation.objects.filter(desks__agents=user).values("pk"))

    def pending(self) -> RightsRequestQuerySet:
        """Those to answer, the most urgent first."""
        return self.filter(decision=Decision.PENDING).order_by("due_at", "pk")


class RightsRequest(Decidable):
    """What one person asks one organisation. Only `privacy.services` writes here."""

    class Refusal(models.TextChoices):
        """Why a request is not met, or not wholly; the label is what the person reads."""

        IDENTITY = "identity", _("Nous n’avons pas pu vérifier que la demande vient bien de vous.")
        NOTHING = "nothing", _("Nous n’avons trouvé aucune donnée qui vous concerne.")
        LAW = "law", _("La loi, ou un dossier en cours, nous oblige à garder certaines de ces données.")
        EXCESSIVE = "excessive", _("La demande répète une demande récente, à laquelle nous avons déjà répondu.")

    number = models.CharField(_("numéro"), max_length=10, unique=True)
    form_id = models.UUIDField(unique=True, editable=False)  # a form sent twice makes one request
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("organisation"))
    kind = models.CharField(_("demande"), max_length=20, choices=Kind)
    name = models.CharField(_("nom et prénom"), max_length=160)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    mobile = PhoneNumberField(_("téléphone portable"), blank=True)
    details = models.TextField(_("précisions"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    received_at = models.DateTimeField(_("reçue le"))
    delay = models.ForeignKey(Delay, models.PROTECT, related_name="+", null=True, blank=True)
    due_at = models.DateTimeField(_("à traiter avant le"), null=True, blank=True)
    explanation = models.JSONField(_("calcul du délai"), null=True, blank=True)
    decision = models.CharField(_("réponse"), max_length=10, choices=ANSWERS, default=Decision.PENDING)
    identity_checked = models.BooleanField(_("identité vérifiée"), default=False)
    refusal = models.CharField(_("motif"), max_length=10, choices=Refusal, blank=True)
    done = models.TextField(_("ce qui a été fait"), blank=True)

    objects = RightsRequestQuerySet.as_manager()

    class Meta:
        verbose_name = _("demande sur des données personnelles")
        verbose_name_plural = _("demandes sur des données personnelles")
        default_permissions = ("view",)
        permissions: ClassVar = [("answer_rightsrequest", _("Peut répondre aux demandes sur des données personnelles"))]
        indexes: ClassVar = [
            models.Index(fields=["due_at", "id"], name="rights_pending", condition=Q(decision="pending")),
            models.Index(fields=["organisation", "-id"], name="rights_organisation"),
        ]
        constraints: ClassVar = [
            *Decidable.Meta.constraints,
            models.CheckConstraint(
                condition=~Q(decision__in=["granted", "partial"]) | Q(identity_checked=True),
                name="rights_met_once_identity_is_checked",
            ),
            models.CheckConstraint(
                condition=~Q(decision__in=["partial", "refused"]) | ~Q(refusal=""), name="rights_refused_with_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.number[:5]} {self.number[5:]}"

    @property
    def short_kind(self) -> str:
        """« Accès », « Rectification »…: what lists and messages call it."""
        return str(SHORT[Kind(self.kind)])

    @property
    def due_words(self) -> str:
        """« mardi 3 mars 2026 » in the active language; "" without a delay."""
        if self.due_at is None or self.explanation is None:
            return ""
        zone = ZoneInfo(Explanation.from_json(self.explanation).time_zone)
        return spelled_date(self.due_at.astimezone(zone).date())

    @property
    def due_reason(self) -> str:
        """How that date is counted; "" without a delay."""
        return explanation_sentence(self.explanation) if self.explanation else ""
