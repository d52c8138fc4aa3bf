"""A view of the list that an agent keeps under a name (F20)."""

from __future__ import annotations

from django.db import models
from django.db.models import Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk


class SavedFilterQuerySet(models.QuerySet["SavedFilter"]):
    def offered_to(self, user: int) -> SavedFilterQuerySet:
        """Somebody's own, and those shared with a desk they work for. `user` is the key of their account."""
        return self.filter(Q(user=user) | Q(desk__in=Desk.objects.filter(agents=user)))


class SavedFilter(models.Model):
    """A queue, or something looked for in all of them. Kept for its owner alone, or shared with a desk."""

    user = models.ForeignKey(User, models.CASCADE, related_name="+", verbose_name=_("compte"))
    desk = models.ForeignKey(
        Desk, models.CASCADE, related_name="+", null=True, blank=True, verbose_name=_("partagé avec le guichet")
    )
    name = models.CharField(_("nom"), max_length=40)
    queue = models.CharField(_("file"), max_length=20)
    text = models.CharField(_("texte cherché"), max_length=254, blank=True)
    used_at = models.DateTimeField(_("ouverte le"), default=timezone.now)  # a text may be a name: unused, it goes

    objects = SavedFilterQuerySet.as_manager()

    class Meta:
        verbose_name = _("vue enregistrée")
        verbose_name_plural = _("vues enregistrées")
        ordering = ["name", "pk"]
        constraints = [models.UniqueConstraint(fields=["user", "name"], name="one_saved_filter_a_name")]

    def __str__(self) -> str:
        return self.name
