"""A complaint, who makes it, for whom, and with which documents."""

from __future__ import annotations

from django.contrib.postgres.indexes import OpClass
from django.db import models
from django.db.models import Q
from django.utils.translation import gettext_lazy as _
from phonenumber_field.modelfields import PhoneNumberField

from claims_portal.cases.models import Case, CaseDocument, CaseQuerySet, Channel
from claims_portal.organisations.models import LegalText
from complaints.workflow import State, workflow

from .procedure import Category, Respondent, RiskBearer


class Quality(models.TextChoices):
    """In what quality a person complains (rows A3–A5, A25; DOMAIN: roles of complainants)."""

    INSURED = "insured", _("Assuré")
    SUBSCRIBER = "subscriber", _("Souscripteur")
    MEMBER = "member", _("Adhérent")
    AFFILIATE = "affiliate", _("Affilié")
    BENEFICIARY = "beneficiary", _("Bénéficiaire")
    HEIR = "heir", _("Ayant droit ou héritier")
    THIRD_PARTY = "third-party", _("Tiers ou victime")
    AGENT = "agent", _("Mandataire (proche, avocat, association…)")


class DocumentKind(models.TextChoices):
    """What a document shows."""

    EVIDENCE = "evidence", _("Pièce justificative")
    MANDATE = "mandate", _("Mandat ou procuration")
    PRIOR_ANSWER = "prior-answer", _("Réponse déjà reçue")
    IDENTITY = "identity", _("Pièce d’identité")
    SCAN = "scan", _("Scan du courrier")
    SENT = "sent", _("Document envoyé par le service")


def label_of(choices: type[models.TextChoices], value: str) -> str:
    """The label of a choice in the active language; the value itself when it is none."""
    return str(choices(value).label) if value in choices else value


class ComplaintQuerySet(CaseQuerySet["Complaint"]):
    def for_complainant(self) -> ComplaintQuerySet:
        """Of one row, what the pages and papers of the complainant show, in one query."""
        return self.select_related("desk__organisation", "category", "respondent", "complainant")

    def with_case(self) -> ComplaintQuerySet:
        """Everything of one row that a case page shows, in one query."""
        return self.select_related(
            "desk__organisation", "category", "respondent", "complainant", "assigned_to", "consent_text", "disposal"
        )


class Complaint(Case):
    """One complaint. Only `complaints.services` writes here."""

    workflow = workflow

    state = models.CharField(_("état"), max_length=20, choices=State, default=State.RECEIVED)
    draft_id = models.UUIDField(unique=True, null=True, editable=False)  # one draft makes one case, whatever happens
    verification_code = models.CharField(max_length=32, unique=True, editable=False)
    category = models.ForeignKey(Category, models.PROTECT, related_name="+", verbose_name=_("catégorie"))
    respondent = models.ForeignKey(
        Respondent, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("organisme concerné")
    )
    respondent_other = models.CharField(_("autre organisme"), max_length=160, blank=True)
    policy_number = models.CharField(_("numéro de police ou de contrat"), max_length=60, blank=True)
    registration_number = models.CharField(_("numéro d’affiliation ou d’adhérent"), max_length=60, blank=True)
    subscriber = models.CharField(_("entreprise ou souscripteur"), max_length=160, blank=True)
    claim_reference = models.CharField(_("référence du dossier"), max_length=60, blank=True)
    risk_bearer = models.CharField(_("porteur de risque"), max_length=12, choices=RiskBearer, blank=True)
    facts = models.TextField(_("ce qui s’est passé"))
    event_date = models.DateField(_("date des faits"), null=True, blank=True)
    prior_steps = models.TextField(_("démarches déjà faites"), blank=True)
    prior_answer = models.TextField(_("réponse déjà reçue"), blank=True)
    desired_outcome = models.TextField(_("solution souhaitée"), blank=True)

    wants_sms = models.BooleanField(_("souhaite des SMS"), default=False)
    answered_at = models.DateTimeField(_("réponse le"), null=True, blank=True)
    satisfaction = models.PositiveSmallIntegerField(_("satisfaction"), null=True, blank=True)
    satisfaction_comment = models.TextField(_("commentaire"), blank=True)
    # Closed because everything goes on in that other case. Never a chain: that one is merged into none.
    merged_into = models.ForeignKey(
        "self", models.PROTECT, related_name="merged", null=True, blank=True, db_index=False, verbose_name=_("réunie à")
    )
    consent_text = models.ForeignKey(LegalText, models.PROTECT, related_name="+", null=True, blank=True)
    consented_at = models.DateTimeField(null=True, blank=True)
    fingerprint = models.CharField(max_length=64, db_index=True, editable=False)

    objects = ComplaintQuerySet.as_manager()

    class Meta:
        verbose_name = _("réclamation")
        verbose_name_plural = _("réclamations")
        permissions = [
            ("handle", _("Peut traiter les réclamations")),
            ("see_contact", _("Peut voir les coordonnées et les identifiants des réclamants")),
            ("see_archives", _("Peut ouvrir les dossiers archivés")),
            ("hold", _("Peut interdire la suppression d’un dossier, et lever cette interdiction")),
            ("dispose", _("Peut proposer ou approuver la suppression de dossiers")),
        ]
        indexes = [
            models.Index(fields=["desk", "-opened_at", "-id"], name="complaint_desk_recent"),
            # It also holds what the figures of a period count, so that they read no case.
            models.Index(
                fields=["-opened_at", "-id"],
                include=["desk", "category", "assigned_to", "answered_at", "waiting_on", "due_at"],
                name="complaint_recent",
            ),
            models.Index(fields=["desk", "state", "-opened_at", "-id"], name="complaint_desk_state"),
            # It also holds the desk, so that counting one's own reads no case.
            models.Index(
                fields=["assigned_to", "due_at", "id"],
                include=["desk"],
                name="complaint_mine",
                condition=Q(closed_at__isnull=True),
            ),
            # Whose they are is NULL: PostgreSQL sees no order in the index above.
            models.Index(
                fields=["due_at", "id"],
                name="complaint_all_unassigned",
                condition=Q(assigned_to=None, closed_at__isnull=True),
            ),
            models.Index(
                fields=["desk", "due_at", "id"],
                name="complaint_unassigned",
                condition=Q(assigned_to=None, closed_at__isnull=True),
            ),
            # The queues of one desk, and of all desks, what is due first before the rest: the closed weigh nothing.
            models.Index(fields=["desk", "due_at", "id"], name="complaint_desk_due", condition=Q(waiting_on="desk")),
            models.Index(fields=["due_at", "id"], name="complaint_due", condition=Q(waiting_on="desk")),
            models.Index(
                fields=["desk", "-opened_at", "-id"], name="complaint_desk_waits", condition=Q(waiting_on="person")
            ),
            models.Index(fields=["-opened_at", "-id"], name="complaint_waits", condition=Q(waiting_on="person")),
            # What the nights and the disposals look for, the longest closed first: what is done weighs nothing.
            models.Index(
                fields=["desk", "closed_at", "id"],
                name="complaint_to_archive",
                condition=Q(closed_at__isnull=False, held_at=None, archived_at=None, disposed_at=None),
            ),
            models.Index(
                fields=["desk", "closed_at", "id"],
                name="complaint_to_dispose",
                condition=Q(closed_at__isnull=False, held_at=None, disposed_at=None),
            ),
            models.Index(fields=["merged_into"], name="complaint_merged", condition=Q(merged_into__isnull=False)),
            models.Index(fields=["policy_number"], name="complaint_policy", condition=~Q(policy_number="")),
            models.Index(
                fields=["registration_number"], name="complaint_registration", condition=~Q(registration_number="")
            ),
            models.Index(fields=["claim_reference"], name="complaint_claim", condition=~Q(claim_reference="")),
            models.Index(
                fields=["desk", "-opened_at", "-id"],
                name="complaint_undelivered",
                condition=Q(undelivered_at__isnull=False),
            ),
        ]
        constraints = [
            models.CheckConstraint(
                condition=Q(satisfaction__isnull=True) | Q(satisfaction__range=(1, 5)), name="satisfaction_1_to_5"
            ),
            models.CheckConstraint(condition=Q(disposed_at=None) | Q(held_at=None), name="held_is_never_disposed"),
        ]

    def __str__(self) -> str:
        return f"{self.number[:4]} {self.number[4:8]} {self.number[8:]}"

    def get_state_display(self) -> str:  # type: ignore[no-redef]
        return label_of(State, self.state)

    def get_channel_display(self) -> str:  # type: ignore[no-redef]
        return label_of(Channel, self.channel)

    @property
    def person_name(self) -> str:
        return self.complainant.full_name

    @property
    def is_escalated(self) -> bool:
        """True while a delay is over, the desk was told so, and the complainant still has no answer."""
        return self.escalated_at is not None and self.answered_at is None and self.state != State.CLOSED


class Complainant(models.Model):
    """Who complains. Apart from the case, so that it can be hidden from some roles and erased in its time."""

    complaint = models.OneToOneField(Complaint, models.CASCADE, related_name="complainant")
    quality = models.CharField(_("qualité"), max_length=20, choices=Quality)
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    search_name = models.CharField(max_length=170, editable=False)  # « nom prénom » in one word
    represented_name = models.CharField(_("personne représentée"), max_length=160, blank=True)
    email = models.EmailField(_("adresse e-mail"), blank=True)
    mobile = PhoneNumberField(_("téléphone portable"), blank=True)
    address = models.CharField(_("adresse"), max_length=200, blank=True)
    postal_code = models.CharField(_("code postal"), max_length=12, blank=True)
    city = models.CharField(_("ville"), max_length=80, blank=True)
    cin = models.CharField(_("CIN"), max_length=12, blank=True)
    cnss_number = models.CharField(_("numéro CNSS"), max_length=12, blank=True)
    nir = models.CharField(_("numéro de sécurité sociale"), max_length=15, blank=True)

    class Meta:
        verbose_name = _("réclamant")
        verbose_name_plural = _("réclamants")
        indexes = [
            models.Index(OpClass("search_name", name="varchar_pattern_ops"), name="complainant_name"),
            models.Index(fields=["email"], name="complainant_email", condition=~Q(email="")),
            models.Index(fields=["mobile"], name="complainant_mobile", condition=~Q(mobile="")),
            models.Index(fields=["cin"], name="complainant_cin", condition=~Q(cin="")),
            models.Index(fields=["cnss_number"], name="complainant_cnss", condition=~Q(cnss_number="")),
            models.Index(fields=["nir"], name="complainant_nir", condition=~Q(nir="")),
        ]

    def __str__(self) -> str:
        return self.full_name

    def get_quality_display(self) -> str:  # type: ignore[no-redef]
        return label_of(Quality, self.quality)

    @property
    def full_name(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class Dependant(models.Model):
    """An « ayant droit » the complaint is also about (row A25)."""

    class Relation(models.TextChoices):
        SPOUSE = "spouse", _("Conjoint")
        CHILD = "child", _("Enfant")
        PARENT = "parent", _("Parent")
        OTHER = "other", _("Autre")

    complaint = models.ForeignKey(Complaint, models.CASCADE, related_name="dependants")
    first_name = models.CharField(_("prénom"), max_length=80)
    last_name = models.CharField(_("nom"), max_length=80)
    relation = models.CharField(_("lien"), max_length=10, choices=Relation)
    birth_date = models.DateField(_("date de naissance"), null=True, blank=True)

    class Meta:
        verbose_name = _("ayant droit")
        verbose_name_plural = _("ayants droit")
        ordering = ["id"]

    def __str__(self) -> str:
        return f"{self.first_name} {self.last_name}".strip()


class ComplaintDocument(CaseDocument):
    """A document of a complaint."""

    case = models.ForeignKey(Complaint, models.CASCADE, related_name="documents")
    event = models.ForeignKey("complaints.Event", models.PROTECT, related_name="documents", null=True)
    kind = models.CharField(_("nature"), max_length=20, choices=DocumentKind, default=DocumentKind.EVIDENCE)

    class Meta(CaseDocument.Meta):
        verbose_name = _("document")
        verbose_name_plural = _("documents")

    def get_kind_display(self) -> str:  # type: ignore[no-redef]
        return label_of(DocumentKind, self.kind)
