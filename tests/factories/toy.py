"""Suggestions, the kind of case that only the tests have, opened the real way."""

from __future__ import annotations

from typing import Any

import factory
from django.db import transaction
from django.utils import timezone

from claims_portal.cases.services.exchange import open_case
from tests.toy.models import Suggestion

from .complaints import DeskFactory


class SuggestionFactory(factory.Factory[Suggestion]):
    """A suggestion just sent to a desk; `body` is what it says."""

    class Meta:
        model = Suggestion

    desk = factory.SubFactory(DeskFactory)
    number = factory.Sequence(lambda number: f"S{number:06}")
    author = "Amina El Amrani"
    email = factory.Sequence(lambda number: f"amina{number}@exemple.ma")
    opened_at = factory.LazyFunction(timezone.now)
    body = "Ouvrez aussi le samedi."

    @classmethod
    def _create(cls, model_class: type[Suggestion], *args: Any, body: str, **given: Any) -> Suggestion:
        suggestion = model_class(**given)
        with transaction.atomic():
            open_case(suggestion, body=body)
        return suggestion
