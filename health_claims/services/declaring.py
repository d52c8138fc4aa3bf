"""Declaring online: the draft, the sending, and the answer to what the insurer asks for (rows D75–D153)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from uuid import UUID

from django.db import transaction
from django.utils import timezone

from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, is_repeated_press, lock_case
from claims_portal.cases.services.exchange import documents_as, open_case
from claims_portal.documents.models import Document
from claims_portal.documents.uploads import discard_all
from claims_portal.wizards.models import Draft
from claims_portal.wizards.services import AlreadySubmitted, close_draft, create_draft, erase_draft, locked_draft
from claims_portal.wizards.steps import Step
from health_claims import steps
from health_claims.cautions import Care, Caution, cautions
from health_claims.models import Declaration, DocumentKind
from health_claims.offer import MEMBER, joined_to, offer_of, owner_of, zone_of
from health_claims.references import next_reference
from membership.models import Beneficiary, Guarantee, Member


class IncompleteDeclaration(Exception):
    """An earlier step is no longer in order: the person is led back to it."""

    def __init__(self, step: Step) -> None:
        super().__init__(step.slug)
        self.step = step


class NotTheirs(Exception):
    """The draft, the person treated or the guarantee is not this member's."""


@dataclass(frozen=True)
class Declared:
    """What a declaration is made of, validated. `member` with policy, its desk and organisation, and account."""

    member: Member
    guarantee: Guarantee
    care_date: date
    amount: Decimal  # dirhams, to the centime
    documents: Sequence[Document] = ()
    patient: Beneficiary | None = None  # None: the member
    language: str = "fr"
    warnings: Sequence[str] = ()  # codes of `health_claims.cautions`
    draft_id: UUID | None = None


def begin_declaration(*, member: Member, language: str) -> Draft:
    """A new draft of this member; `member` with its policy."""
    return create_draft(
        wizard=steps.declaring.key, desk=member.policy.desk, language=language, owner=owner_of(member.pk)
    )


def begun_declarations(*, member: Member) -> list[Draft]:
    """What the member has begun and not sent, on whatever device, the last touched first; one query."""
    return list(Draft.objects.unsent_of(owner_of(member.pk), steps.declaring.key)[:10])


@transaction.atomic
def begin_again(*, member: Member, draft_id: UUID, language: str) -> Draft:
    """Destroy a draft of this member with its files, and begin a new one; NotTheirs when it is none they may send."""
    if not Draft.objects.unsent_of(owner_of(member.pk), steps.declaring.key).filter(pk=draft_id).exists():
        raise NotTheirs
    try:
        erase_draft(draft_id=draft_id)
    except (AlreadySubmitted, Draft.DoesNotExist):
        raise NotTheirs from None
    return begin_declaration(member=member, language=language)


def declare_again(*, declaration: Declaration, language: str) -> Draft:
    """A new draft filled with what a rejected declaration said; its files are to be joined anew.

    `declaration` with member and policy, and prestation.
    """
    patient = str(declaration.patient_id or MEMBER)
    answers = {
        steps.NATURE.slug: {"prestation": [declaration.prestation.code]},
        steps.PATIENT.slug: {"patient": [patient]},
        steps.CARE.slug: {"care_date": [declaration.care_date.isoformat()], "amount": [str(declaration.amount)]},
    }
    return create_draft(
        wizard=steps.declaring.key,
        desk=declaration.member.policy.desk,
        language=language,
        answers=answers,
        owner=owner_of(declaration.member_id),
    )


def cautions_for(draft: Draft) -> list[Caution]:
    """What to know before sending a draft whose steps are in order; four queries beside its offer and its files."""
    answers = steps.answers_of(draft)
    offer = offer_of(draft)
    joined = [each.document for each in joined_to(draft)]
    return cautions(
        Care(
            member=offer.member,
            patient=answers.patient,
            guarantee=answers.guarantee,
            guaranteed_then=answers.guaranteed_then,
            care_date=answers.care_date,
            today=offer.today,
            files=tuple((document.label, frozenset(document.advice)) for document in joined),
        )
    )


def send_declaration(*, draft_id: UUID, member_id: int, seen: Draft | None = None) -> Declaration:
    """« Terminer »: turn a draft into a declaration, once (row D126).

    AlreadySubmitted when it was sent before, even a moment ago in another tab; IncompleteDeclaration when a
    step must be filled again (all are validated anew, the person treated among the member's family and the
    prestation among the policy's); NotTheirs when the draft is somebody else's. One transaction. `seen` as for
    `locked_draft`.
    """
    with locked_draft(draft_id, seen) as draft, timezone.override(zone_of(draft)):
        if seen is not None:
            draft.kept["offer"] = offer_of(seen)
        if draft.owner != owner_of(member_id):
            raise NotTheirs
        unfinished = steps.declaring.first_incomplete(draft)
        if unfinished is not None:
            raise IncompleteDeclaration(unfinished)
        answers = steps.answers_of(draft)
        return declare(
            declared=Declared(
                member=offer_of(draft).member,
                guarantee=answers.guarantee,
                patient=answers.patient,
                care_date=answers.care_date,
                amount=answers.amount,
                documents=[each.document for each in joined_to(draft)],
                language=draft.language,
                warnings=[each.code for each in cautions_for(draft)],
                draft_id=draft.pk,
            ),
            draft=draft,
        )


@transaction.atomic(savepoint=False)
def declare(*, declared: Declared, draft: Draft | None = None) -> Declaration:
    """Write a declaration with its pieces and first event, and promise its e-mail (row D130).

    `draft` is the one it is made of, locked: it is closed.
    NotTheirs when the patient is not of the member's family, or the guarantee not of the member's policy.
    The reference is asked for once everything else is known: its day's counter is held until the commit.
    """
    member, guarantee = declared.member, declared.guarantee
    of_the_family = declared.patient is None or declared.patient.member_id == member.pk
    if not of_the_family or guarantee.policy_id != member.policy_id:
        raise NotTheirs
    desk = member.policy.desk
    declaration = Declaration(
        number=next_reference(series="declaration", time_zone=desk.organisation.time_zone),
        draft_id=declared.draft_id,
        desk=desk,
        member=member,
        patient=declared.patient,
        prestation=guarantee.prestation,
        guarantee=guarantee,
        care_date=declared.care_date,
        amount=declared.amount,
        mobile=member.account.mobile,
        email=member.account.email,
        language=declared.language,
        warnings=list(declared.warnings),
        opened_at=timezone.now(),
    )
    open_case(declaration, documents=documents_as(DocumentKind.PIECE, declared.documents), event_kind="sent")
    if draft is not None:
        close_draft(draft=draft, result=declaration.number)
    return declaration


@transaction.atomic
def supply_complement(*, declaration_id: int, body: str, documents: Sequence[Document] = ()) -> Declaration:
    """The member's answer to what the desk asked for: a text, files, or both. The desk goes on from there.

    Pressed twice with the same files, it is one answer. TransitionNotAllowed when nothing is asked any more (decided
    meanwhile, or answered otherwise in another tab).
    """
    declaration = lock_case(Declaration, declaration_id)
    if declaration.complement_asked_at is None:
        if is_repeated_press(declaration, kinds=["supply"], body=body, documents=documents):
            discard_all(documents)
            return declaration
        raise TransitionNotAllowed("supply", declaration.state)
    joined = documents_as(DocumentKind.COMPLEMENT, documents)
    apply_transition(declaration, "supply", body=body, documents=joined, complement_asked_at=None)
    return declaration
