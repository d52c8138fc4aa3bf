"""The audit log in /gestion/: read only, by key, by person, by action, or of one case."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.text import capfirst
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import AuditEntry, User
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.identifiers import is_key

STAFF_SHOWN = 200


class StaffFilter(admin.SimpleListFilter):
    """The people who work here, those of one's own desks first of all: not everybody who ever signed in."""

    title = _("compte")
    parameter_name = "compte"

    def lookups(self, request: HttpRequest, model_admin: Any) -> list[tuple[str, str]]:
        staff = User.objects.filter(is_staff=True).order_by("last_name", "first_name", "pk")
        if not request.user.is_superuser:
            staff = staff.filter(desks__in=request.user.desk_ids()).distinct()  # type: ignore[union-attr]
        return [(str(user.pk), str(user)) for user in staff[:STAFF_SHOWN]]

    def queryset(self, request: HttpRequest, queryset: QuerySet[Any]) -> QuerySet[Any]:
        chosen = self.value() or ""
        if is_key(chosen):
            return queryset.filter(user=int(chosen))
        return queryset.none() if chosen.isascii() and chosen.isdigit() else queryset


@admin.register(AuditEntry)
class AuditEntryAdmin(ReadOnlyAdmin, KeysetAdmin):
    """Nobody adds, changes or deletes here; who may read sees the desks they work for."""

    scope = BY_QUERYSET
    keyset = ("at", "pk")
    list_display = ("moment", "user", "action", "reference", "desk", "address")
    list_filter = ("action", StaffFilter)
    list_select_related = ("user", "desk")
    list_per_page = 50
    extra_lookups = ("object_type", "object_id")  # the lines about one case or document
    show_facets = admin.ShowFacets.NEVER  # counting the whole log is what paging by key avoids
    actions = None
    fields = ("at", "user", "action", "reference", ("object_type", "object_id"), "desk", "address", "details")

    @admin.display(description=_("le"))
    def moment(self, entry: AuditEntry) -> str:
        """To the second, in the zone of the person who reads."""
        return f"{timezone.localtime(entry.at):%d/%m/%Y %H:%M:%S}"

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        named = {"title": capfirst(self.opts.verbose_name_plural)}
        return super().changelist_view(request, named | (extra_context or {}))

    def get_queryset(self, request: HttpRequest) -> QuerySet[AuditEntry]:
        return AuditEntry.objects.visible_to(request.user)  # type: ignore[arg-type]
