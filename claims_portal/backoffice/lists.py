"""The base of every admin class of the site: an address filters by what a list declares, and by nothing else."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from django.contrib import messages
from django.contrib.admin.helpers import ACTION_CHECKBOX_NAME
from django.contrib.admin.options import IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR, IncorrectLookupParameters
from django.contrib.admin.views.main import ALL_VAR, ERROR_FLAG, ORDER_VAR, PAGE_VAR, SEARCH_VAR, ChangeList
from django.contrib.admin.widgets import AutocompleteSelect
from django.core.exceptions import BadRequest
from django.db.models import ForeignKey, QuerySet
from django.forms import ModelChoiceField
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from claims_portal.identifiers import is_key

from .scope import ScopedAdmin

LONGEST_SEARCH = 254
DJANGO_PARAMETERS = {ALL_VAR, ORDER_VAR, PAGE_VAR, SEARCH_VAR, IS_FACETS_VAR, IS_POPUP_VAR, TO_FIELD_VAR}


def check_named_column(request: HttpRequest) -> None:
    """Raise BadRequest for an empty `_to_field`, by which Django would look for the row; it refuses unknown names."""
    if "" in (request.GET.get(TO_FIELD_VAR), request.POST.get(TO_FIELD_VAR)):
        raise BadRequest("The column to find a row by has no name.")


class PortalChangeList(ChangeList):
    """A change list. `own_parameters` are names of its address that are no lookups."""

    own_parameters: tuple[str, ...] = ()

    def get_filters_params(self, params: dict[str, Any] | None = None) -> dict[str, Any]:
        kept: dict[str, Any] = super().get_filters_params(params)
        return {name: value for name, value in kept.items() if name not in self.own_parameters}

    def get_filters(self, request: HttpRequest) -> Any:
        try:
            return super().get_filters(request)
        except (OverflowError, ValueError) as error:  # a year of the date hierarchy that the calendar has no room for
            raise IncorrectLookupParameters from error


class KeySelect(AutocompleteSelect):
    """Django's, which asks PostgreSQL for whatever was sent, where a form comes back with what is wrong in it."""

    def optgroups(self, name: str, value: Any, attr: Any = None) -> Any:
        return super().optgroups(name, [key for key in value if is_key(str(key))], attr)


class PortalAdmin(ScopedAdmin):
    """A ModelAdmin of the rows of its scope. Its list admits the lookups of its filters and date hierarchy.

    `extra_lookups` are admitted too.

    Django admits every lookup on every column of the model: by `?column__regex=…` an address would read a column that
    the list does not show. A filter is a field of the model, alone or with its class, or a SimpleListFilter.
    """

    extra_lookups: Sequence[str] = ()
    view_on_site = False

    def declared_lookups(self, request: HttpRequest) -> set[str]:
        """Return the lookups that the address of the list may hold."""
        declared = set(self.extra_lookups)
        for list_filter in self.get_list_filter(request):
            if isinstance(list_filter, str):
                declared |= self._field_lookups(list_filter)
            elif isinstance(list_filter, tuple):
                declared |= self._field_lookups(list_filter[0])
            else:
                declared.add(list_filter.parameter_name)
        if self.date_hierarchy:
            declared |= {f"{self.date_hierarchy}__{part}" for part in ("year", "month", "day")}
        return declared

    def _field_lookups(self, name: str) -> set[str]:
        field: Any = self.opts.get_field(name)
        path = f"{name}__{field.target_field.name}" if field.is_relation else name
        return {name, f"{path}__exact", f"{name}__isnull"}

    def lookup_allowed(self, lookup: str, value: Any, request: HttpRequest) -> bool:
        return lookup in self.declared_lookups(request)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[PortalChangeList]:
        return PortalChangeList

    def formfield_for_foreignkey(
        self, db_field: ForeignKey[Any, Any], request: HttpRequest, **kwargs: Any
    ) -> ModelChoiceField[Any] | None:
        if db_field.name in self.get_autocomplete_fields(request):
            kwargs.setdefault("widget", KeySelect(db_field, self.admin_site))
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def change_view(
        self, request: HttpRequest, object_id: str, form_url: str = "", extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Show a row, or save it; refuse an address that names a column without a name."""
        check_named_column(request)
        return super().change_view(request, object_id, form_url, extra_context)

    def delete_view(
        self, request: HttpRequest, object_id: str, extra_context: dict[str, Any] | None = None
    ) -> HttpResponse:
        """Ask before a row is deleted, or delete it; refuse an address that names a column without a name."""
        check_named_column(request)
        return super().delete_view(request, object_id, extra_context)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Any], search_term: str
    ) -> tuple[QuerySet[Any], bool]:
        """Search by the words of the term, as Django does. A term that is too long finds nothing."""
        if len(search_term) > LONGEST_SEARCH:
            return queryset.none(), False
        return super().get_search_results(request, queryset, search_term)

    def get_changeform_initial_data(self, request: HttpRequest) -> dict[str, Any]:
        """Fill in nothing from the address: another site could prepare a form, and odd values break its inputs."""
        return {}

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """Show the list. An address that names an unknown filter leads to the list as it opens, with a sentence."""
        own = self.get_changelist(request).own_parameters
        known = DJANGO_PARAMETERS.union(own, self.declared_lookups(request))
        if not known.issuperset(request.GET) and request.GET.keys() != {ERROR_FLAG}:
            return redirect(f"{request.path}?{ERROR_FLAG}=1")
        if ERROR_FLAG in request.GET:
            words = _(
                "Cette adresse demande un filtre qui n’existe pas : voici la liste telle qu’elle s’ouvre d’habitude."
            )
            messages.warning(request, words)
        if not all(is_key(key) for key in request.POST.getlist(ACTION_CHECKBOX_NAME)):
            raise BadRequest("A chosen row is named by something that is no key.")
        return super().changelist_view(request, extra_context)
