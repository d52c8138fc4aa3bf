"""Accounts that were given back to their member."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from membership.models import Member

from .reference import Reason


class AccountReturn(models.Model):
    """Somebody else, or nobody any more, had the member's account: it began anew. Written once."""

    member = models.ForeignKey(Member, models.PROTECT, related_name="account_returns", verbose_name=_("adhérent"))
    at = models.DateTimeField(_("le"), auto_now_add=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("par"))
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("motif"))
    note = models.CharField(_("précision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("compte rendu")
        verbose_name_plural = _("comptes rendus")
        ordering: ClassVar = ["-at", "-id"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(reason__isnull=False) | ~Q(note=""), name="returned_account_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.at:%Y-%m-%d %H:%M}"
