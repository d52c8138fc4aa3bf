"""The rules that choose claims to be looked at a second time: dated rows, edited without a release."""

from __future__ import annotations

from typing import Any

from django.contrib import admin

from claims_portal.backoffice.lists import PortalAdmin
from health_claims.models import ReviewRule


@admin.register(ReviewRule)
class ReviewRuleAdmin(PortalAdmin):
    """A rule that chose claims stays, with its end."""

    scope = "policy__desk"
    list_display = ["name", "policy", "prestation", "min_amount", "share", "asks_feedback", "valid_from", "valid_to"]
    list_filter = ["policy"]
    list_select_related = ["policy", "prestation"]
    autocomplete_fields = ["policy", "prestation"]

    def has_delete_permission(self, request: Any, obj: Any = None) -> bool:
        return False
