"""Two cases that belong together: the same matter, the same person, or one filed twice (F8)."""

from __future__ import annotations

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User

from .case import Complaint


class CaseLink(models.Model):
    """A pair of cases, written once: `first` is always the one entered first."""

    class Kind(models.TextChoices):
        MATTER = "matter", _("Même affaire")
        PERSON = "person", _("Même personne")
        DUPLICATE = "duplicate", _("Doublon")

    first = models.ForeignKey(Complaint, models.CASCADE, related_name="links_as_first")
    second = models.ForeignKey(Complaint, models.CASCADE, related_name="links_as_second")
    kind = models.CharField(_("nature du lien"), max_length=10, choices=Kind)
    user = models.ForeignKey(User, models.PROTECT, related_name="+")
    created_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("lien entre dossiers")
        verbose_name_plural = _("liens entre dossiers")
        constraints = [
            models.UniqueConstraint(fields=["first", "second"], name="one_link_a_pair"),
            models.CheckConstraint(condition=Q(first__lt=F("second")), name="link_in_order"),
        ]

    def __str__(self) -> str:
        return f"{self.first} – {self.second}"
