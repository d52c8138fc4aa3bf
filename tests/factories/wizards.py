"""Drafts of a complaint, answered as far as asked."""

from __future__ import annotations

from typing import Any

import factory
from factory.django import DjangoModelFactory

from claims_portal.wizards.models import Draft, DraftDocument
from complaints.steps import filing

from .complaints import DeskFactory
from .documents import DocumentFactory

GATE = {"kind": ["complaint"]}
FACTS = {
    "facts": ["Mon remboursement n’arrive pas depuis trois mois."],
    "event_date": ["2026-01-15"],
    "prior_steps": ["Deux appels."],
    "prior_answer": [""],
    "desired_outcome": ["Être remboursée."],
}
PERSON = {
    "quality": ["insured"],
    "represented_name": [""],
    "last_name": ["El Amrani"],
    "first_name": ["Amina"],
    "email": ["amina@exemple.ma"],
    "mobile": ["06 12 34 56 78"],
}


class DraftFactory(DjangoModelFactory[Draft]):
    """A draft with nothing in it; `complete=True` answers every step, `answers` adds to that or replaces it.

    The subject is the desk's first one.
    """

    class Meta:
        model = Draft

    class Params:
        complete = False

    wizard = filing.key
    desk = factory.SubFactory(DeskFactory)

    @factory.lazy_attribute
    def answers(self) -> dict[str, Any]:
        return complete_answers(self.desk) if self.complete else {}


def complete_answers(desk: Any, **changed: Any) -> dict[str, Any]:
    """What somebody types who fills every step of a desk that asks nothing special; `reclamant={…}` changes a step."""
    category = desk.categories.order_by("pk").values_list("pk", flat=True)[0]
    answers: dict[str, Any] = {
        "demande": GATE,
        "reclamation": {"category": [str(category)]},
        "faits": FACTS,
        "reclamant": PERSON,
        "ayants-droit": [],
    }
    return {
        slug: typed | changed.get(slug, {}) if isinstance(typed, dict) else typed for slug, typed in answers.items()
    }


class DraftDocumentFactory(DjangoModelFactory[DraftDocument]):
    class Meta:
        model = DraftDocument

    draft = factory.SubFactory(DraftFactory)
    document = factory.SubFactory(DocumentFactory)
    kind = "evidence"
