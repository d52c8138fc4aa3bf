"""The step engine: a journey is a list of steps, each an ordinary form at its own address.

An app declares its steps in its own `steps.py`:

    class FactsStep(Step):
        slug, title, question = "faits", _("Les faits"), _("Que s’est-il passé ?")
        form_class = FactsForm

and its journey: `filing = Wizard("complaint", "complaints:filing", [GateStep(), FactsStep(), …])`.
"""

from __future__ import annotations

import datetime
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, ClassVar
from uuid import UUID

from django import forms
from django.urls import reverse
from django.utils.datastructures import MultiValueDict
from django.utils.functional import Promise
from django.utils.translation import get_language
from phonenumbers import PhoneNumberFormat, format_number, parse

from claims_portal.deadlines.explanation import written_date
from claims_portal.identifiers import MobileField

from .models import Draft

Text = str | Promise
Typed = dict[str, list[str]]
SEVERAL_MAX = 20
_NO_DRAFT, _NO_STEP = UUID(int=0), "no-step"


@dataclass(frozen=True)
class Row:
    """One line of the check page."""

    label: Text
    value: Any


def as_typed(data: Mapping[str, Any], form: forms.BaseForm) -> Typed:
    """What was typed in a form's fields, as JSON can keep it (no NUL, no lone surrogate)."""
    typed = data if isinstance(data, MultiValueDict) else MultiValueDict({key: [data[key]] for key in data})
    kept = {}
    for name in form.fields:
        values = [str(value).replace("\x00", "") for value in typed.getlist(name)]
        kept[name] = [value.encode("utf-8", "ignore").decode() for value in values]
    return kept


class Step:
    """One page of a journey: a question, a form, and its lines on the check page."""

    slug: str
    title: Text
    question: Text
    form_class: type[forms.Form] | None = None
    template = "wizards/step.html"

    def form(
        self, draft: Draft, data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None, **kwargs: Any
    ) -> forms.Form | None:
        """Return the step's form for this draft, bound to `data` when given, else filled with `initial`."""
        if self.form_class is None:
            return None
        return self.form_class(data, draft=draft, initial=initial, **kwargs)  # type: ignore[call-arg]

    def stored(self, draft: Draft) -> forms.Form | None:
        """The form bound to what the draft holds, ready to be validated again; None when not answered yet.

        A page asks several times: the same form is given as long as the draft holds the same answers.
        """
        typed = draft.answers.get(self.slug)
        if typed is None:
            return None
        known, form = draft.read_forms.get(self.slug, (None, None))
        if known is not typed:
            form = self.form(draft, MultiValueDict(typed))
            draft.read_forms[self.slug] = (typed, form)
        return form

    def shown(self, draft: Draft) -> forms.Form | None:
        """The form to show: filled with what was typed, without complaining about it yet."""
        bound = self.stored(draft)
        if bound is None:
            return self.form(draft)
        typed = {
            name: field.widget.value_from_datadict(bound.data, bound.files, name)
            for name, field in bound.fields.items()
        }
        return self.form(draft, initial=typed)

    def is_complete(self, draft: Draft) -> bool:
        """True when the stored answers are still valid today."""
        if self.form_class is None:
            return True
        bound = self.stored(draft)
        return bound is not None and bound.is_valid()

    def cleaned(self, draft: Draft) -> dict[str, Any]:
        """The validated answers; an empty dict when there are none."""
        bound = self.stored(draft)
        return bound.cleaned_data if bound is not None and bound.is_valid() else {}

    def rows(self, draft: Draft) -> list[Row]:
        """The answers as the check page shows them: label and value of each field that has one."""
        bound = self.stored(draft)
        if bound is None or not bound.is_valid():
            return []
        return [Row(field.label or "", readable(field, bound.cleaned_data.get(field.name))) for field in bound]


def readable(field: forms.BoundField, value: Any) -> Any:
    """A cleaned value in words: a date in full, the label of a choice, the value itself otherwise."""
    if isinstance(value, datetime.date):
        return written_date(value)
    if isinstance(field.field, MobileField) and value:
        return format_number(parse(value), PhoneNumberFormat.INTERNATIONAL)
    choices = getattr(field.field, "choices", None)
    if choices is None or value in (None, ""):
        return value
    for key, label in choices:
        options = label if isinstance(label, list | tuple) else [(key, label)]
        for option, name in options:
            if str(option) == str(value):
                return name
    return value


class CollectionStep(Step):
    """A step that collects none, one or several of the same form (« ajouter une personne »)."""

    def stored_all(self, draft: Draft) -> list[forms.Form]:
        forms_typed = draft.answers.get(self.slug) or []
        bound = [self.form(draft, MultiValueDict(typed)) for typed in forms_typed]
        return [form for form in bound if form is not None]

    def shown(self, draft: Draft) -> forms.Form | None:
        return self.form(draft)

    def is_complete(self, draft: Draft) -> bool:
        return self.slug in draft.answers and all(form.is_valid() for form in self.stored_all(draft))

    def all_cleaned(self, draft: Draft) -> list[dict[str, Any]]:
        return [form.cleaned_data for form in self.stored_all(draft) if form.is_valid()]


class Wizard:
    """The ordered steps of a journey. Each registers itself under its key, which drafts keep."""

    _known: ClassVar[dict[str, Wizard]] = {}

    def __init__(self, key: str, url_name: str, steps: Sequence[Step]) -> None:
        self.key = key
        self.url_name = url_name
        self._addresses: dict[str, str] = {}  # by language, with stand-ins for draft and step
        self.steps = {step.slug: step for step in steps}
        self._known[key] = self

    @classmethod
    def of(cls, draft: Draft) -> Wizard:
        """The journey a draft belongs to."""
        return cls._known[draft.wizard]

    def __iter__(self) -> Iterator[Step]:
        return iter(self.steps.values())

    def url(self, draft: Draft, step: Step) -> str:
        """The address of a step: each page of a journey links to all of them."""
        language = get_language() or ""
        if language not in self._addresses:
            self._addresses[language] = reverse(self.url_name, args=[_NO_DRAFT, _NO_STEP])
        return self._addresses[language].replace(str(_NO_DRAFT), str(draft.pk)).replace(_NO_STEP, step.slug)

    def neighbours(self, step: Step) -> tuple[Step | None, Step | None]:
        """The steps before and after."""
        order = list(self)
        at = order.index(step)
        return (order[at - 1] if at else None, order[at + 1] if at + 1 < len(order) else None)

    def first_incomplete(self, draft: Draft) -> Step | None:
        """The first step whose answers are missing or no longer valid; None when all are in order."""
        return next((step for step in self if not step.is_complete(draft)), None)

    def progress(self, draft: Draft, current: Step) -> list[dict[str, Any]]:
        """What the list of steps shows: label, state (done, current, todo) and address when it may be opened."""
        shown = []
        reachable = True
        for step in self:
            state = "current" if step is current else "done" if step.slug in draft.answers else "todo"
            shown.append({"label": step.title, "state": state, "url": self.url(draft, step) if reachable else ""})
            reachable = reachable and (step.slug in draft.answers)
        return shown
