"""Which claims are looked at a second time before they are paid: rules that staff write, one row each (row F40)."""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import ClassVar

from django.core.validators import MaxValueValidator, MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from membership.models import Policy, Prestation

SHARE = [MinValueValidator(Decimal("0.01")), MaxValueValidator(100)]


class ReviewRuleQuerySet(models.QuerySet["ReviewRule"]):
    def on(self, day: date) -> ReviewRuleQuerySet:
        """Those in force on a day, the first written first."""
        return self.filter(Q(valid_to=None) | Q(valid_to__gte=day), valid_from__lte=day).order_by("pk")


class ReviewRule(models.Model):
    """A share of a policy's claims, from an amount on, of one prestation or of all."""

    policy = models.ForeignKey(Policy, models.PROTECT, related_name="review_rules", verbose_name=_("police"))
    prestation = models.ForeignKey(
        Prestation, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("prestation")
    )  # None: all
    name = models.CharField(_("nom"), max_length=120, help_text=_("Ce que lisent les agents."))
    min_amount = models.DecimalField(
        _("à partir de (frais engagés)"),
        max_digits=10,
        decimal_places=2,
        default=0,
        validators=[MinValueValidator(0)],
    )
    share = models.DecimalField(
        _("part tirée au sort (%)"), max_digits=5, decimal_places=2, default=100, validators=SHARE
    )
    asks_feedback = models.BooleanField(
        _("demander son avis à l’adhérent"), default=False, help_text=_("Une fois le dossier réglé, par e-mail ou SMS.")
    )
    valid_from = models.DateField(_("valable du"))
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)

    objects = ReviewRuleQuerySet.as_manager()

    class Meta:
        verbose_name = _("règle de contrôle")
        verbose_name_plural = _("règles de contrôle")
        ordering: ClassVar = ["policy", "id"]

    def __str__(self) -> str:
        return self.name
