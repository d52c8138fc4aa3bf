"""Prior approvals (« ententes préalables »): what was asked before the care, and what the insurer decided.

A member asks by sending the quote of the care (row F42); an agent enters what was asked on paper.
"""

from __future__ import annotations

from datetime import date
from typing import Any, ClassVar

from django.db import models
from django.db.models import F, Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from membership.models import Beneficiary, Member, Prestation


class PriorApprovalQuerySet(models.QuerySet["PriorApproval"]):
    def visible_to(self, user: Any) -> PriorApprovalQuerySet:
        """Approvals of the policies whose desk this member of staff sees; all for a superuser."""
        return self if user.is_superuser else self.filter(member__policy__desk__in=user.desk_ids())

    def in_force(self, day: date) -> PriorApprovalQuerySet:
        """Those that were granted, and hold for care on a day."""
        still = Q(valid_to=None) | Q(valid_to__gte=day)
        return self.filter(still, decision=PriorApproval.Decision.GRANTED, valid_from__lte=day)

    def pending(self) -> PriorApprovalQuerySet:
        """Those an agent has still to decide."""
        return self.filter(decision=PriorApproval.Decision.PENDING)

    def sent_by(self, member: Member) -> PriorApprovalQuerySet:
        """The quotes whoever holds the member's account has sent; `member` with the account.

        What was sent before their identity was checked is a former holder's, whose account was given back.
        """
        since = member.account.identity_checked_at
        return self.filter(member=member, entered_by=None, entered_at__gte=since) if since else self.none()


class PriorApproval(models.Model):
    """One prestation for one person, for a time (DOMAIN §5). Once decided it is cancelled, never rewritten."""

    class Decision(models.TextChoices):
        PENDING = "pending", _("À décider")
        GRANTED = "granted", _("Accordé")
        REFUSED = "refused", _("Refusé")
        CANCELLED = "cancelled", _("Annulé")

    member = models.ForeignKey(Member, models.PROTECT, related_name="approvals", verbose_name=_("adhérent"))
    patient = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("personne à soigner")
    )  # None: the member
    prestation = models.ForeignKey(Prestation, models.PROTECT, related_name="+", verbose_name=_("prestation"))
    asked_on = models.DateField(_("demandé le"))
    decision = models.CharField(_("décision"), max_length=10, choices=Decision, default=Decision.PENDING)
    decided_on = models.DateField(_("décidé le"), null=True, blank=True)
    number = models.CharField(_("numéro d’accord"), max_length=30, blank=True)
    valid_from = models.DateField(_("valable du"), null=True, blank=True)
    valid_to = models.DateField(_("valable jusqu’au"), null=True, blank=True)
    note = models.CharField(_("précision"), max_length=500, blank=True)
    document = models.OneToOneField(
        Document, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("document")
    )
    # Of a quote the member sent: its amount, the day the care is planned, and what the page said it would bring.
    amount = models.DecimalField(_("montant du devis"), max_digits=10, decimal_places=2, null=True, blank=True)
    planned_on = models.DateField(_("soins prévus le"), null=True, blank=True)
    estimated = models.DecimalField(_("estimation donnée"), max_digits=10, decimal_places=2, null=True, blank=True)
    answer = models.CharField(_("réponse à l’adhérent"), max_length=500, blank=True)  # why, and what may be done
    entered_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("saisi par")
    )  # None: the member, online
    entered_at = models.DateTimeField(_("saisi le"), auto_now_add=True)
    # Not known of approvals that were cancelled before these columns existed.
    cancelled_at = models.DateTimeField(_("annulé le"), null=True, blank=True)
    cancelled_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("annulé par")
    )
    cancel_reason = models.CharField(_("motif de l’annulation"), max_length=500, blank=True)

    objects = PriorApprovalQuerySet.as_manager()

    class Meta:
        verbose_name = _("accord préalable")
        verbose_name_plural = _("accords préalables")
        indexes: ClassVar = [
            models.Index(fields=["member", "patient", "prestation"], name="approval_of_person"),
            models.Index(fields=["number"], name="approval_number"),
            models.Index(fields=["id"], name="approval_pending", condition=Q(decision="pending")),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(decision="granted")
                | (~Q(number="") & Q(decided_on__isnull=False) & Q(valid_from__isnull=False)),
                name="granted_approval_has_number_and_dates",
            ),
            models.CheckConstraint(
                condition=Q(valid_to=None) | Q(valid_to__gte=F("valid_from")), name="approval_ends_after_it_begins"
            ),
            models.CheckConstraint(
                condition=Q(cancelled_at=None, cancelled_by=None, cancel_reason="")
                | (
                    Q(decision="cancelled", cancelled_at__isnull=False, cancelled_by__isnull=False)
                    & ~Q(cancel_reason="")
                ),
                name="cancelled_approval_says_who_and_why",
            ),
        ]

    def __str__(self) -> str:
        return self.number or f"{self.prestation} · {self.asked_on:%d/%m/%Y}"

    @property
    def person(self) -> Member | Beneficiary:
        return self.patient or self.member

    def holds_on(self, day: date) -> bool:
        """The rule of `in_force`, for a row that is read."""
        if self.decision != self.Decision.GRANTED or self.valid_from is None:
            return False
        return self.valid_from <= day and (self.valid_to is None or day <= self.valid_to)
