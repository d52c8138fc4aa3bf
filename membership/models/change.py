"""Changes of what a member is paid on, or signs in with."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User

from .member import Member


class SensitiveChange(models.Model):
    """One change of the RIB, the CIN, the birth date or the end of rights of a member.

    The audit log keeps the values before and after, masked. This row holds payments: until `payable_from` after a
    change of RIB, and from « ce n’est pas moi » until a supervisor releases them.
    """

    member = models.ForeignKey(Member, models.CASCADE, related_name="sensitive_changes", verbose_name=_("adhérent"))
    at = models.DateTimeField(_("le"), auto_now_add=True)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("par"))
    columns = models.JSONField(_("ce qui change"), default=list)  # names of columns of the member
    payable_from = models.DateField(_("payable à partir du"), null=True, blank=True)
    disputed_at = models.DateTimeField(_("contesté le"), null=True, blank=True)
    released_at = models.DateTimeField(_("libéré le"), null=True, blank=True)
    released_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("libéré par")
    )
    release_reason = models.CharField(_("motif"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("changement sensible")
        verbose_name_plural = _("changements sensibles")
        ordering: ClassVar = ["-pk"]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(released_at=None) | (~Q(release_reason="") & Q(released_by__isnull=False)),
                name="released_change_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.member} · {self.at:%d/%m/%Y}"

    @property
    def is_disputed(self) -> bool:
        return self.disputed_at is not None and self.released_at is None
