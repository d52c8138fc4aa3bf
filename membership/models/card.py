"""A person's card as a page: a code that says to whoever scans it whether rights are open, and nothing else."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils.translation import gettext_lazy as _

from .member import Beneficiary, Member


class MemberCard(models.Model):
    """One code a person, 128 random bits. A new one ends the old one (row F43)."""

    member = models.ForeignKey(Member, models.CASCADE, related_name="cards", verbose_name=_("adhérent"))
    beneficiary = models.ForeignKey(
        Beneficiary, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("bénéficiaire")
    )  # None: the member's own card
    code = models.CharField(max_length=32, unique=True, editable=False)
    made_at = models.DateTimeField(_("établie le"), auto_now=True)

    class Meta:
        verbose_name = _("carte d’adhérent")
        verbose_name_plural = _("cartes d’adhérent")
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["member", "beneficiary"], name="one_card_a_person", nulls_distinct=False),
        ]

    def __str__(self) -> str:
        return str(self.beneficiary or self.member)
