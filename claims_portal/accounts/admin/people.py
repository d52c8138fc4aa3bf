"""Accounts of the staff: named by their e-mail address, each with the desks it works for."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.contrib.auth.admin import UserAdmin
from django.db import models
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.identifiers import EmailAddressField

POWERS = ("is_superuser", "groups", "user_permissions")


@admin.register(User)
class StaffAdmin(UserAdmin):
    """Whoever may change accounts gives desks; only a superuser gives powers, or touches a superuser."""

    list_display = ["email", "last_name", "first_name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "desks", "groups"]
    search_fields = ["email", "last_name", "first_name"]
    ordering = ["email"]
    filter_horizontal = ["desks", "groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined"]
    formfield_overrides = {models.EmailField: {"form_class": EmailAddressField}}  # in lower case, as sign-in reads it
    fieldsets = [
        (None, {"fields": ["email", "password"]}),
        (_("Personne"), {"fields": [("last_name", "first_name")]}),
        (_("Travail"), {"fields": ["is_active", "is_staff", "desks"]}),
        (_("Droits"), {"fields": POWERS}),
        (_("Dates"), {"fields": [("last_login", "date_joined")]}),
    ]
    add_fieldsets = [
        (None, {"fields": ["email", ("last_name", "first_name"), "usable_password", "password1", "password2"]}),
        (_("Travail"), {"fields": ["is_staff", "desks"]}),
    ]

    def get_readonly_fields(self, request: HttpRequest, obj: Any = None) -> Any:
        held = super().get_readonly_fields(request, obj)
        return held if request.user.is_superuser else [*held, *POWERS]

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        if obj is not None and obj.is_superuser and not request.user.is_superuser:
            return False
        return bool(super().has_change_permission(request, obj))

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        """An account is closed by making it inactive: the history keeps who did what."""
        return False
