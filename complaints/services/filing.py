"""Filing a complaint: the whole case, its documents, its first event and its receipt, or nothing."""

from __future__ import annotations

import hashlib
import secrets
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.cases.models import Actor
from claims_portal.cases.services.changes import join_documents
from claims_portal.cases.services.clocks import build_first_clocks
from claims_portal.compiled_query import CompiledQuery
from claims_portal.documents.models import Document
from claims_portal.notifications.services import queue
from claims_portal.organisations.models import Desk, LegalText
from claims_portal.wizards.models import Draft, joined_documents
from claims_portal.wizards.services import close_draft, create_draft, locked_draft
from claims_portal.wizards.steps import Step
from complaints import notices, references, steps
from complaints.folding import search_name
from complaints.forms import GateForm
from complaints.models import Channel, Clock, Complainant, Complaint, Dependant, Event, EventKind
from complaints.questions import OTHER, questions_of
from complaints.workflow import State

from .letters import promise_letter
from .routing import route

_told_before: CompiledQuery[Any] = CompiledQuery(
    lambda mark: Complaint.objects.filter(fingerprint=mark).order_by("-opened_at").values_list("opened_at")[:1],
    mark=str,
)


class IncompleteDraft(Exception):
    """An earlier step is no longer in order: the person is led back to it."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.slug)
        self.step = step


@dataclass(frozen=True)
class Filing:
    """What a complaint is made of, validated: cleaned data of the forms in `complaints.forms`."""

    desk: Desk
    facts: dict[str, Any]
    complainant: dict[str, Any]
    dependants: Sequence[dict[str, Any]] = ()
    documents: Sequence[tuple[Document, str]] = ()
    language: str = "fr"
    wants_sms: bool = False
    consent_text: LegalText | None = None
    channel: str = Channel.WEB
    opened_at: datetime = field(default_factory=timezone.now)
    draft_id: UUID | None = None
    entered_by: User | None = None  # the agent who files for somebody else; None: the complainant


def begin_filing(
    *,
    desk: Desk,
    language: str,
    subject: Mapping[str, str] | None = None,
    facts: Mapping[str, str] | None = None,
    complainant: Mapping[str, str] | None = None,
    dependants: Sequence[Mapping[str, str]] = (),
) -> Draft:
    """Begin a complaint with what is known already: fields of the forms of `complaints.forms`, by step, as text.

    `dependants` are such answers of each person. That it is a complaint is settled. The person reads every page, may
    change everything, and sends it themselves.
    """
    known = {steps.SUBJECT: subject, steps.FACTS: facts, steps.COMPLAINANT: complainant}
    answers: dict[str, Any] = {step.slug: _typed(given) for step, given in known.items() if given}
    if dependants:
        answers[steps.DEPENDANTS.slug] = [_typed(each) for each in dependants]
    answers[steps.GATE.slug] = {"kind": [GateForm.COMPLAINT]}
    return create_draft(wizard=steps.filing.key, desk=desk, language=language, answers=answers)


def _typed(given: Mapping[str, str]) -> dict[str, list[str]]:
    """Answers as a browser would have sent them."""
    return {name: [value] for name, value in given.items()}


def submit_draft(*, draft_id: UUID, wants_sms: bool, seen: Draft | None = None) -> Complaint:
    """Turn a draft into a complaint, once.

    AlreadySubmitted when it was sent before, even a moment ago in another tab; IncompleteDraft
    when a step must be filled again. In one transaction with everything the case is made of.
    `seen` as for `locked_draft`.
    """
    with locked_draft(draft_id, seen) as draft:
        unfinished = steps.filing.first_incomplete(draft)
        if unfinished is not None:
            raise IncompleteDraft(unfinished)
        joined = joined_documents.rows(draft=draft.pk)
        filing = filing_from(draft, [(each.document, each.kind) for each in joined], wants_sms)
        return file_complaint(filing=filing, draft=draft)


def facts_of(draft: Draft) -> dict[str, Any]:
    """The subject and the story, as one."""
    return steps.SUBJECT.cleaned(draft) | steps.FACTS.cleaned(draft)


def filing_from(draft: Draft, documents: list[tuple[Document, str]], wants_sms: bool) -> Filing:
    """What a draft whose steps are all in order says."""
    complainant = steps.COMPLAINANT.cleaned(draft)
    return Filing(
        desk=draft.desk,
        facts=facts_of(draft),
        complainant=complainant,
        dependants=steps.DEPENDANTS.all_cleaned(draft),
        documents=documents,
        language=draft.language,
        wants_sms=bool(complainant["mobile"]) and (wants_sms or not complainant["email"]),
        consent_text=questions_of(draft.desk).texts.get(LegalText.Kind.DATA_PROTECTION),
        draft_id=draft.pk,
    )


@transaction.atomic(savepoint=False)
def file_complaint(*, filing: Filing, draft: Draft | None = None) -> Complaint:
    """Write a complaint with its people, documents, clocks and first event, and promise its receipt.

    `draft` is the one it is made of, locked: it is closed.
    """
    complaint = _case(filing)
    clocks = build_first_clocks(complaint)
    complaint.save()
    _complainant(complaint, filing.complainant).save()
    Dependant.objects.bulk_create(Dependant(complaint=complaint, **person) for person in filing.dependants)
    event = Event.objects.create(
        case=complaint,
        kind=EventKind.FILED,
        at=timezone.now(),
        actor=Actor.STAFF if filing.entered_by else Actor.PERSON,
        user=filing.entered_by,
        to_state=complaint.state,
    )
    join_documents(complaint, documents=filing.documents, event=event)
    Clock.objects.bulk_create(clocks)
    if draft is not None:
        close_draft(draft=draft, result=complaint.number)
    queue(notices.Receipt(complaint, clocks=clocks))
    route(complaint=complaint)
    promise_letter(complaint, event)
    return complaint


def _case(filing: Filing) -> Complaint:
    facts = dict(filing.facts)
    respondent = facts.pop("respondent", "")
    now = timezone.now()
    return Complaint(
        number=_free_number(),
        draft_id=filing.draft_id,
        verification_code=secrets.token_urlsafe(16),
        desk=filing.desk,
        category_id=int(facts.pop("category")),
        respondent_id=int(respondent) if respondent not in ("", OTHER) else None,
        language=filing.language,
        channel=filing.channel,
        wants_sms=filing.wants_sms,
        state=State.RECEIVED,
        opened_at=filing.opened_at,
        consent_text=filing.consent_text,
        consented_at=now if filing.consent_text else None,
        fingerprint=fingerprint(filing.desk, filing.facts, filing.complainant),
        **facts,
    )


def _free_number() -> str:
    """A number no case has. The unique constraint settles the rest: at worst one filing is told to try again."""
    while True:
        number = references.new_number()
        if not Complaint.objects.filter(number=number).exists():
            return number


def _complainant(complaint: Complaint, person: dict[str, Any]) -> Complainant:
    name = search_name(person["last_name"], person["first_name"])
    return Complainant(complaint=complaint, search_name=name, **person)


def fingerprint(desk: Desk, facts: dict[str, Any], person: dict[str, Any]) -> str:
    """The same for the same person telling the same thing to the same desk, whatever the spaces and capitals."""
    told = " ".join(str(facts.get("facts", "")).lower().split())
    parts = [str(desk.pk), str(facts.get("category")), person.get("email") or person.get("mobile") or "", told]
    return hashlib.sha256("\x1f".join(parts).encode()).hexdigest()


def already_filed_at(*, draft: Draft) -> datetime | None:
    """When this person filed this very complaint before, if so: said as a warning, never a refusal (F7)."""
    mark = fingerprint(draft.desk, facts_of(draft), steps.COMPLAINANT.cleaned(draft))
    found = _told_before.first(mark=mark)
    return found[0] if found else None
