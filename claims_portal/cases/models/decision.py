"""What is granted or refused."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User


class Decision(models.TextChoices):
    """What became of something that is granted or refused."""

    PENDING = "pending", _("À décider")
    GRANTED = "granted", _("Accordé")
    PARTLY = "partial", _("Accordé en partie")
    REFUSED = "refused", _("Refusé")
    CANCELLED = "cancelled", _("Annulé")


DECISIONS = {
    Decision.PENDING: {Decision.GRANTED, Decision.PARTLY, Decision.REFUSED, Decision.CANCELLED},
    Decision.GRANTED: {Decision.CANCELLED, Decision.REFUSED},
    Decision.PARTLY: {Decision.CANCELLED, Decision.REFUSED},
    Decision.REFUSED: set(),
    Decision.CANCELLED: set(),
}


class Decidable(models.Model):
    """Something that is granted or refused by a member of staff: one state machine for all of them.

    `services.decisions.decide` is the only writer of these columns.
    """

    decision = models.CharField(_("décision"), max_length=10, choices=Decision, default=Decision.PENDING)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("décidé par")
    )
    decision_note = models.CharField(_("précision"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at=None, decided_by=None)
                | (~Q(decision="pending") & Q(decided_at__isnull=False)),
                name="%(class)s_decided_at_a_moment",
            ),
        ]

    @property
    def is_pending(self) -> bool:
        return self.decision == Decision.PENDING
