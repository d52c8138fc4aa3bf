"""What a member sends online: identity papers once, then declarations with their pieces and history."""

from __future__ import annotations

from typing import ClassVar

from django.core.validators import MinValueValidator
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from claims_portal.accounts.models import User
from claims_portal.cases.models import Case, CaseDisposal, CaseDocument, CaseEvent, CaseQuerySet, CommonEvent
from claims_portal.documents.models import Document
from health_claims.workflow import DeclarationState, declaration_workflow
from membership.models import Beneficiary, Guarantee, Member, Prestation

from .reference import Reason


class DeclarationEventKind(models.TextChoices):
    """What an event of a declaration records beside the common kinds: the names of its transitions."""

    SENT = "sent", _("Demande envoyée")
    VALIDATED = "validate", _("Déclaration validée")
    REJECTED = "reject", _("Déclaration rejetée")
    ASKED = "ask_complement", _("Complément demandé")
    SUPPLIED = "supply", _("Complément envoyé")
    TAKEN = "assign", _("Déclaration attribuée")
    SET_ASIDE = "set_aside", _("Mise de côté")
    ATTACHED = "attach", _("Rattachée à l’adhérent")


class DocumentKind(models.TextChoices):
    """What a document of a declaration or of a claim shows."""

    PIECE = "piece", _("Pièce du dossier")
    COMPLEMENT = "complement", _("Complément")
    SENT = "sent", _("Document envoyé par le service")


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

    member = models.ForeignKey(Member, models.PROTECT, related_name="papers", verbose_name=_("adhérent"))
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


class DeclarationQuerySet(CaseQuerySet["Declaration"]):
    def shown_to_member(self) -> DeclarationQuerySet:
        """All but those of a former holder of the account that nobody has said to be the member's."""
        return self.filter(set_aside_at=None)


class Declaration(Case):
    """A complementary sickness file sent online (rows D75–D153). Only `health_claims.services` writes here."""

    workflow = declaration_workflow

    number = models.CharField(_("ID demande"), max_length=20, unique=True)  # YYYYMMDD + 6 digits (row D128)
    state = models.CharField(_("statut"), max_length=20, choices=DeclarationState, default=DeclarationState.CREATED)
    draft_id = models.UUIDField(unique=True, null=True, editable=False)  # one draft makes one declaration
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
    warnings = models.JSONField(_("avertissements montrés avant l’envoi"), default=list, blank=True)  # codes

    complement_asked_at = models.DateTimeField(_("complément demandé le"), null=True, blank=True)
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("motif"))
    reason_note = models.CharField(_("précision"), max_length=500, blank=True)
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
            models.Index(fields=["member", "-opened_at", "-id"], name="declaration_of_member"),
            models.Index(fields=["member", "prestation", "care_date"], name="declaration_same_care"),
            # The queue, of one desk or of all: what waits for a decision, oldest first; what is decided weighs nothing.
            # It also holds what tells those that wait for the member, so that counting reads no declaration.
            models.Index(
                fields=["desk", "opened_at", "id"],
                include=["waiting_on"],
                name="declaration_queue",
                condition=Q(state="created"),
            ),
            models.Index(
                fields=["opened_at", "id"],
                include=["waiting_on"],
                name="declaration_waiting",
                condition=Q(state="created"),
            ),
            models.Index(fields=["desk", "-opened_at", "-id"], name="declaration_desk_recent"),
            models.Index(
                fields=["desk", "opened_at", "id"],
                name="declaration_undelivered",
                condition=Q(undelivered_at__isnull=False),
            ),
            models.Index(fields=["-opened_at", "-id"], name="declaration_recent"),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=~Q(state="rejected") | Q(reason__isnull=False), name="rejection_has_a_reason"
            ),
        ]

    @property
    def person_name(self) -> str:
        return self.member.full_name

    @property
    def patient_name(self) -> str:
        """The person treated; read `member` and `patient` beforehand."""
        return self.patient.full_name if self.patient else self.member.full_name


class DeclarationEvent(CaseEvent):
    """One line of the history of a declaration."""

    case = models.ForeignKey(Declaration, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=[*CommonEvent.choices, *DeclarationEventKind.choices])

    class Meta(CaseEvent.Meta):
        verbose_name = _("événement d’une déclaration")
        verbose_name_plural = _("événements des déclarations")
        indexes: ClassVar = [models.Index(fields=["case", "at", "id"], name="event_of_declaration")]


class DeclarationDocument(CaseDocument):
    """A file joined to a declaration."""

    case = models.ForeignKey(Declaration, models.PROTECT, related_name="documents")
    event = models.ForeignKey(DeclarationEvent, models.PROTECT, related_name="documents", null=True)
    kind = models.CharField(max_length=20, choices=DocumentKind, default=DocumentKind.PIECE)

    class Meta(CaseDocument.Meta):
        verbose_name = _("pièce d’une déclaration")
        verbose_name_plural = _("pièces des déclarations")


class DeclarationDisposal(CaseDisposal):
    """A declaration that was proposed for erasure, then the proof that it was erased."""

    case = models.OneToOneField(Declaration, models.PROTECT, related_name="disposal", verbose_name=_("déclaration"))

    class Meta(CaseDisposal.Meta):
        verbose_name = _("déclaration supprimée")
        verbose_name_plural = _("déclarations supprimées")
