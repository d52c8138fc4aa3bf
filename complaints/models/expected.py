"""How long answers have taken, as measured: what a person may expect, beside what is promised (F14)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.organisations.models import Desk

from .procedure import Category


class ExpectedDelay(models.Model):
    """The measure of a desk, or of one of its categories. Written each night by `services.measuring`, never by hand."""

    desk = models.ForeignKey(Desk, models.CASCADE, related_name="expected_delays")
    category = models.ForeignKey(Category, models.CASCADE, related_name="+", null=True)  # None: the whole desk
    answers = models.PositiveIntegerField()  # how many were measured
    median_days = models.PositiveSmallIntegerField()
    ninth_days = models.PositiveSmallIntegerField()  # nine answers out of ten took no longer

    class Meta:
        verbose_name = _("délai mesuré")
        verbose_name_plural = _("délais mesurés")
        constraints = [
            models.UniqueConstraint(fields=["desk", "category"], name="one_measure_a_category", nulls_distinct=False)
        ]

    def __str__(self) -> str:
        return f"{self.desk}: {self.median_days}–{self.ninth_days}"
