"""Rows inside another page's form: Django's tables show each label once, above the column."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.forms import Widget

from .scope import ScopedChoices


class ScopedStackedInline(ScopedChoices, admin.StackedInline):
    """Rows with a block each; their relations name what the person reads."""


class LabelledInline(ScopedChoices, admin.TabularInline):
    """A table whose every field also says its label to a screen reader."""

    def get_formset(self, request: Any, obj: Any = None, **kwargs: Any) -> Any:
        return super().get_formset(request, obj, **{"formset": labelled(self.formset)} | kwargs)


def labelled(base: type[Any]) -> type[Any]:
    """Return the same set of forms, each field with its label as an attribute."""

    class Labelled(base):
        def add_fields(self, form: Any, index: int | None) -> None:
            super().add_fields(form, index)
            for field in form.fields.values():
                widget: Widget = getattr(field.widget, "widget", field.widget)  # inside the links to the other row
                if not widget.is_hidden and field.label:
                    widget.attrs.setdefault("aria-label", str(field.label))

    return Labelled
