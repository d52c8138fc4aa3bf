"""How a desk takes complaints: its delays, categories, questions. Rows that staff edit, never code."""

from __future__ import annotations

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.deadlines.models import Delay
from claims_portal.organisations.models import Desk, Sector
from claims_portal.translated import Translated


class RiskBearer(models.TextChoices):
    """Who bears the risk of a contract: it decides which mediator may be asked (rows C41, C44; K2)."""

    INSURER = "insurer", _("Un assureur")
    PROVIDENT = "provident", _("Une institution de prévoyance")


class Procedure(models.Model):
    """The delays and offers of one desk."""

    desk = models.OneToOneField(Desk, models.CASCADE, related_name="procedure", verbose_name=_("guichet"))
    acknowledgement_delay = models.ForeignKey(
        Delay, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("délai d’accusé de réception")
    )
    answer_delay = models.ForeignKey(
        Delay, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("délai de réponse")
    )
    reopening_delay = models.ForeignKey(
        Delay, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("délai pour rouvrir")
    )
    closing_delay = models.ForeignKey(
        Delay,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("clôture sans nouvelle"),
        help_text=_("Compté de la réponse, ou du dernier message du service. Vide : jamais."),
    )
    closing_notice_days = models.PositiveSmallIntegerField(
        _("annoncée tant de jours avant"),
        null=True,
        blank=True,
        validators=[MinValueValidator(1), MaxValueValidator(60)],
        help_text=_("Vide : la clôture n’est pas annoncée par un message, sa date se lit sur la page de suivi."),
    )
    archive_delay = models.ForeignKey(
        Delay,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("archivage"),
        help_text=_("Compté de la clôture. Ensuite, seules les personnes habilitées ouvrent le dossier."),
    )
    retention_delay = models.ForeignKey(
        Delay,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("durée de conservation"),
        help_text=_("Comptée de la clôture. Ensuite, la suppression peut être proposée. Vide : jamais."),
    )
    offers_sms = models.BooleanField(_("propose les SMS"), default=True)
    source = models.CharField(_("source"), max_length=200, blank=True)

    class Meta:
        verbose_name = _("procédure")
        verbose_name_plural = _("procédures")

    def __str__(self) -> str:
        return str(self.desk)


class Category(models.Model):
    """What a complaint is about, at one desk (rows C27–C31; the list is open: K4)."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="categories", verbose_name=_("guichet"))
    code = models.SlugField(_("code"))
    group_fr = models.CharField(_("groupe (fr)"), max_length=120, blank=True)
    group_ar = models.CharField(_("groupe (ar)"), max_length=120, blank=True)
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    risk_bearer = models.CharField(
        _("porteur de risque"),
        max_length=12,
        choices=RiskBearer,
        blank=True,
        help_text=_("Vide : cela dépend du contrat, l’agent le dit en répondant."),
    )
    acknowledgement_delay = models.ForeignKey(
        Delay,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("délai d’accusé de réception"),
        help_text=_("Vide : celui du guichet."),
    )
    answer_delay = models.ForeignKey(
        Delay,
        models.PROTECT,
        related_name="+",
        null=True,
        blank=True,
        verbose_name=_("délai de réponse"),
        help_text=_("Vide : celui du guichet."),
    )
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("proposée"), default=True)

    group = Translated()
    name = Translated()

    class Meta:
        verbose_name = _("catégorie")
        verbose_name_plural = _("catégories")
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["desk", "code"], name="one_category_per_code")]

    def __str__(self) -> str:
        return str(self.name)


class Respondent(models.Model):
    """A company or fund that may be complained of, in a sector."""

    sector = models.ForeignKey(Sector, models.CASCADE, related_name="respondents", verbose_name=_("secteur"))
    code = models.SlugField(_("code"))
    name_fr = models.CharField(_("nom (fr)"), max_length=160)
    name_ar = models.CharField(_("nom (ar)"), max_length=160, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("proposé"), default=True)

    name = Translated()

    class Meta:
        verbose_name = _("organisme mis en cause")
        verbose_name_plural = _("organismes mis en cause")
        ordering = ["position", "code"]
        constraints = [models.UniqueConstraint(fields=["sector", "code"], name="one_respondent_per_code")]

    def __str__(self) -> str:
        return str(self.name)


class AskedField(models.Model):
    """A question a desk adds to the form. What is not listed for a desk is not asked there."""

    class Field(models.TextChoices):
        RESPONDENT = "respondent", _("Organisme concerné")
        POLICY_NUMBER = "policy_number", _("Numéro de police ou de contrat")
        REGISTRATION_NUMBER = "registration_number", _("Numéro d’affiliation ou d’adhérent")
        SUBSCRIBER = "subscriber", _("Entreprise ou souscripteur du contrat")
        CLAIM_REFERENCE = "claim_reference", _("Référence du dossier ou du sinistre")
        CIN = "cin", _("Numéro de CIN")
        CNSS_NUMBER = "cnss_number", _("Numéro d’immatriculation CNSS")
        NIR = "nir", _("Numéro de sécurité sociale")
        ADDRESS = "address", _("Adresse postale")

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="asked_fields", verbose_name=_("guichet"))
    field = models.CharField(_("question"), max_length=30, choices=Field)
    is_required = models.BooleanField(_("obligatoire"), default=False)
    hint_fr = models.CharField(_("aide (fr)"), max_length=300, blank=True)
    hint_ar = models.CharField(_("aide (ar)"), max_length=300, blank=True)

    hint = Translated()

    class Meta:
        verbose_name = _("question posée")
        verbose_name_plural = _("questions posées")
        constraints = [models.UniqueConstraint(fields=["desk", "field"], name="each_question_once_a_desk")]

    def __str__(self) -> str:
        return self.get_field_display()
