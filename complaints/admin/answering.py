"""What desks answer with, written by whoever keeps the procedures: outcomes, reasons, mediators."""

from __future__ import annotations

from collections.abc import Iterable

from django.contrib import admin
from django.http import HttpRequest

from claims_portal.backoffice.scope import SHARED
from claims_portal.organisations.desk_parts import DeskPartAdmin
from claims_portal.organisations.models import Desk
from complaints.models import Mediation, Mediator, Outcome, Reason


class CodedAdmin(DeskPartAdmin):
    """Figures count these rows: they are retired by no longer proposing them, never deleted."""

    scope = "organisation"
    list_select_related = ["organisation"]
    search_fields = ["name_fr", "name_ar", "code"]
    prepopulated_fields = {"code": ["name_fr"]}

    def desks_of(self, part: Outcome | Reason) -> Iterable[Desk]:
        every = Desk.objects.all()
        return every if part.organisation_id is None else every.filter(organisation=part.organisation_id)

    def has_delete_permission(self, request: HttpRequest, obj: Outcome | Reason | None = None) -> bool:
        return False


@admin.register(Outcome)
class OutcomeAdmin(CodedAdmin):
    list_display = ["name_fr", "name_ar", "kind", "organisation", "position", "is_active"]
    list_filter = ["kind", "is_active", "organisation"]


@admin.register(Reason)
class ReasonAdmin(CodedAdmin):
    list_display = ["name_fr", "name_ar", "organisation", "position", "is_active"]
    list_filter = ["is_active", "organisation"]


@admin.register(Mediator)
class MediatorAdmin(DeskPartAdmin):
    """An answer keeps the words that were sent: a change here is for the answers to come."""

    scope = SHARED
    list_display = ["name_fr", "website", "valid_from", "valid_to", "source"]
    search_fields = ["name_fr", "name_ar", "code"]
    prepopulated_fields = {"code": ["name_fr"]}
    fieldsets = [
        (None, {"fields": [("name_fr", "name_ar"), "website", ("postal_address_fr", "postal_address_ar")]}),
        (None, {"fields": ["when_fr", "when_ar"]}),
        (None, {"fields": ["code", "source", ("valid_from", "valid_to")]}),
    ]

    def desks_of(self, part: Mediator) -> Iterable[Desk]:
        return Desk.objects.filter(mediations__mediator=part)


@admin.register(Mediation)
class MediationAdmin(DeskPartAdmin):
    scope = "desk"
    list_display = ["desk", "risk_bearer", "mediator"]
    list_filter = ["desk", "risk_bearer"]
    list_select_related = ["desk", "mediator"]

    def desks_of(self, part: Mediation) -> Iterable[Desk]:
        return [part.desk]
