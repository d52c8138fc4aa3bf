"""Calendars, particular days and delays in the back-office. A change of a calendar is told to the open cases."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db import models
from django.http import HttpRequest
from django.utils.dates import WEEKDAYS
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.inlines import LabelledInline
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.backoffice.scope import SHARED

from .models import Calendar, Delay, HolidayOverride
from .services import calendar_changed


class CalendarForm(forms.ModelForm):
    """Weekdays as boxes to tick."""

    weekdays = forms.TypedMultipleChoiceField(
        label=_("jours travaillés"),
        coerce=int,
        choices=[(number + 1, name) for number, name in WEEKDAYS.items()],
        widget=forms.CheckboxSelectMultiple,
    )

    class Meta:
        model = Calendar
        fields = ["code", "name_fr", "name_ar", "country", "weekdays", "opens_at", "closes_at", "time_zone"]


class TellingAdmin(PortalAdmin):
    """What changes a calendar says what becomes of the cases that count by it."""

    def tell(self, request: HttpRequest) -> None:
        words = _(
            "Les échéances des dossiers ouverts se recalculent maintenant ; chaque dossier dont la date change "
            "le note dans son histoire."
        )
        messages.info(request, words)


class HolidayOverrideInline(LabelledInline):
    model = HolidayOverride
    extra = 1


@admin.register(Calendar)
class CalendarAdmin(TellingAdmin):
    scope = SHARED
    form = CalendarForm
    inlines = [HolidayOverrideInline]
    list_display = ["code", "name_fr", "country", "opens_at", "closes_at", "time_zone"]
    search_fields = ["code", "name_fr", "name_ar"]
    fieldsets = [
        (None, {"fields": ["code", ("name_fr", "name_ar")]}),
        (_("Jours et heures"), {"fields": ["weekdays", ("opens_at", "closes_at"), "country", "time_zone"]}),
    ]

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        super().save_related(request, form, formsets, change)
        if change:
            calendar_changed(calendar=form.instance)
            self.tell(request)


@admin.register(HolidayOverride)
class HolidayOverrideAdmin(TellingAdmin):
    scope = SHARED
    list_display = ["date", "name_fr", "is_working", "calendar", "source"]
    list_filter = ["calendar", "is_working"]
    list_select_related = ["calendar"]
    search_fields = ["name_fr", "name_ar", "source"]
    date_hierarchy = "date"
    fields = ["calendar", "date", "is_working", ("name_fr", "name_ar"), "source"]

    def get_readonly_fields(self, request: HttpRequest, obj: HolidayOverride | None = None) -> list[str]:
        """Keep a day in its calendar, so that one change concerns one calendar."""
        return ["calendar"] if obj else []

    def save_model(self, request: HttpRequest, obj: HolidayOverride, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        calendar_changed(calendar=obj.calendar)
        self.tell(request)

    def delete_model(self, request: HttpRequest, obj: HolidayOverride) -> None:
        super().delete_model(request, obj)
        calendar_changed(calendar=obj.calendar)
        self.tell(request)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[HolidayOverride]) -> None:
        calendars = list(Calendar.objects.filter(overrides__in=queryset).distinct())
        super().delete_queryset(request, queryset)
        for calendar in calendars:
            calendar_changed(calendar=calendar)
        self.tell(request)


@admin.register(Delay)
class DelayAdmin(PortalAdmin):
    scope = SHARED
    list_display = ["code", "name_fr", "amount", "unit", "counting", "calendar", "valid_from", "valid_to"]
    list_filter = ["calendar", "counting"]
    list_select_related = ["calendar"]
    search_fields = ["code", "name_fr", "name_ar", "source"]
    fieldsets = [
        (None, {"fields": ["code", ("name_fr", "name_ar")]}),
        (
            _("Comptage"),
            {
                "fields": [("amount", "unit"), "counting", "calendar", "extend_to_working_day"],
                "description": _(
                    "Un délai changé vaut pour les réclamations à venir ; celles en cours gardent le leur."
                ),
            },
        ),
        (_("Origine et validité"), {"fields": ["source", ("valid_from", "valid_to")]}),
    ]
