"""A quote sent by its member before the care: a prior approval to decide, with the file (row F42)."""

from __future__ import annotations

from decimal import Decimal

from django.db import transaction

from claims_portal.documents.models import Document
from claims_portal.documents.services import claim_documents, discard_document
from health_claims.models import PriorApproval
from membership.models import Member

from .declaring import NotTheirs
from .usage import Care

MOST_PENDING = 10  # quotes of a member that wait for an answer


class TooManyQuotes(Exception):
    """So many quotes of this member wait already that another would only hold them up."""


@transaction.atomic
def send_quote(*, care: Care, amount: Decimal, estimated: Decimal | None, document: Document) -> PriorApproval:
    """Keep a quote and put it before the desk; amounts in dirhams, `estimated` None where nothing could be estimated.

    The same file sent twice for the same care is one quote. TooManyQuotes, NotTheirs for somebody of another family.
    Neither counts what a former holder of the account had sent.
    """
    locked = Member.objects.select_for_update(of=("self",), no_key=True).select_related("account")
    member = locked.get(pk=care.member.pk)
    if care.patient is not None and care.patient.member_id != member.pk:
        raise NotTheirs
    waiting = PriorApproval.objects.sent_by(member).pending()
    same = waiting.filter(patient=care.patient, prestation=care.prestation, document__sha256=document.sha256).first()
    if same is not None:
        discard_document(document=document)
        return same
    if waiting.count() >= MOST_PENDING:
        raise TooManyQuotes
    claim_documents(documents=[document])
    return PriorApproval.objects.create(
        member=member,
        patient=care.patient,
        prestation=care.prestation,
        asked_on=care.member.policy.organisation.today(),
        planned_on=care.day,
        amount=amount,
        estimated=estimated,
        document=document,
    )
