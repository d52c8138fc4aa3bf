"""Declarations made the real way, and drafts of them as far as asked.

    DeclarationFactory()                                   # sent by an activated member, one file, « Créée »
    DeclarationFactory(member=member, documents=3)
    DeclarationFactory(member=member, guarantee=guarantee, patient=child, care_date=date(2026, 2, 27))
    DeclarationFactory(asked=True)                         # a complement is asked for
    DeclarationFactory(rejected=True)                      # with a reason and its advice
    DeclarationDraftFactory(member=member)                 # every step answered, one file joined
    DeclarationDraftFactory(member=member, answers={}, documents=0)

States are set as the desk's services leave them: these are the agents' part.
"""

from __future__ import annotations

from datetime import date
from decimal import Decimal
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.wizards.models import Draft, DraftDocument
from health_claims.models import Declaration, Reason
from health_claims.offer import MEMBER, owner_of
from health_claims.services.declaring import Declared, declare
from health_claims.steps import declaring

from .complaints import AgentFactory
from .documents import DocumentFactory
from .membership import GuaranteeFactory, MemberFactory

CARE_DATE = date(2026, 2, 27)


class ReasonFactory(DjangoModelFactory[Reason]):
    class Meta:
        model = Reason
        django_get_or_create = ("organisation", "use", "code")

    organisation = None
    use = Reason.Use.REJECTION
    code = "illegible"
    label_fr = "Pièce illisible"
    label_ar = "وثيقة غير مقروءة"
    advice_fr = "Photographiez la pièce à la lumière du jour, puis déclarez de nouveau."
    advice_ar = "صوّروا الوثيقة في ضوء النهار ثم صرّحوا من جديد."


class DeclarationFactory(DjangoModelFactory[Declaration]):
    """Through `declare`: reference, pieces, first event and e-mail are all there."""

    class Meta:
        model = Declaration

    class Params:
        documents = 1
        asked = False
        rejected = False

    member = factory.SubFactory(MemberFactory, activated=True)
    guarantee = factory.LazyAttribute(lambda made: guarantee_of(made.member))
    patient = None
    care_date = CARE_DATE
    amount = Decimal("2100.00")
    language = "fr"
    warnings = ()

    @classmethod
    def _create(cls, model_class: Any, *args: Any, **values: Any) -> Declaration:
        made = values.pop("made")
        declaration = declare(declared=Declared(documents=DocumentFactory.create_batch(made["documents"]), **values))
        if made["asked"]:
            lead(declaration, "ask_complement", "Il manque la facture.", complement_asked_at=timezone.now())
        if made["rejected"]:
            lead(declaration, "reject", "", reason=ReasonFactory.create(), decided_at=timezone.now())
        declaration.refresh_from_db()
        return declaration

    made = factory.LazyAttribute(
        lambda made: {"documents": made.documents, "asked": made.asked, "rejected": made.rejected}
    )


def guarantee_of(member: Any) -> Any:
    """A guarantee of the member's policy: the first there is, or a new one."""
    return member.policy.guarantees.order_by("pk").first() or GuaranteeFactory.create(policy=member.policy, pieces=2)


def lead(declaration: Declaration, transition: str, body: str, **fields: Any) -> None:
    """Apply a transition as an agent does."""
    agent = AgentFactory.create(desks=[declaration.desk])
    apply_transition(lock_case(Declaration, declaration.pk), transition, user=agent, body=body, **fields)


def typed(guarantee: Any, *, patient: str = MEMBER) -> dict[str, Any]:
    """What somebody types who fills every step."""
    return {
        "nature": {"prestation": [guarantee.prestation.code]},
        "pieces": {},
        "personne": {"patient": [patient]},
        "donnees": {"care_date": [CARE_DATE.isoformat()], "amount": ["2100"]},
    }


class DeclarationDraftFactory(DjangoModelFactory[Draft]):
    """A draft of a member, every step answered unless `answers` says otherwise, with so many files."""

    class Meta:
        model = Draft
        skip_postgeneration_save = True

    class Params:
        member = factory.SubFactory(MemberFactory, activated=True)

    wizard = declaring.key
    desk = factory.LazyAttribute(lambda made: made.member.policy.desk)
    owner = factory.LazyAttribute(lambda made: owner_of(made.member.pk))
    answers = factory.LazyAttribute(lambda made: typed(guarantee_of(made.member)))

    @factory.post_generation
    def documents(self: Any, create: bool, extracted: int | None, **_: Any) -> None:
        for document in DocumentFactory.create_batch(1 if extracted is None else extracted):
            DraftDocument.objects.create(draft=self, document=document)
