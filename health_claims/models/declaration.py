"""What a member sends online: identity papers once, then declarations with their pieces and history."""

from __future__ import annotations

import uuid
from typing import Any, ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from health_claims.workflow import DeclarationState
from membership.models import Beneficiary, Guarantee, Member, Prestation

from .reference import Reason


class IdentityPaper(models.Model):
    """A paper sent once with the first file, checked once (rows D64, D69–D72)."""

    class Kind(models.TextChoices):
        CIN = "cin", _("Copie CIN")
        CARD = "card", _("Copie de la carte d’adhésion")

    class State(models.TextChoices):
        PENDING = "pending", _("À vérifier")
        ACCEPTED = "accepted", _("Acceptée")
        REFUSED = "refused", _("Refusée")
        SET_ASIDE = "set-aside", _("Mise de côté")  # the account was given back: nothing that counts, nor is shown

    member = models.ForeignKey(Member, models.CASCADE, related_name="papers", verbose_name=_("adhérent"))
    kind = models.CharField(_("nature"), max_length=6, choices=Kind)
    document = models.OneToOneField(Document, models.PROTECT, related_name="+", verbose_name=_("document"))
    state = models.CharField(_("état"), max_length=10, choices=State, default=State.PENDING)
    added_at = models.DateTimeField(_("reçue le"), auto_now_add=True)
    decided_at = models.DateTimeField(_("vérifiée le"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("motif"))
    reason_note = models.CharField(_("précision"), max_length=500, blank=True)

    class Meta:
        verbose_name = _("pièce d’identité")
        verbose_name_plural = _("pièces d’identité")
        constraints: ClassVar = [
            # A refused paper stays in the history; one at most of a kind counts.
            models.UniqueConstraint(
                fields=["member", "kind"],
                condition=~Q(state__in=["refused", "set-aside"]),
                name="one_paper_of_a_kind",
            ),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(reason__isnull=False) | ~Q(reason_note=""),
                name="refused_paper_has_a_reason",
            ),
        ]

    def __str__(self) -> str:
        return f"{self.get_kind_display()} · {self.member}"

    @property
    def is_to_send(self) -> bool:
        """An agent or the antivirus refused it: it is asked for again."""
        infected = self.document.state == Document.State.REFUSED and self.state != self.State.ACCEPTED
        return self.state == self.State.REFUSED or infected


class DeclarationQuerySet(models.QuerySet["Declaration"]):
    def visible_to(self, user: Any) -> DeclarationQuerySet:
        """Declarations to the desks this member of staff sees; all for a superuser."""
        return self if user.is_superuser else self.filter(desk_id__in=user.desk_ids())

    def shown_to_member(self) -> DeclarationQuerySet:
        """All but those of a former holder of the account that nobody has said to be the member's."""
        return self.filter(set_aside_at=None)


class Declaration(models.Model):
    """A complementary sickness file sent online (rows D75–D153). Only `health_claims.services` writes here."""

    reference = models.CharField(_("ID demande"), max_length=14, unique=True)  # YYYYMMDD + 6 digits (row D128)
    draft_id = models.UUIDField(unique=True, null=True, editable=False)  # one draft makes one declaration
    desk = models.ForeignKey("organisations.Desk", models.PROTECT, related_name="+", verbose_name=_("guichet"))
    member = models.ForeignKey(Member, models.PROTECT, related_name="declarations", verbose_name=_("adhérent"))
    patient = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("personne traitée")
    )  # None: the member
    prestation = models.ForeignKey(Prestation, models.PROTECT, related_name="+", verbose_name=_("type de dossier"))
    guarantee = models.ForeignKey(Guarantee, models.PROTECT, related_name="+", verbose_name=_("garantie"))
    care_date = models.DateField(_("date de consultation"))
    amount = models.DecimalField(_("frais engagés"), max_digits=10, decimal_places=2, validators=[MinValueValidator(0)])
    mobile = PhoneNumberField(_("GSM"), blank=True)  # as they were when it was sent (rows D114, D115)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    language = models.CharField(_("langue"), max_length=2, default="fr")
    warnings = models.JSONField(_("avertissements montrés avant l’envoi"), default=list, blank=True)  # codes

    state = models.CharField(_("statut"), max_length=10, choices=DeclarationState, default=DeclarationState.CREATED)
    complement_asked_at = models.DateTimeField(_("complément demandé le"), null=True, blank=True)
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("motif"))
    reason_note = models.CharField(_("précision"), max_length=500, blank=True)
    assigned_to = models.ForeignKey(
        User, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("agent")
    )
    created_at = models.DateTimeField(_("date de la demande"))
    decided_at = models.DateTimeField(_("décidée le"), null=True, blank=True)
    decided_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    # Sent before the account was given back to its member: hidden from them until an agent says that it is theirs.
    set_aside_at = models.DateTimeField(_("mise de côté le"), null=True, blank=True, editable=False)

    objects = DeclarationQuerySet.as_manager()

    class Meta:
        verbose_name = _("déclaration")
        verbose_name_plural = _("déclarations")
        permissions = [
            ("handle", _("Peut traiter les déclarations et les dossiers maladie")),
            ("settle", _("Peut établir et exporter les règlements")),
            ("read_medical", _("Peut ouvrir les pièces médicales")),
        ]
        indexes: ClassVar = [
            models.Index(fields=["member", "-created_at", "-id"], name="declaration_of_member"),
            models.Index(fields=["member", "prestation", "care_date"], name="declaration_same_care"),
            # The queue, of one desk or of all: what waits for a decision, oldest first; what is decided weighs nothing.
            # It also holds what tells those that wait for the member, so that counting reads no declaration.
            models.Index(
                fields=["desk", "created_at", "id"],
                include=["complement_asked_at"],
                name="declaration_queue",
                condition=Q(state="created"),
            ),
            models.Index(
                fields=["created_at", "id"],
                include=["complement_asked_at"],
                name="declaration_waiting",
                condition=Q(state="created"),
            ),
            models.Index(fields=["desk", "-created_at", "-id"], name="declaration_desk_recent"),
            models.Index(fields=["-created_at", "-id"], name="declaration_recent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(reason__isnull=False), name="rejection_has_a_reason"
            ),
        ]

    def __str__(self) -> str:
        return self.reference

    @property
    def patient_name(self) -> str:
        """The person treated; read `member` and `patient` beforehand."""
        return self.patient.full_name if self.patient else self.member.full_name


class DeclarationPiece(models.Model):
    """A file joined to a declaration; `complement` when it was asked for later."""

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    declaration = models.ForeignKey(Declaration, models.CASCADE, related_name="pieces")
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    is_complement = models.BooleanField(default=False)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        verbose_name = _("pièce d’une déclaration")
        verbose_name_plural = _("pièces des déclarations")
        ordering: ClassVar = ["added_at", "id"]

    def __str__(self) -> str:
        return self.document.label


class DeclarationEvent(models.Model):
    """One line of a declaration's history. Written once: a correction is a new event."""

    declaration = models.ForeignKey(Declaration, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=20)  # the transition's name, or « sent »
    at = models.DateTimeField()
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)  # None: the member
    to_state = models.CharField(max_length=10)
    body = models.TextField(blank=True)
    is_public = models.BooleanField(default=True)

    class Meta:
        verbose_name = _("événement d’une déclaration")
        verbose_name_plural = _("événements des déclarations")
        ordering: ClassVar = ["at", "id"]
        indexes: ClassVar = [models.Index(fields=["declaration", "at", "id"], name="event_of_declaration")]

    def __str__(self) -> str:
        return self.kind
