"""A case handed over to another desk: the same number, the same reception, the other desk's delays."""

from __future__ import annotations

from django.db import transaction
from django.db.models import Q, QuerySet
from django.utils import translation
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import CaseRefused
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Desk, DeskQuerySet
from complaints import notices
from complaints.models import Category, Complaint, TrackingRequest

from .clocks import follow_desk
from .routing import route


def destinations(desk: Desk) -> DeskQuerySet:
    """The open desks to which this one may hand a case: those of its organisation, and those it names elsewhere."""
    around = Q(organisation=desk.organisation_id) | Q(pk__in=desk.hands_over_to.values("pk"))
    return Desk.objects.open().filter(around, procedure__isnull=False).exclude(pk=desk.pk)


def categories_elsewhere(desk: Desk) -> QuerySet[Category]:
    """What a case of this desk may become at another one."""
    return Category.objects.filter(is_active=True, desk__in=destinations(desk))


@transaction.atomic
def transfer_complaint(*, complaint_id: int, user: User, category_id: int, body: str) -> Complaint:
    """Hand a case over to the desk of a category, in that category, and tell the person where it is and why (`body`).

    What is still to be done follows the new desk's delays from the same reception. The agents of the old desk no
    longer see it; the new desk's rules may give it to somebody. CaseRefused when the category is not one
    of a desk it may go to; TransitionNotAllowed once answered or closed.
    """
    complaint = lock_case(Complaint, complaint_id)
    before = complaint.desk
    category = categories_elsewhere(before).filter(pk=category_id).first()
    if category is None:
        raise CaseRefused(_("Ce guichet ou cette catégorie vient de fermer : choisissez-en un autre."))
    to = Desk.objects.select_related("organisation").get(pk=category.desk_id)
    event = apply_transition(
        complaint,
        "transfer",
        user=user,
        body=f"{_told(complaint.language, before, to)}\n\n{body}".strip(),
        desk=to,
        category=category,
        assigned_to=None,
        escalated_at=None,
    )
    follow_desk(complaint)
    waiting = TrackingRequest.objects.pending().filter(desk=before, number=complaint.number)
    waiting.order_by().update(desk=to)
    route(complaint=complaint)
    queue(notices.Transferred(complaint, event))
    return complaint


def _told(language: str, before: Desk, to: Desk) -> str:
    """What happened, in the language of the case."""
    with translation.override(language):
        return _(
            "Le guichet « %(before)s » a transmis votre réclamation au guichet « %(to)s » "
            "(%(organisation)s), qui la traite désormais. Son numéro et sa date de réception ne changent pas."
        ) % {"before": before.name, "to": to.name, "organisation": to.organisation.name}
