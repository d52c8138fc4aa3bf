"""The queues of a kind of case: what waits for whom at the desks of an agent."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any

from django.db.models import QuerySet
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.workflow import WaitingOn
from claims_portal.deadlines.compute import SOON

PARAMETER = "file"  # of the list's address

Choice = Callable[[QuerySet[Any], Any], QuerySet[Any]]  # the cases somebody may see, and that person


@dataclass(frozen=True)
class Queue:
    """One way of looking at the cases somebody may see. `name` stands in the address, `empty` where nothing waits."""

    name: str
    label: str | Promise
    icon: str
    empty: str | Promise
    choose: Choice
    by_due: bool = False  # what is due first comes first
    oldest_first: bool = False
    on_front_page: bool = True

    @property
    def keyset(self) -> Sequence[str]:
        return ("due_at", "pk") if self.by_due else ("opened_at", "pk")

    @property
    def is_ascending(self) -> bool:
        return self.by_due or self.oldest_first

    @property
    def order(self) -> Sequence[str]:
        """Return the columns of its index, as `order_by` takes them."""
        return self.keyset if self.is_ascending else [f"-{column}" for column in self.keyset]


Queues = Mapping[str, Queue]


def by_name(*queues: Queue) -> Queues:
    return {queue.name: queue for queue in queues}


def _due_soon(cases: QuerySet[Any], user: Any) -> QuerySet[Any]:
    now = timezone.now()  # what is late already is in « Échues »
    return cases.filter(waiting_on=WaitingOn.DESK, due_at__range=(now, now + SOON))


STANDARD_QUEUES = by_name(
    Queue(
        "a-traiter",
        _("À traiter"),
        "inbox",
        _("Rien n’attend le service."),
        lambda cases, user: cases.filter(waiting_on=WaitingOn.DESK),
        by_due=True,
    ),
    Queue(
        "a-moi",
        _("À moi"),
        "person",
        _("Aucun dossier ouvert ne vous est attribué."),
        lambda cases, user: cases.open().filter(assigned_to=user),  # type: ignore[attr-defined]
        by_due=True,
    ),
    Queue(
        "non-attribuees",
        _("Non attribuées"),
        "people",
        _("Chaque dossier ouvert a son agent."),
        lambda cases, user: cases.open().filter(assigned_to=None),  # type: ignore[attr-defined]
        by_due=True,
    ),
    Queue(
        "en-attente",
        _("En attente de la personne"),
        "hourglass-split",
        _("Personne ne doit répondre au service."),
        lambda cases, user: cases.filter(waiting_on=WaitingOn.PERSON),
    ),
    Queue(
        "sous-3-jours",
        _("Échéance sous 3 jours"),
        "clock",
        _("Aucune échéance dans les trois jours."),
        _due_soon,
        by_due=True,
    ),
    Queue(
        "echues",
        _("Échues"),
        "exclamation-triangle-fill",
        _("Aucune échéance n’est dépassée."),
        lambda cases, user: cases.overdue(),  # type: ignore[attr-defined]
        by_due=True,
    ),
    Queue(
        "non-remis",
        _("Messages non remis"),
        "envelope",
        _("Tous les messages ont trouvé leur destinataire."),
        lambda cases, user: cases.filter(undelivered_at__isnull=False),
    ),
    Queue(
        "toutes",
        _("Toutes"),
        "folder2-open",
        _("Aucun dossier pour l’instant."),
        lambda cases, user: cases,
        on_front_page=False,
    ),
)


def queue_named(queues: Queues, name: str | None) -> Queue:
    """Return the queue an address asks for, the first one when it asks for none that exists."""
    return queues.get(name or "") or next(iter(queues.values()))


def queue_url(list_page: str, queue: Queue) -> str:
    """Return the address of a queue; `list_page` is the name of its list."""
    return f"{reverse(list_page)}?{PARAMETER}={queue.name}"
