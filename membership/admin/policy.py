"""What a contract guarantees, edited without a release: dated rows, each with its source."""

from __future__ import annotations

from typing import ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest

from claims_portal.backoffice.inlines import LabelledInline, ScopedStackedInline
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.backoffice.scope import SHARED
from membership.models import (
    BaseRegime,
    Ceiling,
    Deductible,
    DepositPoint,
    Guarantee,
    KeyLetter,
    Policy,
    PracticalText,
    Prestation,
    RequiredPiece,
)


class CeilingInline(LabelledInline):
    model = Ceiling
    extra = 0


class DeductibleInline(LabelledInline):
    model = Deductible
    extra = 0


class DepositPointInline(ScopedStackedInline):
    model = DepositPoint
    extra = 0


class PracticalTextInline(ScopedStackedInline):
    model = PracticalText
    extra = 0
    exclude = ["document"]


@admin.register(Policy)
class PolicyAdmin(PortalAdmin):
    scope = "desk"
    list_display = ["number", "subscriber_fr", "organisation", "desk", "is_open"]
    list_filter = ["is_open", "organisation"]
    list_select_related = ["organisation", "desk"]
    search_fields = ["number", "subscriber_fr", "subscriber_ar"]
    autocomplete_fields = ["organisation", "desk", "complaint_desk"]
    inlines: ClassVar = [CeilingInline, DeductibleInline, DepositPointInline, PracticalTextInline]


class KeyLetterInline(LabelledInline):
    model = KeyLetter
    extra = 0


@admin.register(BaseRegime)
class BaseRegimeAdmin(PortalAdmin):
    scope = SHARED
    list_display = ["code", "name_fr", "source"]
    inlines: ClassVar = [KeyLetterInline]


@admin.register(Prestation)
class PrestationAdmin(PortalAdmin):
    scope = SHARED
    list_display = ["name_fr", "code", "date_help", "position"]
    search_fields = ["name_fr", "code"]


class RequiredPieceInline(LabelledInline):
    model = RequiredPiece
    extra = 0


@admin.register(Guarantee)
class GuaranteeAdmin(PortalAdmin):
    """Rules are added, not rewritten: what was computed names the version it was computed with."""

    scope = "policy__desk"
    list_display = ["prestation", "policy", "mode", "rate", "flat_amount", "valid_from", "valid_to"]
    list_filter = ["policy", "prestation"]
    list_select_related = ["policy", "prestation"]
    autocomplete_fields = ["policy", "prestation"]
    inlines: ClassVar = [RequiredPieceInline]
    ENDS: ClassVar = {"valid_to", "source"}

    def get_readonly_fields(self, request: HttpRequest, obj: Guarantee | None = None) -> list[str]:
        """Once there, only its end and its source may still be set; a change of rule is a new row."""
        if obj is None:
            return []
        return [field.name for field in Guarantee._meta.fields if field.name not in {"id", *self.ENDS}]

    def has_delete_permission(self, request: HttpRequest, obj: Guarantee | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[Guarantee]:
        return super().get_queryset(request).order_by("policy", "prestation__position", "-valid_from")
