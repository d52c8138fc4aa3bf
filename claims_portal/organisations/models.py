"""Organisations, the desks that receive cases, and their texts: data, never constants."""

from __future__ import annotations

from datetime import date, datetime
from zoneinfo import ZoneInfo

from django.core.exceptions import ValidationError
from django.core.validators import RegexValidator
from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.translated import Translated


class Sector(models.Model):
    """The first choice a person makes: insurance, social protection, … (rows A7, A8, A17–A19)."""

    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=120)
    name_ar = models.CharField(_("nom (ar)"), max_length=120, blank=True)
    summary_fr = models.TextField(_("résumé (fr)"), blank=True)
    summary_ar = models.TextField(_("résumé (ar)"), blank=True)
    icon = models.SlugField(_("icône"), default="shield-check", help_text=_("Nom d’un dessin du portail."))
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    name = Translated()
    summary = Translated()

    class Meta:
        verbose_name = _("secteur")
        verbose_name_plural = _("secteurs")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)


class Organisation(models.Model):
    """An insurer, a fund, an authority, a manager of contracts: whoever answers for a desk."""

    class Kind(models.TextChoices):
        AUTHORITY = "authority", _("Autorité de contrôle")
        FUND = "fund", _("Caisse ou fonds")
        INSURER = "insurer", _("Assureur")
        MANAGER = "manager", _("Gestionnaire de contrats")

    code = models.SlugField(_("code"), unique=True)
    kind = models.CharField(_("nature"), max_length=20, choices=Kind)
    name_fr = models.CharField(_("nom (fr)"), max_length=200)
    name_ar = models.CharField(_("nom (ar)"), max_length=200, blank=True)
    short_name_fr = models.CharField(_("nom court (fr)"), max_length=60)
    short_name_ar = models.CharField(_("nom court (ar)"), max_length=60, blank=True)
    tagline_fr = models.CharField(_("accroche (fr)"), max_length=300, blank=True)
    tagline_ar = models.CharField(_("accroche (ar)"), max_length=300, blank=True)
    country = models.CharField(_("pays"), max_length=2, default="MA")
    time_zone = models.CharField(_("fuseau horaire"), max_length=40, default="Africa/Casablanca")
    website = models.URLField(_("site"), blank=True)
    activation_sender = models.CharField(
        _("expéditeur des e-mails d’activation"),
        max_length=60,
        blank=True,
        help_text=_("Le nom affiché ; l’adresse reste celle du portail."),
    )
    primary_colour = models.CharField(
        _("couleur"), max_length=7, blank=True, validators=[RegexValidator(r"^#[0-9a-fA-F]{6}$")]
    )
    is_active = models.BooleanField(_("active"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)

    name = Translated()
    short_name = Translated()
    tagline = Translated()

    class Meta:
        verbose_name = _("organisation")
        verbose_name_plural = _("organisations")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def today(self) -> date:
        """Return the local date: rights, ceilings and rules are those of that day."""
        return timezone.localdate(timezone=ZoneInfo(self.time_zone))


class DeskQuerySet(models.QuerySet["Desk"]):
    def open(self) -> DeskQuerySet:
        """Desks that accept new cases."""
        return self.filter(is_open=True, organisation__is_active=True).select_related("organisation")


# What pages beside those of the desks are called, in the same place of an address (complaints/urls.py).
RESERVED_CODES = frozenset({"depot", "mes-reclamations", "suivi", "suivi-en-ligne", "verification"})


class Desk(models.Model):
    """Where cases arrive: one counter of an organisation, with its own address and hours."""

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="desks", verbose_name=_("organisation"))
    sectors = models.ManyToManyField(Sector, related_name="desks", verbose_name=_("secteurs"))
    code = models.SlugField(_("code"), unique=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    introduction_fr = models.TextField(_("présentation (fr)"), blank=True)
    introduction_ar = models.TextField(_("présentation (ar)"), blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    phone = models.CharField(_("téléphone"), max_length=40, blank=True)
    postal_address_fr = models.TextField(_("adresse postale (fr)"), blank=True)
    postal_address_ar = models.TextField(_("adresse postale (ar)"), blank=True)
    hours_fr = models.CharField(_("horaires (fr)"), max_length=200, blank=True)
    hours_ar = models.CharField(_("horaires (ar)"), max_length=200, blank=True)
    is_open = models.BooleanField(_("reçoit les demandes"), default=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    # Inside its own organisation a desk may always hand a case over; elsewhere only to these.
    hands_over_to = models.ManyToManyField(
        "self",
        symmetrical=False,
        blank=True,
        related_name="+",
        verbose_name=_("peut transmettre à"),
        help_text=_("Guichets d’autres organisations ; ceux de la même organisation n’ont pas à être nommés."),
    )
    # Raised by `services.desk_changed`: what pages keep in memory about a desk is kept under this number.
    version = models.PositiveIntegerField(default=1, editable=False)

    name = Translated()
    introduction = Translated()
    postal_address = Translated()
    hours = Translated()

    objects = DeskQuerySet.as_manager()

    class Meta:
        verbose_name = _("guichet")
        verbose_name_plural = _("guichets")
        ordering = ["position", "code"]

    def __str__(self) -> str:
        return str(self.name)

    def clean(self) -> None:
        if self.code in RESERVED_CODES:
            raise ValidationError({"code": _("Une page du portail porte déjà ce nom : choisissez un autre code.")})


class LegalTextQuerySet(models.QuerySet["LegalText"]):
    def in_force(self, now: datetime | None = None) -> LegalTextQuerySet:
        """Texts valid now, the newest version first."""
        now = now or timezone.now()
        return self.filter(Q(valid_to__isnull=True) | Q(valid_to__gt=now), valid_from__lte=now).order_by("-valid_from")


class LegalText(models.Model):
    """A dated text of an organisation. A consent keeps the version it was given to."""

    class Kind(models.TextChoices):
        DATA_PROTECTION = "data-protection", _("Protection des données et consentement")
        LEGAL_NOTICE = "legal-notice", _("Mentions légales")
        MEMBER_TERMS = "member-terms", _("Conditions de l’espace adhérent")
        COMPLAINT_GUIDE = "complaint-guide", _("Ce qu’est une réclamation")

    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="texts", verbose_name=_("organisation"))
    kind = models.CharField(_("nature"), max_length=20, choices=Kind)
    version = models.CharField(_("version"), max_length=20)
    title_fr = models.CharField(_("titre (fr)"), max_length=200)
    title_ar = models.CharField(_("titre (ar)"), max_length=200, blank=True)
    body_fr = models.TextField(_("texte (fr)"))
    body_ar = models.TextField(_("texte (ar)"), blank=True)
    source = models.CharField(_("source"), max_length=200, blank=True)
    valid_from = models.DateTimeField(_("valable du"))
    valid_to = models.DateTimeField(_("valable jusqu’au"), null=True, blank=True)

    title = Translated()
    body = Translated()

    objects = LegalTextQuerySet.as_manager()

    class Meta:
        verbose_name = _("texte légal")
        verbose_name_plural = _("textes légaux")
        constraints = [
            models.UniqueConstraint(fields=["organisation", "kind", "version"], name="one_text_per_version"),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} {self.version}"
