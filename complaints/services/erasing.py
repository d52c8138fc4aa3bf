"""What the erasure of a complaint takes away beside its words, documents and messages.

What stays is what the figures need: desk, category, channel, language, dates, state, satisfaction from 1 to 5, and the
kinds and dates of what happened. Nothing of it leads to a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q
from django.utils import timezone

from claims_portal.backoffice.searches import forget_searches
from claims_portal.cases.models import Decision
from claims_portal.notifications.services import forget_messages
from complaints.models import CaseLink, Complainant, Complaint, TrackingRequest

BATCH = 500

# The columns that are emptied, by table. `tests/complaints/test_disposal.py` knows the others.
COMPLAINT_BLANK: dict[str, Any] = {
    "draft_id": None,
    "merged_into": None,
    "respondent_other": "",
    "policy_number": "",
    "registration_number": "",
    "subscriber": "",
    "claim_reference": "",
    "facts": "",
    "event_date": None,
    "prior_steps": "",
    "prior_answer": "",
    "desired_outcome": "",
    "satisfaction_comment": "",
    "fingerprint": "",
    "wants_sms": False,
}
COMPLAINANT_BLANK = dict.fromkeys(
    (
        "first_name",
        "last_name",
        "search_name",
        "represented_name",
        "email",
        "mobile",
        "address",
        "postal_code",
        "city",
        "cin",
        "cnss_number",
        "nir",
    ),
    "",
)


def contacts_of(complaint: Complaint) -> list[str]:
    """Return the e-mail address and the mobile of the complainant, those that are known."""
    person = complaint.complainant
    return [contact for contact in (person.email, str(person.mobile or "")) if contact]


def erase_rows(complaint: Complaint) -> dict[str, int]:
    """Erase the people, letters, links and requests of a complaint; return how many rows of each went."""
    asked = TrackingRequest.objects.filter(Q(complaint=complaint) | Q(number=complaint.number))
    requests = list(asked.values_list("pk", flat=True))
    forget_messages(about=[f"tracking-request:{key}" for key in requests])
    forget_searches()  # one of them may hold the name
    Complainant.objects.filter(complaint=complaint).update(**COMPLAINANT_BLANK)
    return {
        "dependants": complaint.dependants.all().delete()[0],
        "pairs": CaseLink.objects.filter(Q(first=complaint) | Q(second=complaint)).delete()[0],
        "letters": complaint.letters.all().delete()[0],
        "requests": TrackingRequest.objects.filter(pk__in=requests).delete()[0],
    }


def erase_refused_requests() -> int:
    """Delete refused requests to follow online, which belong to no case, with their messages; return how many.

    After `settings.UNTIED_CONTACT_DAYS`. Those of a case go with it.
    """
    limit = timezone.now() - timedelta(days=settings.UNTIED_CONTACT_DAYS)
    refused = TrackingRequest.objects.filter(decision=Decision.REFUSED, complaint=None, decided_at__lt=limit)
    erased = 0
    while keys := list(refused.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            forget_messages(about=[f"tracking-request:{key}" for key in keys])
            erased += TrackingRequest.objects.filter(pk__in=keys).delete()[0]
    return erased
