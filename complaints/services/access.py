"""The copy of somebody's complaints that they have a right to (law 09-08, art. 7): each case as PDF and as JSON."""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from claims_portal.accounts.models import User
from claims_portal.privacy.access import File
from claims_portal.privacy.models import RightsRequest
from complaints import printing
from complaints.models import Complaint

MOST = 20  # cases of one person in a copy: each is drawn as a PDF

CASE = (
    *("number", "policy_number", "registration_number", "subscriber", "claim_reference", "respondent_other"),
    *("facts", "event_date", "prior_steps", "prior_answer", "desired_outcome"),
    *("channel", "language", "state", "received_at", "answered_at", "closed_at", "consented_at"),
    *("satisfaction", "satisfaction_comment"),
)
PERSON = (
    *("quality", "first_name", "last_name", "represented_name", "email", "mobile"),
    *("address", "postal_code", "city", "cin", "cnss_number", "nir"),
)


def complaints_of(request: RightsRequest, user: User) -> Iterator[File]:
    """The cases of the contact that asks, at that organisation, among the desks of this member of staff."""
    contact = Q(pk=None)
    if request.email:
        contact |= Q(complainant__email=request.email)
    if request.mobile:
        contact |= Q(complainant__mobile=request.mobile)
    cases = Complaint.objects.visible_to(user).kept().filter(contact, desk__organisation=request.organisation_id)
    for case in cases.for_complainant().order_by("-pk")[:MOST]:
        told = json.dumps(case_as_data(case), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        yield f"{case.number}.json", told.encode()
        for number, paper in enumerate(printing.case_pdfs(case, person=f"user:{user.pk}"), start=1):
            yield f"{case.number}.pdf" if number == 1 else f"{case.number}-{number}.pdf", paper


def case_as_data(case: Complaint) -> dict[str, Any]:
    """What a case holds about its complainant, and what was said to them: nothing internal to the desk."""
    events = case.events.filter(is_public=True).values("at", "kind", "body")
    documents = case.documents.filter(event__is_public=True)
    return {
        **{name: getattr(case, name) for name in CASE},
        "desk": case.desk.name_fr,
        "category": case.category.name_fr,
        "complainant": {name: str(getattr(case.complainant, name)) for name in PERSON},
        "dependants": list(case.dependants.values("first_name", "last_name", "relation", "birth_date")),
        "history": list(events),
        "documents": list(documents.values("document__label", "document__sha256", "document__size", "added_at")),
    }
