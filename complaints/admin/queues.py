"""The queues of a desk: what waits for whom, counted as far as it is useful."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

from django.http import HttpRequest
from django.urls import reverse
from django.utils import timezone
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.backoffice.panels import Counter, Panel, on_front_page
from claims_portal.cases.workflow import WaitingOn
from claims_portal.deadlines.compute import SOON
from complaints.models import Complaint
from complaints.models.case import ComplaintQuerySet
from complaints.workflow import HANDLE, SEE_ARCHIVES

PARAMETER = "file"  # of the list's address
VIEW = "complaints.view_complaint"


@dataclass(frozen=True)
class Queue:
    """One way of looking at the cases somebody may see. `name` stands in the address, `empty` where nothing waits."""

    name: str
    label: str | Promise
    icon: str
    empty: str | Promise
    choose: Callable[[ComplaintQuerySet, User], ComplaintQuerySet]
    by_due: bool = False  # what is due first stands first; otherwise the newest

    @property
    def order(self) -> Sequence[str]:
        """The columns of its index, as `order_by` takes them."""
        return ("due_at", "pk") if self.by_due else ("-opened_at", "-pk")


def _overdue(cases: ComplaintQuerySet, user: User) -> ComplaintQuerySet:
    return cases.filter(waiting_on=WaitingOn.DESK, due_at__lt=timezone.now())


def _due_soon(cases: ComplaintQuerySet, user: User) -> ComplaintQuerySet:
    """By their nearest promise: what is late already is in « Échues »."""
    now = timezone.now()
    return cases.filter(waiting_on=WaitingOn.DESK, due_at__range=(now, now + SOON))


QUEUES = {
    queue.name: queue
    for queue in (
        # What is closed is nobody's turn: these need not exclude it.
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
            lambda cases, user: cases.open().filter(assigned_to=user),
            by_due=True,
        ),
        Queue(
            "non-attribuees",
            _("Non attribuées"),
            "people",
            _("Chaque dossier ouvert a son agent."),
            lambda cases, user: cases.open().filter(assigned_to=None),
            by_due=True,
        ),
        Queue(
            "en-attente",
            _("En attente du réclamant"),
            "hourglass-split",
            _("Aucun réclamant ne doit répondre."),
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
            _overdue,
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
            "toutes", _("Toutes"), "folder2-open", _("Aucune réclamation pour l’instant."), lambda cases, user: cases
        ),
    )
}
DEFAULT = "a-traiter"


def named(name: str | None) -> Queue:
    """The queue an address asks for; what is to be done when it asks for none."""
    return QUEUES.get(name or DEFAULT, QUEUES[DEFAULT])


def address(queue: Queue) -> str:
    return f"{reverse('admin:complaints_complaint_changelist')}?{PARAMETER}={queue.name}"


def visible_cases(user: Any) -> ComplaintQuerySet:
    """The cases this person may see."""
    return Complaint.objects.visible_to(user)


def openable_cases(user: Any) -> ComplaintQuerySet:
    """Those whose page this person may open: what was erased is gone, and what is archived takes a right."""
    cases = visible_cases(user).kept()
    return cases if user.has_perm(SEE_ARCHIVES) else cases.filter(archived_at=None)


@on_front_page
def queues_panel(request: HttpRequest) -> Panel | None:
    """« Vos dossiers »: how many wait in each queue."""
    user = request.user
    if not (user.is_authenticated and (user.has_perm(VIEW) or user.has_perm(HANDLE))):
        return None
    cases = visible_cases(user)
    counters = [
        Counter(queue.label, queue.choose(cases, user), address(queue), queue.icon)
        for queue in QUEUES.values()
        if queue.name != "toutes"
    ]
    return Panel(_("Réclamations"), counters, "admin/complaints/complaint/front_page.html", first=True)
