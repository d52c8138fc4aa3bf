"""Scope of the back-office: which rows of a model belong to the desks or the organisations of a member of staff.

Each admin class declares one `scope`:

- a path to a desk, an organisation or the desks of an account: "desk", "policy__desk", "organisation", "desks", or
  ITSELF for these models; a row whose path ends at NULL is shared: everybody reads it, a superuser changes it;
- BY_QUERYSET: the rows of `visible_to(user)`;
- SHARED: every row is shared;
- SUPERUSERS: nobody else reads any row.

A superuser sees and changes every row.
"""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import ManyToManyField, Model, Q, QuerySet
from django.http import HttpRequest

ITSELF = "pk"
BY_QUERYSET = "visible_to()"
SHARED = "*"
SUPERUSERS = "-"


class ScopedChoices:
    """A mixin of ModelAdmin and inlines: relations offer and take the rows that the person reads."""

    admin_site: admin.AdminSite
    # Relations that name rows of other institutions on purpose.
    unscoped_choices: frozenset[str] = frozenset()

    def formfield_for_foreignkey(self, db_field: Any, request: Any, **kwargs: Any) -> Any:
        form_field = super().formfield_for_foreignkey(db_field, request, **kwargs)  # type: ignore[misc]
        return self._limited(form_field, db_field, request)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        form_field = super().formfield_for_manytomany(db_field, request, **kwargs)  # type: ignore[misc]
        return self._limited(form_field, db_field, request)

    def _limited(self, form_field: Any, db_field: Any, request: HttpRequest) -> Any:
        if form_field is not None and db_field.name not in self.unscoped_choices:
            form_field.queryset = form_field.queryset.filter(self.choices_scope(db_field, request))
        return form_field

    def choices_scope(self, db_field: Any, request: HttpRequest) -> Q:
        """Return the condition on the rows that a relation may name."""
        related = db_field.remote_field.model
        if not self.admin_site.is_registered(related):  # tests/backoffice/test_scope.py lists these models
            return Q()
        related_admin: Any = self.admin_site.get_model_admin(related)
        condition: Q = related_admin.readable(request)
        return condition


class ScopedFilter(admin.RelatedFieldListFilter):
    """A filter by a relation that offers only the rows that the person reads."""

    def field_choices(self, field: Any, request: HttpRequest, model_admin: Any) -> list[Any]:
        offered: list[Any] = field.get_choices(
            include_blank=False,
            ordering=self.field_admin_ordering(field, request, model_admin),
            limit_choices_to=model_admin.choices_scope(field, request),
        )
        return offered


class ScopedAdmin(ScopedChoices, admin.ModelAdmin):
    """A ModelAdmin that reads and changes the rows of its `scope` only."""

    scope: str

    # --- Which rows

    def readable(self, request: HttpRequest) -> Q:
        """Return the condition on the rows that this person may read. At most two queries a request."""
        user: Any = request.user
        if user.is_superuser or self.scope == SHARED:
            return Q()
        if self.scope == SUPERUSERS:
            return Q(pk__in=[])
        if self.scope == BY_QUERYSET:
            managed: Any = self.model._default_manager
            return Q(pk__in=managed.visible_to(user).order_by().values("pk"))
        owned = Q(**{f"{self.scope}__in": self._owned_ids(user)})
        if isinstance(self._last_field(), ManyToManyField):
            # A join would repeat the row once for each of its desks.
            return Q(pk__in=self.model._default_manager.filter(owned).order_by().values("pk"))
        return owned | Q(**{f"{self.scope}__isnull": True}) if self._may_be_shared() else owned

    def may_change_row(self, request: HttpRequest, row: Model | None) -> bool:
        """Return whether this person may change a row, or some row of the model for None."""
        user: Any = request.user
        if user.is_superuser:
            return True
        if self.scope in (SHARED, SUPERUSERS):
            return False
        if row is None or row.pk is None or self.scope == BY_QUERYSET:
            return True
        owners = self._owners(row)
        return bool(owners) and owners <= self._owned_ids(user)

    def _owned_ids(self, user: Any) -> frozenset[int]:
        field = self._last_field()
        owner: Any = self.model if field is None else field.remote_field.model
        of_organisations = owner._meta.label == "organisations.Organisation"
        owned: frozenset[int] = user.own_organisation_ids if of_organisations else user.own_desk_ids
        return owned

    def _last_field(self) -> Any:
        """Return the last field of the path, None for ITSELF."""
        if self.scope == ITSELF:
            return None
        model: Any = self.model
        field: Any = None
        for name in self.scope.split("__"):
            field = model._meta.get_field(name)
            model = field.remote_field.model
        return field

    def _may_be_shared(self) -> bool:
        field = self._last_field()
        return bool(field is not None and field.null)

    def _owners(self, row: Any) -> set[int]:
        """Return the keys of the desks or organisations to which a row belongs; none for a shared row."""
        field = self._last_field()
        if field is None:
            return {row.pk}
        *parents, last = self.scope.split("__")
        for name in parents:
            row = getattr(row, name)
        if isinstance(field, ManyToManyField):
            return set(getattr(row, last).values_list("pk", flat=True))
        owner = getattr(row, f"{last}_id")
        return set() if owner is None else {owner}

    # --- Pages

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return super().get_queryset(request).filter(self.readable(request))

    def get_list_filter(self, request: HttpRequest) -> list[Any]:
        """Give each filter by a relation the choices of the scope."""
        return [
            (name, ScopedFilter) if isinstance(name, str) and self.opts.get_field(name).is_relation else name
            for name in super().get_list_filter(request)
        ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        return bool(super().has_add_permission(request)) and self.may_change_row(request, None)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_change_permission(request, obj)) and self.may_change_row(request, obj)

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(super().has_delete_permission(request, obj)) and self.may_change_row(request, obj)

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Let a row keep what it names already, and ask who sees one institution to name it."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        user: Any = request.user
        if user.is_superuser:
            return form
        relations: dict[str, Any] = {field.name: field for field in self.opts.fields if field.is_relation}
        for name, form_field in form.base_fields.items():
            db_field = relations.get(name)
            if db_field is not None and obj is not None and (current := getattr(obj, db_field.attname)):
                offered = Q(pk__in=form_field.queryset.order_by().values("pk")) | Q(pk=current)
                form_field.queryset = db_field.remote_field.model._default_manager.filter(offered)
        if self.scope in form.base_fields and self._may_be_shared():
            form.base_fields[self.scope].required = True
        return form

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Save the relations; those to rows that the person does not read stay as they are."""
        kept = {}
        for field in self.opts.many_to_many:
            if change and field.name in form.cleaned_data and field.name not in self.unscoped_choices:
                read = self.choices_scope(field, request)
                kept[field.name] = list(getattr(form.instance, field.name).exclude(read)) if read else []
        super().save_related(request, form, formsets, change)
        for name, rows in kept.items():
            getattr(form.instance, name).add(*rows)
