"""The organisations, their desks and their texts, written by supervisors."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.inlines import LabelledInline
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.backoffice.scope import ITSELF, SHARED

from .colours import READABLE, contrast_with_white
from .desk_parts import DeskPartAdmin
from .models import Desk, LegalText, Organisation, Sector


@admin.register(Sector)
class SectorAdmin(PortalAdmin):
    scope = SHARED
    list_display = ["name_fr", "name_ar", "code", "position"]
    prepopulated_fields = {"code": ["name_fr"]}
    search_fields = ["name_fr", "name_ar", "code"]


class DeskInline(LabelledInline):
    """The desks at a glance; each has its own page."""

    model = Desk
    fields = ["name_fr", "code", "email", "is_open", "position"]
    extra = 0
    show_change_link = True
    can_delete = False

    def has_add_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False


class OrganisationForm(forms.ModelForm):
    class Meta:
        model = Organisation
        exclude: list[str] = []

    def clean_primary_colour(self) -> str:
        """Refuse a colour that cannot be read on white."""
        colour = str(self.cleaned_data["primary_colour"])
        if colour and contrast_with_white(colour) < READABLE:
            raise forms.ValidationError(
                _("Cette couleur est trop claire pour être lue sur fond blanc : choisissez-en une plus foncée.")
            )
        return colour


@admin.register(Organisation)
class OrganisationAdmin(DeskPartAdmin):
    scope = ITSELF
    form = OrganisationForm
    list_display = ["name_fr", "short_name_fr", "kind", "country", "is_active", "position"]
    list_filter = ["kind", "is_active"]
    search_fields = ["name_fr", "name_ar", "short_name_fr", "code"]
    prepopulated_fields = {"code": ["short_name_fr"]}
    inlines = [DeskInline]
    fieldsets = [
        (None, {"fields": ["code", "kind", "is_active", "position"]}),
        (_("Nom"), {"fields": [("name_fr", "name_ar"), ("short_name_fr", "short_name_ar")]}),
        (_("Présentation"), {"fields": ["tagline_fr", "tagline_ar", "website", "activation_sender", "primary_colour"]}),
        (_("Lieu"), {"fields": [("country", "time_zone")]}),
    ]

    def has_add_permission(self, request: HttpRequest) -> bool:
        """Allow superusers only: a new organisation has no desk yet, so nobody else would see it."""
        return bool(request.user.is_superuser)

    def desks_of(self, part: Organisation) -> Iterable[Desk]:
        return part.desks.all()


@admin.register(Desk)
class DeskAdmin(DeskPartAdmin):
    scope = ITSELF
    list_display = ["name_fr", "organisation", "email", "is_open", "position"]
    list_filter = ["is_open", "sectors", "organisation"]
    list_select_related = ["organisation"]
    search_fields = ["name_fr", "name_ar", "code"]
    autocomplete_fields = ["organisation"]
    filter_horizontal = ["sectors", "hands_over_to"]
    prepopulated_fields = {"code": ["name_fr"]}
    unscoped_choices = frozenset({"hands_over_to"})  # desks of other organisations are what it is for

    def desks_of(self, part: Desk) -> Iterable[Desk]:
        return [part]


@admin.register(LegalText)
class LegalTextAdmin(DeskPartAdmin):
    """Texts are added, not rewritten: a consent names the version it was given to."""

    scope = "organisation"
    list_display = ["title_fr", "organisation", "kind", "version", "valid_from", "valid_to"]
    list_filter = ["kind", "organisation"]
    list_select_related = ["organisation"]
    search_fields = ["title_fr", "title_ar", "version"]
    autocomplete_fields = ["organisation"]
    date_hierarchy = "valid_from"

    def desks_of(self, part: LegalText) -> Iterable[Desk]:
        return Desk.objects.filter(organisation=part.organisation_id)

    def get_readonly_fields(self, request: HttpRequest, obj: LegalText | None = None) -> list[str]:
        """Once in force, only its end may still be set."""
        if obj is None or obj.valid_from > timezone.now():
            return []
        return [field.name for field in LegalText._meta.fields if field.name not in {"id", "valid_to"}]

    def has_delete_permission(self, request: HttpRequest, obj: LegalText | None = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[LegalText]:
        return super().get_queryset(request).order_by("organisation", "kind", "-valid_from")
