"""« Qui a vu mon dossier »: who opened a member's declarations, claims and documents (BEYOND N9).

Two journals are read: the audit log's « case-opened » lines about `health_claims.claim` and
`health_claims.declaration`, with their number as `reference`, and its « member-changed » lines about the member; and
the readings of documents. People of the insurer
are shown by what they are and where they work, not by name: the member learns who as an institution answers for it,
and the institution knows which person from the same line of its journal.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import UTC, datetime
from typing import Any

from django.db.models import CharField, Q, QuerySet
from django.db.models.functions import Cast
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import AuditEntry
from claims_portal.documents.models import DocumentReading
from membership.models import Member
from membership.services.sensitive_changes import LABELS

from .models import Claim, ClaimDocument, Declaration, DeclarationDocument, IdentityPaper, PriorApproval

SIZE = 25
SEPARATOR = "_"
OPENED, READ = "opened", "read"  # the two journals
OWN = ("member", "member space")  # the member's own readings are no news
# Labels of readers, as `document_response` is given them.
READERS: dict[str, str | Promise] = {
    "agent": _("Un agent"),
    "medical": _("Un médecin-conseil"),
}
KINDS: dict[str, str | Promise] = {
    "health_claims.claim": _("Dossier"),
    "health_claims.declaration": _("Déclaration"),
    "membership.member": _("Fiche modifiée"),
}


@dataclass(frozen=True)
class Reading:
    """One opening. `what` is the kind of thing, `name` its number or the name of the file."""

    at: datetime
    who: str | Promise
    where: str
    what: str | Promise
    name: str
    key: str


@dataclass(frozen=True)
class ReadingsPage:
    rows: list[Reading]
    older: str = ""


def readings_of(*, member: Member, older: str = "") -> ReadingsPage:
    """One page, newest first, in two queries; `older` is the key another page gave. ValueError when it is none.

    `member` comes with the account, and the policy with its organisation.
    """
    opened, read = _opened(member), _read(member)
    if older:
        key = _key_read(older)
        opened, read = opened.filter(_after(key, OPENED)), read.filter(_after(key, READ))
    rows = [_of_audit(each, member) for each in opened[: SIZE + 1]]
    rows += [_of_document(each, member) for each in read[: SIZE + 1]]
    rows.sort(key=lambda row: _key_read(row.key), reverse=True)  # « read » is after « opened » in the alphabet too
    return ReadingsPage(rows[:SIZE], older=rows[SIZE - 1].key if len(rows) > SIZE else "")


def _claims(member: Member) -> QuerySet[Any]:
    return Claim.objects.filter(member=member).shown_to_member()


def _declarations(member: Member) -> QuerySet[Any]:
    return Declaration.objects.filter(member=member).shown_to_member()


def _papers(member: Member) -> QuerySet[Any]:
    return IdentityPaper.objects.filter(member=member).exclude(state=IdentityPaper.State.SET_ASIDE)


def _approvals(member: Member) -> QuerySet[Any]:
    """Those agents entered, and the quotes whoever holds the account has sent."""
    return PriorApproval.objects.filter(member=member, entered_by__isnull=False) | PriorApproval.objects.sent_by(member)


def _opened(member: Member) -> QuerySet[AuditEntry]:
    """What staff opened of this member's."""
    mine = Q()
    for shown in (_claims(member), _declarations(member)):
        keys = shown.annotate(key=Cast("pk", CharField())).values("key")
        mine |= Q(object_type=shown.model._meta.label_lower, object_id__in=keys)
    changed = Q(object_type=member._meta.label_lower, object_id=str(member.pk), action=AuditEntry.Action.MEMBER_CHANGED)
    entries = AuditEntry.objects.filter(Q(mine, action=AuditEntry.Action.CASE_OPENED) | changed)
    return entries.select_related("desk").order_by("-at", "-pk")


def _read(member: Member) -> QuerySet[DocumentReading]:
    """Which of their documents were given to whom."""
    joined = (
        Q(document__in=DeclarationDocument.objects.filter(case__in=_declarations(member)).values("document"))
        | Q(document__in=ClaimDocument.objects.filter(case__in=_claims(member)).values("document"))
        | Q(document__in=_papers(member).values("document"))
        | Q(document__in=_approvals(member).exclude(document=None).values("document"))
    )
    readings = DocumentReading.objects.filter(joined).exclude(reader__in=OWN)
    return readings.select_related("document").order_by("-at", "-pk")


def _after(key: tuple[datetime, str, int], journal: str) -> Q:
    """The rows of a journal that come after a key; at the same moment, documents come before cases."""
    at, of, pk = key
    if journal == of:
        return Q(at__lt=at) | Q(at=at, pk__lt=pk)
    return Q(at__lte=at) if journal == OPENED else Q(at__lt=at)


def _key_read(key: str) -> tuple[datetime, str, int]:
    moment, journal, pk = key.split(SEPARATOR)
    at = _moment_read(moment)
    if journal not in (OPENED, READ) or not pk.isascii() or not pk.isdigit() or len(pk) > 18:
        raise ValueError(key)
    return at, journal, int(pk)


def _moment_read(moment: str) -> datetime:
    """ValueError for what is no moment in a zone, or one that UTC has no room for."""
    at = datetime.fromisoformat(moment)
    if at.tzinfo is None:
        raise ValueError(moment)
    try:
        return at.astimezone(UTC)
    except OverflowError as error:
        raise ValueError(moment) from error


def _of_audit(entry: AuditEntry, member: Member) -> Reading:
    where = entry.desk.name if entry.desk else member.policy.organisation.short_name
    return Reading(
        at=entry.at,
        who=READERS["agent"],
        where=str(where),
        what=KINDS[entry.object_type],
        name=_changed_columns(entry) or entry.reference,
        key=SEPARATOR.join([entry.at.isoformat(), OPENED, str(entry.pk)]),
    )


def _changed_columns(entry: AuditEntry) -> str:
    """Return what changed, « RIB, CIN »; "" for a line that is about no change."""
    return ", ".join(str(LABELS[name]) for name in entry.details.get("after", {}) if name in LABELS)


def _of_document(reading: DocumentReading, member: Member) -> Reading:
    return Reading(
        at=reading.at,
        who=READERS.get(reading.reader, READERS["agent"]),
        where=str(member.policy.organisation.short_name),
        what=_("Document"),
        name=reading.document.label,
        key=SEPARATOR.join([reading.at.isoformat(), READ, str(reading.pk)]),
    )
