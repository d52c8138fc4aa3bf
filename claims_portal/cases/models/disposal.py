"""The erasure of cases by two people, and its proofs."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk


class DisposalBatchQuerySet(models.QuerySet["DisposalBatch"]):
    def visible_to(self, user: Any) -> DisposalBatchQuerySet:
        """Return the batches of the desks a member of staff may see; all of them for a superuser."""
        return self if user.is_superuser else self.filter(desk__in=user.desk_ids())

    def proposed(self) -> DisposalBatchQuerySet:
        """Return the batches that wait for a second person, the oldest first."""
        return self.filter(state=DisposalBatch.State.PROPOSED).order_by("pk")


class DisposalBatch(models.Model):
    """Cases of one kind and desk that somebody proposes to erase and somebody else approves (F29)."""

    class State(models.TextChoices):
        PROPOSED = "proposed", _("À approuver")
        APPROVED = "approved", _("Approuvée")
        REFUSED = "refused", _("Refusée ou retirée")

    class Reason(models.TextChoices):
        RETENTION = "retention", _("Durée de conservation écoulée")
        REQUEST = "request", _("Demande d’effacement de la personne")

    kind = models.CharField(_("nature des dossiers"), max_length=40)  # the name of a registered kind of case
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", verbose_name=_("guichet"))
    reason = models.CharField(_("motif"), max_length=10, choices=Reason)
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.PROPOSED)
    size = models.PositiveIntegerField(_("dossiers proposés"))
    proposed_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("proposée par"))
    proposed_at = models.DateTimeField(_("proposée le"), auto_now_add=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("décidée par")
    )
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)

    objects = DisposalBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("suppression de dossiers")
        verbose_name_plural = _("suppressions de dossiers")
        default_permissions = ("view",)
        indexes: ClassVar = [
            models.Index(fields=["desk", "-id"], name="case_disposals_of_desk"),
            models.Index(fields=["id"], name="case_disposals_proposed", condition=Q(state="proposed")),
        ]
        constraints: ClassVar = [
            # Nobody erases alone: PostgreSQL refuses it too.
            models.CheckConstraint(
                condition=Q(state="proposed", decided_by=None, decided_at=None)
                | Q(state="refused", decided_by__isnull=False, decided_at__isnull=False)
                | Q(state="approved", decided_by__isnull=False, decided_at__isnull=False)
                & ~Q(decided_by=F("proposed_by")),
                name="case_disposal_needs_two_people",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.desk.name} · {self.get_reason_display()}"


class CaseDisposal(models.Model):
    """One case of a batch: proposed, then the proof that it was erased. It names nobody.

    Concrete classes declare `case`, a one-to-one field with the reverse name « disposal ».
    """

    batch = models.ForeignKey("cases.DisposalBatch", models.PROTECT, related_name="+", verbose_name=_("suppression"))
    case: Any
    closed_at = models.DateTimeField(_("clôturé le"))  # another moment when it is carried out: it was reopened
    due_at = models.DateTimeField(_("à conserver jusqu’au"), null=True, blank=True)
    explanation = models.JSONField(_("calcul"), null=True, blank=True)
    done_at = models.DateTimeField(_("supprimé le"), null=True, blank=True)
    erased = models.JSONField(_("ce qui a été supprimé"), default=dict)  # how many rows of each kind, and bytes
    document_ids = ArrayField(models.UUIDField(), default=list)
    files_gone_at = models.DateTimeField(_("fichiers détruits, constaté le"), null=True, blank=True)
    # Keyed hashes bound to this number: its owner may still learn that the case is gone.
    contact_marks = ArrayField(models.CharField(max_length=64), default=list, editable=False)

    class Meta:
        abstract = True
        default_permissions = ()
        ordering: ClassVar = ["pk"]
        indexes: ClassVar = [
            models.Index(fields=["batch"], name="%(class)s_to_do", condition=Q(done_at=None)),
            models.Index(
                fields=["id"], name="%(class)s_files", condition=Q(done_at__isnull=False, files_gone_at__isnull=True)
            ),
        ]

    def __str__(self) -> str:
        return str(self.case)
