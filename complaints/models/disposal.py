"""The proofs that complaints were erased (F29)."""

from __future__ import annotations

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.models import CaseDisposal

from .case import Complaint


class Disposal(CaseDisposal):
    """A complaint that was proposed for erasure, then the proof that it was erased."""

    case = models.OneToOneField(Complaint, models.PROTECT, related_name="disposal", verbose_name=_("réclamation"))

    class Meta(CaseDisposal.Meta):
        verbose_name = _("dossier supprimé")
        verbose_name_plural = _("dossiers supprimés")
