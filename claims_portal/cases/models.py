"""The abstract tables of a case. Each kind of case declares its own, so that rights and indexes stay per kind.

    class Complaint(Case):
        state = models.CharField(_("état"), max_length=20, choices=State, default=State.RECEIVED)
        workflow = workflow

    class Event(CaseEvent):
        case = models.ForeignKey(Complaint, models.PROTECT, related_name="events")

The block finds the tables of a case by their reverse names: `events`, `documents`, `clocks` and `pauses`.
"""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.contrib.postgres.fields import ArrayField
from django.db import models
from django.db.models import Exists, F, OuterRef, Q
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.deadlines.models import Delay
from claims_portal.documents.models import Document
from claims_portal.organisations.models import Desk

from .workflow import WaitingOn, Workflow

if TYPE_CHECKING:
    from typing import Self

# The due moment of a case that no clock promises anything: one index then orders every case (docs/adr/0011).
NO_PROMISE = datetime(9999, 1, 1, tzinfo=UTC)

AnyCase = TypeVar("AnyCase", bound="Case")


class Channel(models.TextChoices):
    """How something reached the desk."""

    WEB = "web", _("En ligne")
    POST = "post", _("Courrier")
    PHONE = "phone", _("Téléphone")
    EMAIL = "email", _("E-mail")
    COUNTER = "counter", _("Guichet")


class Actor(models.TextChoices):
    """Who did what an event records."""

    PERSON = "person", _("La personne")
    STAFF = "staff", _("Le service")
    PORTAL = "portal", _("Le portail")


class CommonEvent(models.TextChoices):
    """The kinds of event that the block writes itself; each kind of case adds its own and may word these its way."""

    OPENED = "opened", _("Dossier ouvert")
    MESSAGE_FROM_PERSON = "message-in", _("Message envoyé au service")
    MESSAGE_FROM_DESK = "message-out", _("Message du service")
    COMPLEMENT_ASKED = "complement-asked", _("Complément demandé")
    CLOSED = "closed", _("Dossier clôturé")
    REOPENED = "reopened", _("Dossier rouvert")
    NOTE = "note", _("Note interne")
    ASSIGNED = "assigned", _("Dossier attribué")
    DEADLINE_MOVED = "deadline-moved", _("Échéance recalculée")
    ESCALATED = "escalated", _("Échéance dépassée, signalée au guichet")
    UNDELIVERED = "undelivered", _("Message non remis")
    HOLD_PLACED = "hold-placed", _("Suppression interdite")
    HOLD_LIFTED = "hold-lifted", _("Suppression de nouveau permise")
    ARCHIVED = "archived", _("Dossier archivé")
    DISPOSAL_PROPOSED = "disposal-proposed", _("Suppression proposée")
    DISPOSED = "disposed", _("Dossier supprimé")


class CaseQuerySet(models.QuerySet[AnyCase]):
    def visible_to(self, user: Any) -> Self:
        """Return the cases of the desks this member of staff may see; all of them for a superuser.

        The desks are read beforehand, in one query: PostgreSQL then follows the index of one desk.
        """
        return self if user.is_superuser else self.filter(desk__in=user.desk_ids())

    def open(self) -> Self:
        return self.filter(closed_at=None)

    def kept(self) -> Self:
        """Return all but the cases that were erased."""
        return self.filter(disposed_at=None)

    def waiting_on_desk(self) -> Self:
        return self.filter(waiting_on=WaitingOn.DESK)

    def overdue(self) -> Self:
        """Return the cases whose nearest promise is over while the desk has to act."""
        return self.waiting_on_desk().filter(due_at__lt=timezone.now())


class Case(models.Model):
    """Anything with a number that somebody waits for. Only the services of its app write it.

    Concrete classes declare `state` with their choices and `workflow`, their transition table.
    """

    workflow: ClassVar[Workflow]
    state: Any

    number = models.CharField(_("numéro"), max_length=20, unique=True)
    # Every list has an index that begins with the desk: one of the desk alone would only mislead the planner.
    desk = models.ForeignKey(Desk, models.PROTECT, related_name="+", db_index=False, verbose_name=_("guichet"))
    waiting_on = models.CharField(_("à qui de jouer"), max_length=10, choices=WaitingOn, default=WaitingOn.DESK)
    assigned_to = models.ForeignKey(
        User, models.SET_NULL, related_name="+", null=True, blank=True, verbose_name=_("agent")
    )
    language = models.CharField(_("langue"), max_length=2, default="fr")
    channel = models.CharField(_("canal"), max_length=10, choices=Channel, default=Channel.WEB)
    opened_at = models.DateTimeField(_("reçu le"))  # when it was received: every delay counts from here
    created_at = models.DateTimeField(_("enregistré le"), auto_now_add=True)
    changed_at = models.DateTimeField(_("modifié le"), auto_now=True)
    closed_at = models.DateTimeField(_("clôturé le"), null=True, blank=True)
    # The nearest promise that runs, written by `services.clocks` for the queues.
    due_at = models.DateTimeField(_("prochaine échéance"), default=NO_PROMISE, editable=False)
    escalated_at = models.DateTimeField(_("signalé en retard le"), null=True, blank=True)
    round = models.PositiveSmallIntegerField(_("tour"), default=1, editable=False)  # reopening begins another one
    # A case is active, then archived and seldom read, then erased. A case on hold is never erased.
    held_at = models.DateTimeField(_("conservation ordonnée le"), null=True, blank=True)
    archived_at = models.DateTimeField(_("archivé le"), null=True, blank=True)
    disposed_at = models.DateTimeField(_("supprimé le"), null=True, blank=True)
    undelivered_at = models.DateTimeField(_("message non remis le"), null=True, blank=True)  # until an agent acts

    class Meta:
        abstract = True

    def __str__(self) -> str:
        return self.number

    @classmethod
    def kind_name(cls) -> str:
        """Return the name of this kind of case in the keys of messages, such as « complaint »."""
        return str(cls._meta.model_name)

    @property
    def message_key(self) -> str:
        """Return what the outbox calls this case, such as « complaint:12 »."""
        return f"{self.kind_name()}:{self.pk}"

    @property
    def person_name(self) -> str:
        """Return the name of the person concerned, as lists and pages of the desk show it."""
        return ""

    def current_clocks(self) -> list[Any]:
        """Return the clocks of the round in which the case is now; no query when `clocks` are prefetched."""
        return [clock for clock in self.clocks.all() if clock.round == self.round]  # type: ignore[attr-defined]

    @property
    def is_held(self) -> bool:
        return self.held_at is not None


class CaseEventQuerySet(models.QuerySet[Any]):
    def public(self) -> Self:
        return self.filter(is_public=True)


class CaseEvent(models.Model):
    """One line of a case's history. Written once: a correction is a new event.

    Concrete classes declare `case`, a foreign key with the reverse name « events », and the choices of `kind`.
    """

    case: Any
    kind = models.CharField(_("nature"), max_length=30)
    at = models.DateTimeField(_("le"))
    actor = models.CharField(_("auteur"), max_length=10, choices=Actor)
    user = models.ForeignKey(User, models.PROTECT, related_name="+", null=True, blank=True)
    on_behalf_of = models.CharField(_("pour le compte de"), max_length=160, blank=True)
    from_state = models.CharField(max_length=20, blank=True)
    to_state = models.CharField(max_length=20)
    body = models.TextField(_("texte"), blank=True)
    is_public = models.BooleanField(_("lu par la personne"), default=True)

    objects = CaseEventQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["at", "id"]

    def __str__(self) -> str:
        return str(self.kind)

    def save(self, *args: Any, **kwargs: Any) -> None:
        if self.pk:
            raise TypeError("An event is written once.")
        super().save(*args, **kwargs)

    @property
    def is_automatic(self) -> bool:
        """Whether the portal did it by itself."""
        return self.actor == Actor.PORTAL

    @property
    def is_theirs(self) -> bool:
        """Whether the person concerned did it."""
        return self.actor == Actor.PERSON

    @property
    def is_exchange(self) -> bool:
        """Whether something was said, as opposed to what happened."""
        return bool(self.body)


class CaseDocument(models.Model):
    """A document joined to a case, on the occasion of an event.

    Concrete classes declare `case` (reverse name « documents »), `event` and the choices of `kind`.
    """

    id = models.UUIDField(primary_key=True, default=uuid.uuid4, editable=False)
    case: Any
    document = models.OneToOneField(Document, models.PROTECT, related_name="+")
    event: Any
    kind = models.CharField(_("nature"), max_length=20)
    added_at = models.DateTimeField(auto_now_add=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["added_at", "id"]

    def __str__(self) -> str:
        return self.document.label


class CaseClockQuerySet(models.QuerySet[Any]):
    def current(self) -> Self:
        """Return the clocks of the round in which the case is now."""
        return self.filter(round=F("case__round"))

    def promised(self) -> Self:
        """Return the running promises of the desk."""
        return self.filter(stopped_at=None, is_promise=True)

    def ticking(self) -> Self:
        """Return the promises that run now: those that pause stand still while the person is asked for more."""
        pauses = self.model._meta.get_field("case").related_model._meta.get_field("pauses").related_model
        asked = Exists(pauses._default_manager.filter(case=OuterRef("case"), ended_at=None))
        return self.promised().exclude(Q(asked, can_pause=True))

    def overdue_unescalated(self) -> Self:
        """Return the overdue promises of which the desk was not told yet."""
        return self.promised().filter(escalated_at=None, case__waiting_on=WaitingOn.DESK, due_at__lt=timezone.now())


class CaseClock(models.Model):
    """A delay that runs on a case, with its due moment and how it was counted (BEYOND N7).

    Concrete classes declare `case` (reverse name « clocks »), the choices of `kind`, and `CLOCK_META` indexes.
    A promise is what the desk has to do by then; the others tell the person how long they may act. A case that is
    reopened begins another round: the clocks of the first one stay, with their lateness.
    """

    case: Any
    kind = models.CharField(_("nature"), max_length=20)
    round = models.PositiveSmallIntegerField(_("tour"), default=1)
    is_promise = models.BooleanField(_("engagement du service"), default=True)
    can_pause = models.BooleanField(_("suspendu pendant une demande de complément"), default=False)
    delay = models.ForeignKey(Delay, models.PROTECT, related_name="+")
    started_at = models.DateTimeField()
    due_at = models.DateTimeField()
    stopped_at = models.DateTimeField(null=True, blank=True)
    reminded_at = models.DateTimeField(null=True, blank=True)  # whoever must act was told that it ends soon
    escalated_at = models.DateTimeField(null=True, blank=True)  # the desk was told that it is over
    explanation = models.JSONField()

    objects = CaseClockQuerySet.as_manager()

    class Meta:
        abstract = True
        ordering: ClassVar = ["due_at"]
        constraints: ClassVar = [
            models.UniqueConstraint(fields=["case", "kind", "round"], name="%(class)s_once_a_round"),
        ]
        indexes: ClassVar = [
            models.Index(
                fields=["due_at"],
                name="%(class)s_promised",
                condition=Q(stopped_at__isnull=True, is_promise=True),
            ),
            # Old lateness is not read again every quarter of an hour.
            models.Index(
                fields=["due_at"],
                name="%(class)s_to_escalate",
                condition=Q(stopped_at__isnull=True, is_promise=True, escalated_at__isnull=True),
            ),
        ]

    def __str__(self) -> str:
        return f"{self.kind} → {self.due_at:%Y-%m-%d}"

    @property
    def is_late(self) -> bool:
        """Whether the promise was, or is, kept after its due moment."""
        return self.is_promise and (self.stopped_at or timezone.now()) > self.due_at


class CasePause(models.Model):
    """A time during which the desk waits for the person, and the clocks that pause stand still.

    Concrete classes declare `case` (reverse name « pauses »).
    """

    case: Any
    started_at = models.DateTimeField()
    ended_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        abstract = True
        ordering: ClassVar = ["started_at"]
        constraints: ClassVar = [
            models.UniqueConstraint("case", condition=Q(ended_at__isnull=True), name="%(class)s_open_once"),
        ]

    def __str__(self) -> str:
        return f"{self.started_at:%Y-%m-%d} – {self.ended_at or '…'}"


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


class Decision(models.TextChoices):
    """What became of something that is granted or refused."""

    PENDING = "pending", _("À décider")
    GRANTED = "granted", _("Accordé")
    PARTLY = "partial", _("Accordé en partie")
    REFUSED = "refused", _("Refusé")
    CANCELLED = "cancelled", _("Annulé")


DECISIONS = {
    Decision.PENDING: {Decision.GRANTED, Decision.PARTLY, Decision.REFUSED, Decision.CANCELLED},
    Decision.GRANTED: {Decision.CANCELLED, Decision.REFUSED},
    Decision.PARTLY: {Decision.CANCELLED, Decision.REFUSED},
    Decision.REFUSED: set(),
    Decision.CANCELLED: set(),
}


class Decidable(models.Model):
    """Something that is granted or refused by a member of staff: one state machine for all of them.

    `services.decisions.decide` is the only writer of these columns.
    """

    decision = models.CharField(_("décision"), max_length=10, choices=Decision, default=Decision.PENDING)
    decided_at = models.DateTimeField(_("décidé le"), null=True, blank=True)
    decided_by = models.ForeignKey(
        User, models.PROTECT, related_name="+", null=True, blank=True, verbose_name=_("décidé par")
    )
    decision_note = models.CharField(_("précision"), max_length=500, blank=True)

    class Meta:
        abstract = True
        constraints: ClassVar = [
            models.CheckConstraint(
                condition=Q(decision="pending", decided_at=None, decided_by=None)
                | (~Q(decision="pending") & Q(decided_at__isnull=False)),
                name="%(class)s_decided_at_a_moment",
            ),
        ]

    @property
    def is_pending(self) -> bool:
        return self.decision == Decision.PENDING
