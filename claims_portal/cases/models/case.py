"""The case itself, its events and its documents."""

from __future__ import annotations

import uuid
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any, ClassVar, TypeVar

from django.db import models
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.cases.workflow import WaitingOn, Workflow
from claims_portal.documents.models import Document
from claims_portal.organisations.models import Desk

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
