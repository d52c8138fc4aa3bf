"""The coded reasons, as data that each organisation makes its own."""

from __future__ import annotations

from django.contrib import admin

from claims_portal.backoffice.lists import PortalAdmin
from health_claims.models import Reason


@admin.register(Reason)
class ReasonAdmin(PortalAdmin):
    """Reasons of rejection, cut, complement and refusal; none is deleted, it is no longer offered."""

    scope = "organisation"
    list_display = ["label", "use", "code", "organisation", "is_active"]
    list_filter = ["use", "organisation", "is_active"]
    list_select_related = ["organisation"]
    search_fields = ["code", "label_fr"]
    ordering = ["use", "position", "code"]

    def has_delete_permission(self, request: object, obj: object = None) -> bool:
        return False
