"""A complaint on paper: its receipt and the whole case, as PDFs that screen readers can read too (F2, F28, N5)."""

from __future__ import annotations

import unicodedata
from collections.abc import Callable, Iterable, Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.db.models import prefetch_related_objects
from django.template.loader import render_to_string
from django.utils import timezone, translation
from django.utils.text import capfirst
from django.utils.translation import gettext as _

from claims_portal.accounts.links import public_url
from claims_portal.deadlines.explanation import spelled_date, spelled_moment
from claims_portal.pdf import joined, pdf_of
from claims_portal.qr import qr_code

from .lateness import late_answer, waited
from .models import Complainant, Complaint, DocumentKind, Event, EventKind, Referral
from .parts import Part, parts_of
from .pieces import Piece, filed_pieces, pieces_of
from .promises import promises, received_on
from .references import spoken

if TYPE_CHECKING:
    from django.db.models import Field


@dataclass(frozen=True)
class Row:
    """One line of a summary. `direction` is that of the text itself, whatever the language of the paper."""

    label: str
    value: str
    direction: str


@dataclass(frozen=True)
class Said:
    """One message of the exchange, with the numbers of the pieces that came with it."""

    author: str
    when: str
    title: str
    text: str
    recourse: str
    direction: str
    pieces: list[int]


def receipt_pdf(complaint: Complaint, *, person: str = "") -> bytes:
    """The receipt: number, date of reception, desk, what happens next, fingerprints, and the code that verifies it.

    In the language of the case and the time zone of its organisation. `complaint` comes with
    `Complaint.objects.with_case()`: three queries more. `person` as in `pdf_of`, here and below.
    """
    return pdf_of(receipt_html(complaint), person=person)


def case_pdf(complaint: Complaint, *, part: Part | None = None, person: str = "") -> bytes:
    """Return what the complainant may read of the case, with each document numbered and its fingerprint.

    `part` is one of `parts_of(complaint)`, the first without it. Same language, zone and loading as `receipt_pdf`;
    five queries more, six without a part, whatever the case holds.
    """
    return pdf_of(case_html(complaint, part), person=person)


def case_pdfs(complaint: Complaint, *, person: str = "") -> Iterator[bytes]:
    """Yield the parts of the case, each drawn when its turn comes."""
    for part in parts_of(complaint):
        yield case_pdf(complaint, part=part, person=person)


def letter_pdf(event: Event, *, person: str = "") -> bytes:
    """The letter that tells the complainant of one event, for whoever gets news on paper (row C38).

    `event` comes with `complaint.desk.organisation`, `complaint.complainant` and `answer`; three queries more,
    none when clocks, pauses and the event's documents are prefetched (`Letter.objects.with_case()`).
    """
    return pdf_of(letter_html(event), person=person)


def letters_pdf(events: Iterable[Event], *, person: str = "") -> bytes:
    """Letters one after the other in one file, each numbering its own pages: for the printer, not for reading."""
    return joined(letter_pdf(event, person=person) for event in events)


def referral_pdf(complaint: Complaint, referral: Referral, *, person: str = "") -> bytes:
    """The letter that sends a complaint on to another body (F24), in the portal's own language.

    `complaint` comes with `Complaint.objects.with_case()`, `referral` with its recipient and event: one query more.
    """
    return pdf_of(referral_html(complaint, referral), person=person)


def referral_html(complaint: Complaint, referral: Referral) -> str:
    """What `referral_pdf` draws. The person's documents go with it, the desk's own stay."""
    zone = ZoneInfo(complaint.desk.organisation.time_zone)
    event = referral.event
    with translation.override(settings.LANGUAGE_CODE), timezone.override(zone):
        brought = complaint.documents.filter(event__is_public=True).exclude(kind=DocumentKind.SENT)
        context = common_context(complaint) | {
            "language": settings.LANGUAGE_CODE,
            "recipient": referral.recipient,
            "written": spelled_date(event.at.astimezone(zone).date()),
            "text": event.body,
            "text_direction": text_direction(event.body),
            "person": list(_person(complaint.complainant)),
            "facts": list(_facts(complaint)),
            "told": list(_rows(complaint, ("facts", "prior_steps", "prior_answer", "desired_outcome"))),
            "enclosed": [str(each) for each in brought.select_related("document")],
        }
        return render_to_string("complaints/print/referral.html", context)


def letter_html(event: Event) -> str:
    """What `letter_pdf` draws."""
    return _paper(event.case, "complaints/print/letter.html", lambda complaint: letter_context(complaint, event))


def letter_context(complaint: Complaint, event: Event) -> dict[str, Any]:
    """What only a letter says: to whom, when it was written, the desk's words, and the next dates while they matter."""
    person = complaint.complainant
    zone = ZoneInfo(complaint.desk.organisation.time_zone)
    address = [person.full_name, person.address, f"{person.postal_code} {person.city}".strip()]
    expected = event.kind in (EventKind.FILED, EventKind.ACKNOWLEDGED, EventKind.CLOSING_ANNOUNCED)
    documents = event.documents.all() if event.pk else []  # none yet on a letter that is only looked at
    return {
        "kind": event.kind,
        "online_url": public_url("complaints:online-tracking", language=complaint.language),
        "recipient": [_row("", line) for line in address if line],
        "written": spelled_date(event.at.astimezone(zone).date()),
        "text": event.body,
        "text_direction": text_direction(event.body),
        "recourse": event.recourse,
        "enclosed": [str(each) for each in documents if each.kind == DocumentKind.SENT],
        "promises": promises(complaint) if expected else [],
    }


def receipt_html(complaint: Complaint) -> str:
    """What `receipt_pdf` draws."""
    return _paper(complaint, "complaints/print/receipt.html", receipt_context)


def case_html(complaint: Complaint, part: Part | None = None) -> str:
    """What `case_pdf` draws."""
    shown = part or parts_of(complaint)[0]
    return _paper(complaint, "complaints/print/case.html", lambda complaint: case_context(complaint, shown))


def _paper(complaint: Complaint, template: str, context_of: Callable[[Complaint], dict[str, Any]]) -> str:
    zone = ZoneInfo(complaint.desk.organisation.time_zone)
    with translation.override(complaint.language), timezone.override(zone):
        return render_to_string(template, common_context(complaint) | context_of(complaint))


def common_context(complaint: Complaint) -> dict[str, Any]:
    """What both papers say at the top and at the foot of each page."""
    organisation = complaint.desk.organisation
    verify_url = public_url("complaints:verify", complaint.verification_code, language=complaint.language)
    return {
        "demo": settings.DEMO,
        "language": complaint.language,
        "direction": "rtl" if translation.get_language_bidi() else "ltr",
        "number": spoken(complaint.number),
        "desk": complaint.desk,
        "sender_direction": text_direction(complaint.desk.postal_address),  # the engine reads no dir="auto"
        "organisation": organisation,
        "received": received_on(complaint),
        "printed": spelled_moment(timezone.now(), organisation.time_zone),
        "verify_url": verify_url,
        "qr_code": qr_code(verify_url),
        "tracking_url": public_url("complaints:track", language=complaint.language),
        "complainant": complaint.complainant,
    }


def receipt_context(complaint: Complaint) -> dict[str, Any]:
    """What only the receipt says."""
    return {"promises": promises(complaint), "pieces": filed_pieces(complaint)}


def case_context(complaint: Complaint, part: Part) -> dict[str, Any]:
    """What only the whole case says. Internal notes and what came with them stay out."""
    shown = {*part.events, None} if part.number == 1 else set(part.events)
    pieces = [piece for piece in pieces_of(complaint) if piece.event_id in shown]
    events = list(complaint.events.filter(is_public=True, pk__in=part.events).select_related("answer"))
    zone = complaint.desk.organisation.time_zone
    prefetch_related_objects([complaint], "clocks", "pauses")
    late = late_answer(complaint, complaint.current_clocks())
    return {
        "part": part,
        "state": complaint.get_state_display(),
        "facts": list(_facts(complaint)),
        "told": list(_rows(complaint, ("facts", "prior_steps", "prior_answer", "desired_outcome"))),
        "person": list(_person(complaint.complainant)),
        "dependants": list(complaint.dependants.all()),
        "promises": [] if late else promises(complaint),
        "late": late,
        "waited": waited(complaint.pauses.all(), ZoneInfo(zone)),
        "history": [
            (spelled_moment(each.at, zone), each.get_kind_display(), author(complaint, each)) for each in events
        ],
        "exchange": [_said(complaint, each, pieces) for each in events if each.is_exchange],
        "pieces": pieces,
    }


def author(complaint: Complaint, event: Event) -> str:
    """Who did it, as a third reader needs it: the complainant's name, or the organisation's; agents stay unnamed."""
    if event.is_theirs:
        return complaint.complainant.full_name
    return str(complaint.desk.organisation.short_name)


def text_direction(text: str) -> str:
    """« rtl » or « ltr » as the first letter decides: somebody may write Arabic in a French case. Figures are ltr."""
    for each in text:
        if (kind := unicodedata.bidirectional(each)) in ("L", "R", "AL"):
            return "ltr" if kind == "L" else "rtl"
    return "ltr"


def _row(label: Any, value: Any) -> Row:
    text = str(value)
    return Row(str(capfirst(label)), text, text_direction(text))


def _rows(instance: Complaint | Complainant, names: Iterable[str]) -> Iterable[Row]:
    """The fields that were filled in, under their names."""
    for name in names:
        if value := getattr(instance, name):
            yield _row(cast("Field[Any, Any]", instance._meta.get_field(name)).verbose_name, value)


def _facts(complaint: Complaint) -> Iterable[Row]:
    yield _row(_("catégorie"), complaint.category.name)
    respondent = complaint.respondent.name if complaint.respondent else complaint.respondent_other
    if respondent:
        yield _row(_("organisme concerné"), respondent)
    yield from _rows(complaint, ("policy_number", "registration_number", "subscriber", "claim_reference"))
    if complaint.event_date:
        yield _row(_("date des faits"), spelled_date(complaint.event_date))
    yield _row(_("canal"), complaint.get_channel_display())


def _person(person: Complainant) -> Iterable[Row]:
    yield _row(_("nom"), person.full_name)
    yield _row(_("qualité"), person.get_quality_display())
    yield from _rows(person, ("represented_name", "email"))
    if person.mobile:
        yield _row(_("téléphone portable"), person.mobile.as_international)
    address = ", ".join(filter(None, [person.address, f"{person.postal_code} {person.city}".strip()]))
    if address:
        yield _row(_("adresse"), address)
    yield from _rows(person, ("cin", "cnss_number", "nir"))


def _said(complaint: Complaint, event: Event, pieces: list[Piece]) -> Said:
    return Said(
        author=author(complaint, event),
        when=spelled_moment(event.at, complaint.desk.organisation.time_zone),
        title=event.get_kind_display(),
        text=event.body,
        recourse=event.recourse,
        direction=text_direction(event.body),
        pieces=[each.number for each in pieces if each.event_id == event.pk],
    )
