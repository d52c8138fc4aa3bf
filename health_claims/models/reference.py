"""Coded reasons and the counters that give numbers."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.organisations.models import Organisation
from claims_portal.translated import Translated


class Reason(models.Model):
    """Why something was rejected, cut or asked for, in the person's language (row D150, E112; F37)."""

    class Use(models.TextChoices):
        REJECTION = "rejection", _("Rejet d’une déclaration")
        ABATEMENT = "abatement", _("Abattement sur une ligne")
        COMPLEMENT = "complement", _("Demande de complément")
        REFUSAL = "refusal", _("Refus d’un dossier")
        PAPER = "paper", _("Refus d’une pièce d’identité")
        ACCOUNT = "account", _("Compte rendu à l’adhérent")

    organisation = models.ForeignKey(
        Organisation, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("organisation")
    )  # None: for all
    use = models.CharField(_("usage"), max_length=12, choices=Use)
    code = models.SlugField(_("code"))
    label_fr = models.CharField(_("libellé (fr)"), max_length=160)
    label_ar = models.CharField(_("libellé (ar)"), max_length=160, blank=True)
    advice_fr = models.CharField(_("que faire (fr)"), max_length=300, blank=True)
    advice_ar = models.CharField(_("que faire (ar)"), max_length=300, blank=True)
    position = models.PositiveSmallIntegerField(_("ordre"), default=0)
    is_active = models.BooleanField(_("proposé"), default=True)

    label = Translated()
    advice = Translated()

    class Meta:
        verbose_name = _("motif")
        verbose_name_plural = _("motifs")
        ordering: ClassVar = ["use", "position", "code"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["organisation", "use", "code"], name="reason_once", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return str(self.label)


class DailyCounter(models.Model):
    """The last number given on a day. Its row's lock is what makes references follow one another (row D128)."""

    series = models.CharField(max_length=20)  # « declaration », « claim », « batch »
    day = models.DateField()  # in the organisation's zone
    last = models.PositiveIntegerField(default=0)

    class Meta:
        verbose_name = _("compteur du jour")
        verbose_name_plural = _("compteurs du jour")
        constraints: ClassVar = [models.UniqueConstraint(fields=["series", "day"], name="one_counter_a_day")]

    def __str__(self) -> str:
        return f"{self.series} {self.day}"
