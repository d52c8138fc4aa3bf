"""What agents look for, for a short time."""

from __future__ import annotations

from typing import ClassVar

from django.conf import settings
from django.db import models
from django.utils.translation import gettext_lazy as _


class Search(models.Model):
    """A text somebody looks for, which may be a name. Its key stands in the address of the list."""

    key = models.CharField(max_length=16, primary_key=True)
    user = models.ForeignKey(settings.AUTH_USER_MODEL, models.CASCADE, related_name="+", verbose_name=_("compte"))
    text = models.CharField(max_length=254)
    expires_at = models.DateTimeField(db_index=True)

    class Meta:
        verbose_name = _("recherche")
        verbose_name_plural = _("recherches")
        default_permissions: ClassVar = ()

    def __str__(self) -> str:
        return self.key
