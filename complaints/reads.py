"""What the pages of a complainant read of a desk and of one case, each in a query that Django has written once."""

from __future__ import annotations

from uuid import UUID

from django.db.models import Q, QuerySet

from claims_portal.organisations.models import Desk
from claims_portal.prepared import Prepared

from .history_page import SIZE
from .models import Category, Clock, Complaint, ComplaintDocument, Dependant, Event, Pause, Procedure
from .workflow import State


def public_events(case: int) -> QuerySet[Event]:
    """Return what the complainant may read of the history of a case."""
    return Event.objects.select_related("answer").filter(complaint=case, is_public=True)


open_desk = Prepared(lambda code: Desk.objects.open().filter(code=code, procedure__isnull=False), code=str)
procedure_of = Prepared(
    lambda desk: Procedure.objects.select_related("acknowledgement_delay", "answer_delay").filter(desk=desk), desk=int
)
categories_with_delays = Prepared(
    lambda desk: (
        Category.objects.select_related("acknowledgement_delay", "answer_delay")
        .filter(Q(acknowledgement_delay__isnull=False) | Q(answer_delay__isnull=False))
        .filter(desk=desk, is_active=True)
    ),
    desk=int,
)
case_of_number = Prepared(lambda number: Complaint.objects.for_complainant().filter(number=number), number=str)
case_of_draft = Prepared(lambda draft: Complaint.objects.for_complainant().filter(draft_id=draft), draft=UUID)
case_with_contact = Prepared(
    lambda number: Complaint.objects.select_related("complainant", "disposal").filter(number=number), number=str
)
# The newest public events, one more than a page shows.
events_of = Prepared(lambda case: public_events(case).order_by("-at", "-pk")[: SIZE + 1], case=int)
closings_of = Prepared(
    lambda case: public_events(case).filter(to_state=State.CLOSED).exclude(from_state=State.CLOSED), case=int
)
clocks_of = Prepared(lambda case: Clock.objects.filter(complaint=case), case=int)
pauses_of = Prepared(lambda case: Pause.objects.filter(complaint=case), case=int)
dependants_of = Prepared(lambda case: Dependant.objects.filter(complaint=case), case=int)
documents_of = Prepared(
    lambda case, events: ComplaintDocument.objects.select_related("document").filter(
        complaint=case, event__among=events
    ),
    case=int,
    events=list,
)
