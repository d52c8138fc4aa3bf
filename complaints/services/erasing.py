"""What erasing a case means: people, words, contacts, documents and messages go; dates, states and counts stay.

What stays is what the figures need: desk, category, channel, language, dates, state, satisfaction from 1 to 5, and the
kinds and dates of what happened. Nothing of it leads to a person.
"""

from __future__ import annotations

from datetime import timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import Q, Sum
from django.utils import timezone
from django.utils.crypto import salted_hmac

from claims_portal.accounts.links import forget_links
from claims_portal.backoffice.searches import forget_searches
from claims_portal.documents.models import Document
from claims_portal.documents.services import release_documents
from claims_portal.notifications.services import forget_messages
from complaints.models import CaseLink, Complainant, Complaint, Disposal, Event, EventKind, TrackingRequest

BATCH = 500
SALT = "complaints.disposal"

# The columns that go, by table, with what they hold afterwards. `tests/complaints/test_disposal.py` knows the others.
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
    "undelivered_at": None,
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


def contact_mark(number: str, contact: str) -> str:
    """What is kept of a contact: a keyed hash that says yes to the same number and contact, and nothing else."""
    return salted_hmac(SALT, f"{number}:{contact}", secret=settings.SECRET_KEY, algorithm="sha256").hexdigest()


def erase_case(*, complaint: Complaint, disposal: Disposal) -> None:
    """Erase a case whose row is locked, in the caller's transaction, and write the proof into its disposal.

    The files go the next time documents are pruned, when this is committed; `note_files_gone` writes that down.
    """
    now = timezone.now()
    person = complaint.complainant
    disposal.email_mark = contact_mark(complaint.number, person.email) if person.email else ""
    disposal.mobile_mark = contact_mark(complaint.number, str(person.mobile)) if person.mobile else ""
    forget_searches()  # one of them may hold the name
    disposal.erased = _erase_documents(complaint, disposal) | _erase_rows(complaint, person)
    Complaint.objects.filter(pk=complaint.pk).update(**COMPLAINT_BLANK, disposed_at=now, changed_at=now)
    Event.objects.record(
        complaint=complaint,
        kind=EventKind.DISPOSED,
        at=now,
        user_id=disposal.batch.decided_by_id,
    )
    disposal.done_at = now
    disposal.files_gone_at = None if disposal.document_ids else now
    disposal.save()


def _erase_documents(complaint: Complaint, disposal: Disposal) -> dict[str, int]:
    """Let go of the documents; how many, and how many bytes the storage will lose."""
    disposal.document_ids = list(complaint.documents.values_list("document_id", flat=True))
    size = Document.objects.filter(pk__in=disposal.document_ids).aggregate(total=Sum("size"))["total"] or 0
    complaint.documents.all().delete()
    return {"documents": release_documents(document_ids=disposal.document_ids), "bytes": size}


def _erase_rows(complaint: Complaint, person: Complainant) -> dict[str, int]:
    """How many of each went, or lost their words."""
    asked = TrackingRequest.objects.filter(Q(complaint=complaint) | Q(number=complaint.number))
    requests = list(asked.values_list("pk", flat=True))
    about = [f"complaint:{complaint.pk}", *(f"tracking-request:{key}" for key in requests)]
    links = forget_links(subject=person.email) if person.email else 0
    Complainant.objects.filter(pk=person.pk).update(**COMPLAINANT_BLANK)
    return {
        "dependants": complaint.dependants.all().delete()[0],
        "pairs": CaseLink.objects.filter(Q(first=complaint) | Q(second=complaint)).delete()[0],
        "letters": complaint.letters.all().delete()[0],
        "requests": TrackingRequest.objects.filter(pk__in=requests).delete()[0],
        "messages": forget_messages(about=about),
        "events": complaint.events.exclude(body="").update(body=""),
        "links": links,
    }


def erase_refused_requests() -> int:
    """Delete refused requests to follow online, which belong to no case, with their messages; gives how many.

    After `settings.UNTIED_CONTACT_DAYS`. Those of a case go with it.
    """
    limit = timezone.now() - timedelta(days=settings.UNTIED_CONTACT_DAYS)
    refused = TrackingRequest.objects.filter(state=TrackingRequest.State.REFUSED, complaint=None, decided_at__lt=limit)
    erased = 0
    while keys := list(refused.values_list("pk", flat=True)[:BATCH]):
        with transaction.atomic():
            forget_messages(about=[f"tracking-request:{key}" for key in keys])
            erased += TrackingRequest.objects.filter(pk__in=keys).delete()[0]
    return erased


def note_files_gone() -> int:
    """Write down, for each erased case, that none of its documents is left; gives for how many. Safe to run twice.

    Documents lose their file first and their row last: no row, no file.
    """
    noted = 0
    waiting = Disposal.objects.filter(done_at__isnull=False, files_gone_at=None).order_by("pk")
    for disposal in waiting.iterator(chunk_size=BATCH):
        if not Document.objects.filter(pk__in=disposal.document_ids).exists():
            disposal.files_gone_at = timezone.now()
            disposal.save(update_fields=["files_gone_at"])
            noted += 1
    return noted
