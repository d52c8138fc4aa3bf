"""Rows inside another page's form: Django's tables show each label once, above the column."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.forms import Widget
from django.http import HttpRequest

from .scope import ScopedChoices


class ScopedRows(ScopedChoices):
    """A mixin of inlines: the rows and relations that the person reads, as on the pages of their own."""

    model: Any

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        rows: QuerySet[Any] = super().get_queryset(request)  # type: ignore[misc]
        if not self.admin_site.is_registered(self.model):
            return rows  # they have no page, and belong to the row whose page this is
        row_admin: Any = self.admin_site.get_model_admin(self.model)
        return rows.filter(row_admin.readable(request))


class ScopedStackedInline(ScopedRows, admin.StackedInline):
    """Rows with a block each; their relations name what the person reads."""


class LabelledInline(ScopedRows, admin.TabularInline):
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
