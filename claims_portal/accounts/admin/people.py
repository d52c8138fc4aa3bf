"""Accounts of the staff: named by their e-mail address, each with the desks it works for."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.contrib.admin.utils import unquote
from django.contrib.auth.admin import GroupAdmin, UserAdmin
from django.contrib.auth.models import Group
from django.db import models, transaction
from django.http import HttpRequest, HttpResponse
from django.urls import reverse
from django.utils.html import format_html
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django_otp.plugins.otp_totp.models import TOTPDevice

from claims_portal.accounts import audit, second_factor
from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.accounts.models import User
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.backoffice.scope import SHARED
from claims_portal.identifiers import EmailAddressField
from claims_portal.middleware import client_address

POWERS = ("is_superuser", "groups", "user_permissions")
RIGHTS = {"is_active", "is_staff", "desks", *POWERS}


def rights_of(user: User) -> dict[str, Any]:
    """What an account may do, in words that name nobody."""
    return {
        "is_active": user.is_active,
        "is_staff": user.is_staff,
        "is_superuser": user.is_superuser,
        "desks": list(user.desks.values_list("code", flat=True)),
        "groups": list(user.groups.values_list("name", flat=True)),
        "permissions": list(user.user_permissions.values_list("codename", flat=True)),
    }


def log_change(request: HttpRequest, about: models.Model, action: audit.Action, details: dict[str, Any]) -> None:
    """Write a line of the audit log about an account or a role that an administrator changed."""
    audit.record(
        action=action,
        user=request.user,  # type: ignore[arg-type]
        about=about,
        address=client_address(request),
        details=details,
    )


class ConfirmedAdmin(PortalAdmin):
    """Rights are given by somebody who has just confirmed who they are (docs/security.md)."""

    def changeform_view(
        self, request: HttpRequest, object_id: str | None = None, form_url: str = "", extra_context: Any = None
    ) -> HttpResponse:
        """Asked before the form is filled, so that nothing typed is lost."""
        may_write = self.has_change_permission(request) or self.has_add_permission(request)
        if request.method == "GET" and may_write and not recently_confirmed(request):
            return confirm_first(request, back=request.get_full_path())
        return super().changeform_view(request, object_id, form_url, extra_context)

    def get_form(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        """Whoever filled the form for more than ten minutes keeps what they typed, and confirms in another tab."""
        base: Any = super().get_form(request, *args, **kwargs)

        class Confirmed(base):
            def clean(self) -> Any:
                cleaned = super().clean()
                if not recently_confirmed(request):
                    words = _('<a href="{}" target="_blank">Confirmez que c’est vous</a>, puis enregistrez de nouveau.')
                    self.add_error(None, format_html(str(words), reverse("admin:confirm")))
                return cleaned

        return Confirmed


@admin.register(User)
class StaffAdmin(ConfirmedAdmin, UserAdmin):
    """Whoever may change accounts gives desks; only a superuser gives powers, or touches a superuser."""

    scope = "desks"
    list_display = ["email", "last_name", "first_name", "is_staff", "is_active", "last_login"]
    list_filter = ["is_active", "is_staff", "desks", "groups"]
    search_fields = ["email", "last_name", "first_name"]
    ordering = ["email"]
    filter_horizontal = ["desks", "groups", "user_permissions"]
    readonly_fields = ["last_login", "date_joined"]
    actions = ["reset_second_factor"]
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

    def save_model(self, request: HttpRequest, obj: User, form: Any, change: bool) -> None:
        form.rights_before = rights_of(User.objects.get(pk=obj.pk)) if change else {}
        super().save_model(request, obj, form, change)

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        """Write the change to the audit log: rights with what they are now, the rest by the names of the fields."""
        super().save_related(request, form, formsets, change)
        person, changed = form.instance, set(form.changed_data)
        if rights := sorted(RIGHTS & changed):
            details = {"changed": rights, "before": form.rights_before}
            log_change(request, person, audit.Action.ROLE_CHANGED, details | rights_of(person))
        if others := sorted(changed - RIGHTS):
            log_change(request, person, audit.Action.ACCOUNT_CHANGED, {"changed": others, "created": not change})

    def has_reset_permission(self, request: HttpRequest) -> bool:
        """Named by the action's permissions."""
        return bool(request.user.is_superuser)

    @admin.action(description=_("Réinitialiser le second facteur"), permissions=["reset"])
    def reset_second_factor(self, request: HttpRequest, queryset: models.QuerySet[User]) -> HttpResponse | None:
        """For somebody who lost the telephone and the recovery codes; it ends their sessions."""
        if not recently_confirmed(request):
            return confirm_first(request, back=request.get_full_path())
        people = list(queryset)
        for person in people:
            second_factor.reset(user=person, by=request.user, address=client_address(request))  # type: ignore[arg-type]
        text = ngettext(
            "%(count)s compte choisira un nouveau second facteur à sa prochaine connexion.",
            "%(count)s comptes choisiront un nouveau second facteur à leur prochaine connexion.",
            len(people),
        )
        self.message_user(request, text % {"count": len(people)}, messages.SUCCESS)
        return None

    def user_change_password(self, request: HttpRequest, id: str, form_url: str = "") -> HttpResponse:
        """Ask to confirm first, since a password opens what its owner may do; write the change to the audit log."""
        if self.has_change_permission(request) and not recently_confirmed(request):
            return confirm_first(request, back=request.path)
        person = self.get_object(request, unquote(id)) if request.method == "POST" else None
        before = person.password if person else ""
        with transaction.atomic():
            response = super().user_change_password(request, id, form_url)
            if person:
                person.refresh_from_db(fields=["password"])
                if person.password != before:
                    usable = {"usable": person.has_usable_password()}
                    log_change(request, person, audit.Action.PASSWORD_CHANGED, usable)
        return response

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


admin.site.unregister(Group)
admin.site.unregister(TOTPDevice)  # its page shows secrets: a factor is reset, never read


@admin.register(Group)
class RoleAdmin(ConfirmedAdmin, GroupAdmin):
    """The roles: what they allow is logged when it changes, or when they are deleted."""

    scope = SHARED

    def save_related(self, request: HttpRequest, form: Any, formsets: Any, change: bool) -> None:
        names = form.instance.permissions.order_by("codename").values_list("codename", flat=True)
        before = list(names)
        super().save_related(request, form, formsets, change)
        if form.changed_data:
            details = {"group": form.instance.name, "before": before, "permissions": list(names.all())}
            log_change(request, form.instance, audit.Action.ROLE_CHANGED, details)

    def delete_view(self, request: HttpRequest, object_id: str, extra_context: Any = None) -> HttpResponse:
        """Ask to confirm first: a deleted role takes rights away from everybody who has it."""
        if self.has_delete_permission(request) and not recently_confirmed(request):
            return confirm_first(request, back=request.path)
        return super().delete_view(request, object_id, extra_context)

    def changelist_view(self, request: HttpRequest, extra_context: Any = None) -> HttpResponse:
        """Ask to confirm first, when the list is asked to delete roles."""
        if request.POST.get("action") == "delete_selected" and not recently_confirmed(request):
            return confirm_first(request, back=request.path)
        return super().changelist_view(request, extra_context)

    def delete_model(self, request: HttpRequest, obj: Group) -> None:
        """Delete a role; its page and the list's action both come here."""
        details = {"group": obj.name, "deleted": True, "accounts": obj.user_set.count()}
        log_change(request, obj, audit.Action.ROLE_CHANGED, details)
        super().delete_model(request, obj)

    def delete_queryset(self, request: HttpRequest, queryset: models.QuerySet[Group]) -> None:
        for group in queryset:
            self.delete_model(request, group)
