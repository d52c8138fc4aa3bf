"""The queues of a desk: what waits for whom, counted as far as it is useful."""

from __future__ import annotations

from dataclasses import replace
from typing import Any

from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.cases.queues import STANDARD_QUEUES, Queue, Queues, by_name, queue_named, queue_url
from claims_portal.backoffice.panels import Counter, Panel, on_front_page
from complaints.models import Complaint
from complaints.models.case import ComplaintQuerySet
from complaints.workflow import HANDLE, SEE_ARCHIVES

VIEW = "complaints.view_complaint"
LIST = "admin:complaints_complaint_changelist"

# What is closed is nobody's turn: a queue of one's turn need not exclude it.
QUEUES: Queues = {
    **STANDARD_QUEUES,
    **by_name(
        replace(
            STANDARD_QUEUES["en-attente"],
            label=_("En attente du réclamant"),
            empty=_("Aucun réclamant ne doit répondre."),
        ),
        replace(STANDARD_QUEUES["toutes"], empty=_("Aucune réclamation pour l’instant.")),
    ),
}


def named(name: str | None) -> Queue:
    """Return the queue an address asks for, what is to be done when it asks for none."""
    return queue_named(QUEUES, name)


def address(queue: Queue) -> str:
    """Return the address of a queue."""
    return queue_url(LIST, queue)


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
        if queue.on_front_page
    ]
    return Panel(_("Réclamations"), counters, "admin/complaints/complaint/front_page.html", first=True)
