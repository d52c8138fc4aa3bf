"""What the pages of a complainant read of one case, each in a query that Django has written once."""

from __future__ import annotations

from uuid import UUID

from claims_portal.prepared import Prepared

from .models import Clock, Complaint, ComplaintDocument, Dependant, Event, Pause

case_of_number = Prepared(lambda number: Complaint.objects.for_complainant().filter(number=number), number=str)
case_of_draft = Prepared(lambda draft: Complaint.objects.for_complainant().filter(draft_id=draft), draft=UUID)
case_with_contact = Prepared(
    lambda number: Complaint.objects.select_related("complainant", "disposal").filter(number=number), number=str
)
events_of = Prepared(lambda case: Event.objects.select_related("answer").filter(complaint=case), case=int)
clocks_of = Prepared(lambda case: Clock.objects.filter(complaint=case), case=int)
pauses_of = Prepared(lambda case: Pause.objects.filter(complaint=case), case=int)
dependants_of = Prepared(lambda case: Dependant.objects.filter(complaint=case), case=int)
documents_of = Prepared(
    lambda case: ComplaintDocument.objects.select_related("document").filter(complaint=case), case=int
)
