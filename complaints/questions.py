"""What a desk asks, ready for forms. Nothing here depends on the person."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django.utils.translation import get_language

from claims_portal.organisations.desk_cache import cached_per_desk_version
from claims_portal.organisations.models import Desk, LegalText

from .models import AskedField, Category, ClockKind, ExpectedDelay, Procedure, Respondent

OTHER = "other"


@dataclass(frozen=True)
class Named:
    """A choice, in each language."""

    pk: int
    names: dict[str, str]
    groups: dict[str, str]

    @property
    def name(self) -> str:
        return self.names.get(get_language() or "fr") or self.names["fr"]

    @property
    def group(self) -> str:
        return self.groups.get(get_language() or "fr") or self.groups["fr"]


@dataclass(frozen=True)
class Asked:
    """One question of the desk."""

    required: bool
    hints: dict[str, str]

    @property
    def hint(self) -> str:
        return self.hints.get(get_language() or "fr") or self.hints["fr"]


@dataclass(frozen=True)
class OwnDelays:
    """The delays that a category sets in place of those of its desk (F9)."""

    delay_ids: dict[str, int]  # by ClockKind
    names: tuple[str, str]  # of the category, in French and in Arabic


@dataclass(frozen=True)
class Questions:
    """Everything the filing forms of one desk need to know."""

    categories: tuple[Named, ...]
    respondents: tuple[Named, ...]
    asked: dict[str, Asked]
    texts: dict[str, LegalText]
    offers_sms: bool
    delay_ids: dict[str, int]  # by ClockKind
    own_delays: dict[int, OwnDelays]  # by category, those no longer proposed included
    expected: dict[int | None, ExpectedDelay]  # by category, None for the whole desk; what is measured, not promised

    def category_choices(self) -> list[tuple[str, Any]]:
        return _grouped(self.categories)

    def respondent_choices(self) -> list[tuple[str, Any]]:
        return [(str(each.pk), each.name) for each in self.respondents]


def _grouped(choices: tuple[Named, ...]) -> list[tuple[str, Any]]:
    """Choices under the headings of their groups, in the order given; without a heading where there is none."""
    shown: list[tuple[str, Any]] = []
    for each in choices:
        option = (str(each.pk), each.name)
        if not each.group:
            shown.append(option)
        elif shown and shown[-1][0] == each.group:
            shown[-1][1].append(option)
        else:
            shown.append((each.group, [option]))
    return shown


@cached_per_desk_version
def questions_of(desk: Desk) -> Questions:
    """Return the questions of a desk as staff last saved them."""
    procedure = desk.procedure
    categories = list(Category.objects.filter(desk=desk))
    respondents = Respondent.objects.filter(sector__desks=desk, is_active=True).distinct()
    asked = AskedField.objects.filter(desk=desk)
    texts = {text.kind: text for text in reversed(LegalText.objects.in_force().filter(organisation=desk.organisation))}
    return Questions(
        categories=tuple(
            Named(each.pk, {"fr": each.name_fr, "ar": each.name_ar}, {"fr": each.group_fr, "ar": each.group_ar})
            for each in categories
            if each.is_active
        ),
        respondents=tuple(
            Named(each.pk, {"fr": each.name_fr, "ar": each.name_ar}, {"fr": "", "ar": ""}) for each in respondents
        ),
        asked={each.field: Asked(each.is_required, {"fr": each.hint_fr, "ar": each.hint_ar}) for each in asked},
        texts=texts,
        offers_sms=procedure.offers_sms,
        delay_ids=_promised(procedure)
        | _set(
            (ClockKind.REOPENING, procedure.reopening_delay_id),
            (ClockKind.CLOSING, procedure.closing_delay_id),
        ),
        own_delays={
            each.pk: OwnDelays(delays, (each.name_fr, each.name_ar))
            for each in categories
            if (delays := _promised(each))
        },
        expected={each.category_id: each for each in ExpectedDelay.objects.filter(desk=desk)},
    )


def _promised(rules: Procedure | Category) -> dict[str, int]:
    return _set((ClockKind.ACKNOWLEDGEMENT, rules.acknowledgement_delay_id), (ClockKind.ANSWER, rules.answer_delay_id))


def _set(*delays: tuple[ClockKind, int | None]) -> dict[str, int]:
    return {kind.value: key for kind, key in delays if key is not None}
