"""What a validated declaration opens: the claim, its statement line by line, and its payment."""

from __future__ import annotations

from typing import Any, ClassVar

from django.db import models
from django.db.models import Exists, OuterRef, Q
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.cases.models import Case, CaseDisposal, CaseDocument, CaseEvent, CaseQuerySet, CommonEvent
from claims_portal.organisations.models import Desk, Organisation
from health_claims.workflow import ClaimState, claim_workflow
from membership.models import Beneficiary, Guarantee, Member, Prestation

from .declaration import Declaration, DocumentKind
from .reference import Reason
from .review import ReviewRule

MONEY: dict[str, Any] = {"max_digits": 10, "decimal_places": 2}  # dirhams, to the centime


class SettlementBatchQuerySet(models.QuerySet["SettlementBatch"]):
    def visible_to(self, user: Any) -> SettlementBatchQuerySet:
        """Batches of their insurers without a claim of a desk that is not theirs, those emptied by hand among them.

        All for a superuser.
        """
        if user.is_superuser:
            return self
        mine = user.desk_ids()
        elsewhere = Claim.objects.filter(batch=OuterRef("pk")).exclude(desk__in=mine)
        insurers = Desk.objects.filter(pk__in=mine).values("organisation")
        return self.filter(~Exists(elsewhere), organisation__in=insurers)


class SettlementBatch(models.Model):
    """Claims paid together, as one file for the bank."""

    number = models.CharField(_("numéro"), max_length=14, unique=True)
    organisation = models.ForeignKey(Organisation, models.PROTECT, related_name="+", verbose_name=_("assureur"))
    made_at = models.DateTimeField(_("établi le"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", verbose_name=_("établi par"))
    total = models.DecimalField(_("total"), max_digits=14, decimal_places=2)
    exported_at = models.DateTimeField(_("exporté le"), null=True, blank=True)
    # The order to mark its claims as paid, carried out by a task; then the moment it was done.
    paying_at = models.DateTimeField(_("règlement demandé le"), null=True, blank=True)
    paying_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    paid_at = models.DateTimeField(_("réglé le"), null=True, blank=True)

    objects = SettlementBatchQuerySet.as_manager()

    class Meta:
        verbose_name = _("lot de règlement")
        verbose_name_plural = _("lots de règlement")
        ordering: ClassVar = ["-made_at", "-id"]

    def __str__(self) -> str:
        return self.number

    @property
    def is_open(self) -> bool:
        """Nothing has left for the bank, nor been ordered: its claims may still be taken out."""
        return self.exported_at is None and self.paying_at is None


class ClaimQuerySet(CaseQuerySet["Claim"]):
    def shown_to_member(self) -> ClaimQuerySet:
        """All but those opened by a declaration that is set aside."""
        return self.filter(declaration__set_aside_at=None)


class Claim(Case):
    """A file accepted as handed in; its number is that of the acknowledgement (rows D139, D147–D149)."""

    workflow = claim_workflow

    number = models.CharField(_("N° déclaration"), max_length=20, unique=True)
    state = models.CharField(_("état"), max_length=20, choices=ClaimState, default=ClaimState.OPENED)
    declaration = models.OneToOneField(
        Declaration, models.PROTECT, related_name="claim", null=True, blank=True, verbose_name=_("déclaration")
    )
    member = models.ForeignKey(Member, models.PROTECT, related_name="claims", verbose_name=_("adhérent"))
    patient = models.ForeignKey(
        Beneficiary, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("personne traitée")
    )  # None: the member
    prestation = models.ForeignKey(Prestation, models.PROTECT, related_name="+", verbose_name=_("type de dossier"))
    guarantee = models.ForeignKey(Guarantee, models.PROTECT, related_name="+", verbose_name=_("garantie"))
    care_date = models.DateField(_("date des soins"))
    amount = models.DecimalField(_("frais engagés"), **MONEY)
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("motif"))
    batch = models.ForeignKey(
        SettlementBatch, models.PROTECT, related_name="claims", null=True, blank=True, verbose_name=_("lot")
    )
    paid_at = models.DateTimeField(_("réglé le"), null=True, blank=True)
    # Chosen to be looked at a second time, before it is paid; and what the insured was asked afterwards (row F40).
    review_rule = models.ForeignKey(
        ReviewRule, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("règle de contrôle")
    )
    reviewed_at = models.DateTimeField(_("contrôlé le"), null=True, blank=True)
    feedback_asked_at = models.DateTimeField(_("avis demandé le"), null=True, blank=True)
    feedback_at = models.DateTimeField(_("avis donné le"), null=True, blank=True)
    feedback_agrees = models.BooleanField(_("avis conforme"), null=True, blank=True)

    objects = ClaimQuerySet.as_manager()

    class Meta:
        verbose_name = _("dossier maladie")
        verbose_name_plural = _("dossiers maladie")
        indexes: ClassVar = [
            models.Index(fields=["member", "-opened_at", "-id"], name="claim_of_member"),
            # What was used of a ceiling: the claims of one person, by date of care.
            models.Index(fields=["member", "patient", "prestation", "care_date"], name="claim_of_person"),
            # The queues of one desk, or of all; then everything, of one desk or of all.
            models.Index(fields=["state", "desk", "opened_at", "id"], name="claim_state"),
            models.Index(fields=["desk", "opened_at", "id"], name="claim_desk_recent"),
            models.Index(fields=["opened_at", "id"], name="claim_recent"),
            models.Index(
                fields=["desk", "opened_at", "id"],
                name="claim_undelivered",
                condition=Q(undelivered_at__isnull=False),
            ),
            models.Index(fields=["desk", "id"], name="claim_to_pay", condition=Q(state="computed", batch__isnull=True)),
            models.Index(
                fields=["desk", "opened_at", "id"],
                name="claim_to_review",
                condition=Q(review_rule__isnull=False, reviewed_at__isnull=True),
            ),
        ]
        constraints: ClassVar = [
            models.CheckConstraint(condition=Q(amount__gte=0), name="claim_amount_is_not_negative"),
            models.CheckConstraint(
                condition=~Q(state="refused") | Q(reason__isnull=False), name="refusal_has_a_reason"
            ),
            models.CheckConstraint(
                condition=~Q(state="paid") | Q(batch__isnull=False, paid_at__isnull=False),
                name="paid_claim_has_a_batch_and_a_date",
            ),
        ]

    @property
    def person_name(self) -> str:
        return self.member.full_name

    @property
    def is_to_review(self) -> bool:
        return self.review_rule_id is not None and self.reviewed_at is None and self.state != ClaimState.REFUSED

    @property
    def awaits_feedback(self) -> bool:
        return self.feedback_asked_at is not None and self.feedback_at is None


class ClaimEventKind(models.TextChoices):
    """What an event of a claim records beside the common kinds: the names of its transitions."""

    ASKED = "ask_complement", _("Complément demandé")
    SUPPLIED = "supply", _("Complément envoyé")
    EXAMINATION_ASKED = "ask_counter_visit", _("Contre-visite demandée")
    EXAMINATION_RECORDED = "record_counter_visit", _("Avis de la contre-visite enregistré")
    COMPUTED = "compute", _("Décompte établi")
    REFUSED = "refuse", _("Dossier refusé")
    LEFT_BATCH = "leave_batch", _("Sorti du lot")
    REVIEWED = "review", _("Contrôle fait")
    PAID = "pay", _("Dossier réglé")
    TAKEN = "assign", _("Dossier attribué")
    FEEDBACK = "feedback", _("Avis de l’adhérent")


class ClaimEvent(CaseEvent):
    """One line of the history of a claim."""

    case = models.ForeignKey(Claim, models.PROTECT, related_name="events")
    kind = models.CharField(max_length=30, choices=[*CommonEvent.choices, *ClaimEventKind.choices])

    class Meta(CaseEvent.Meta):
        verbose_name = _("événement d’un dossier")
        verbose_name_plural = _("événements des dossiers")
        indexes: ClassVar = [models.Index(fields=["case", "at", "id"], name="event_of_claim")]


class ClaimDocument(CaseDocument):
    """A file sent for a claim after the declaration."""

    case = models.ForeignKey(Claim, models.PROTECT, related_name="documents")
    event = models.ForeignKey(ClaimEvent, models.PROTECT, related_name="documents", null=True)
    kind = models.CharField(max_length=20, choices=DocumentKind, default=DocumentKind.COMPLEMENT)

    class Meta(CaseDocument.Meta):
        verbose_name = _("pièce d’un dossier")
        verbose_name_plural = _("pièces des dossiers")


class ClaimDisposal(CaseDisposal):
    """A claim that was proposed for erasure, then the proof that it was erased."""

    case = models.OneToOneField(Claim, models.PROTECT, related_name="disposal", verbose_name=_("dossier maladie"))

    class Meta(CaseDisposal.Meta):
        verbose_name = _("dossier supprimé")
        verbose_name_plural = _("dossiers supprimés")


class Statement(models.Model):
    """The computation of a claim (« décompte »). A new one replaces it by a later version; none is edited."""

    claim = models.ForeignKey(Claim, models.PROTECT, related_name="statements", verbose_name=_("dossier"))
    version = models.PositiveSmallIntegerField(_("version"), default=1)
    made_at = models.DateTimeField(_("établi le"))
    made_by = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    spent = models.DecimalField(_("frais engagés (FE)"), **MONEY)
    base_paid = models.DecimalField(_("part du régime de base (R1)"), **MONEY)
    paid = models.DecimalField(_("part complémentaire (R2)"), **MONEY)

    class Meta:
        verbose_name = _("décompte")
        verbose_name_plural = _("décomptes")
        ordering: ClassVar = ["-version"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["claim", "version"], name="statement_version"),
            models.CheckConstraint(condition=Q(paid__gte=0, base_paid__gte=0), name="statement_pays_nothing_negative"),
        ]

    def __str__(self) -> str:
        return f"{self.claim} v{self.version}"


class StatementLine(models.Model):
    """One act (rows E107–E112). `steps` is the computation, replayed to the member (BEYOND N1)."""

    statement = models.ForeignKey(Statement, models.CASCADE, related_name="lines", verbose_name=_("décompte"))
    position = models.PositiveSmallIntegerField(_("ordre"))
    label = models.CharField(_("acte"), max_length=160)
    letter = models.CharField(_("lettre clé"), max_length=20, blank=True)
    coefficient = models.DecimalField(_("coefficient"), max_digits=8, decimal_places=2, null=True, blank=True)
    unit_value = models.DecimalField(_("valeur"), null=True, blank=True, **MONEY)
    base = models.DecimalField(_("base de remboursement (BR)"), **MONEY)
    base_rate = models.DecimalField(_("taux de base (%)"), max_digits=5, decimal_places=2)
    spent = models.DecimalField(_("frais engagés (FE)"), **MONEY)
    base_paid = models.DecimalField(_("part du régime de base (R1)"), **MONEY)
    rate = models.DecimalField(_("taux complémentaire (%)"), max_digits=6, decimal_places=2)
    paid = models.DecimalField(_("part complémentaire (R2)"), **MONEY)
    steps = models.JSONField(_("calcul"), default=list)  # [{"rule": …, amounts as strings …}]
    # What the insured asked for, where an agent retained another amount as spent, and why (row F38).
    asked = models.DecimalField(_("montant demandé"), null=True, blank=True, **MONEY)
    adjustment = models.ForeignKey(
        Reason, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("motif de la modification")
    )
    adjustment_note = models.CharField(_("précision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("ligne de décompte")
        verbose_name_plural = _("lignes de décompte")
        ordering: ClassVar = ["position"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["statement", "position"], name="statement_line_position"),
            models.CheckConstraint(
                condition=Q(paid__gte=0) & Q(spent__gte=models.F("paid") + models.F("base_paid")),
                name="line_never_pays_more_than_was_spent",
            ),
            models.CheckConstraint(
                condition=Q(asked=None, adjustment=None) | Q(asked__gte=0, adjustment__isnull=False),
                name="adjusted_line_says_why",
            ),
        ]

    def __str__(self) -> str:
        return self.label


class Abatement(models.Model):
    """A cut on a line, with its coded reason (row E112)."""

    line = models.ForeignKey(StatementLine, models.CASCADE, related_name="abatements", verbose_name=_("ligne"))
    reason = models.ForeignKey(Reason, models.PROTECT, related_name="+", verbose_name=_("motif"))
    amount = models.DecimalField(_("montant"), **MONEY)
    note = models.CharField(_("précision"), max_length=300, blank=True)

    class Meta:
        verbose_name = _("abattement")
        verbose_name_plural = _("abattements")
        ordering: ClassVar = ["id"]

    def __str__(self) -> str:
        return f"{self.reason} : {self.amount}"
