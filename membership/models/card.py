"""The member's card as a page: a code that says to whoever scans it whether rights are open, and nothing else."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from .member import Member


class MemberCard(models.Model):
    """One code a member, 128 random bits. A new one ends the old one (row F43)."""

    member = models.OneToOneField(Member, models.CASCADE, related_name="card", verbose_name=_("adhérent"))
    code = models.CharField(max_length=32, unique=True, editable=False)
    made_at = models.DateTimeField(_("établie le"), auto_now=True)

    class Meta:
        verbose_name = _("carte d’adhérent")
        verbose_name_plural = _("cartes d’adhérent")

    def __str__(self) -> str:
        return str(self.member)
