"""Members and their families: a list paged by key, found by number, CIN or name; and lists taken in."""

from __future__ import annotations

from typing import Any, ClassVar

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import path
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.inlines import LabelledInline
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.identifiers import compact
from membership.models import Beneficiary, Member

from .importing import ImportView
from .member_form import MemberForm


class BeneficiaryInline(LabelledInline):
    model = Beneficiary
    extra = 0


@admin.register(Member)
class MemberAdmin(KeysetAdmin):
    scope = "policy__desk"
    form = MemberForm
    keyset = ("pk",)
    list_display = ["number", "name", "policy", "rights_from", "rights_to"]
    list_filter = ["policy"]
    list_select_related = ["policy"]
    search_fields = ["number"]
    search_help_text = _("Numéro d’adhérent ou CIN, en entier.")
    autocomplete_fields = ["policy"]
    inlines: ClassVar = [BeneficiaryInline]
    change_list_template = "admin/membership/member/change_list.html"

    @admin.display(description=_("nom"))
    def name(self, member: Member) -> str:
        return member.full_name

    def get_queryset(self, request: HttpRequest) -> QuerySet[Member]:
        return super().get_queryset(request).select_related("policy")

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[Member], search_term: str
    ) -> tuple[QuerySet[Member], bool]:
        """By number or CIN, whole: two indexes, never a scan."""
        wanted = compact(search_term).upper()
        if not wanted:
            return queryset, False
        return queryset.filter(number=wanted) | queryset.filter(cin=wanted), False

    def get_urls(self) -> list[Any]:
        importing = self.admin_site.admin_view(ImportView.as_view())
        return [
            path("import/", importing, name="membership_member_import"),
            path("import/<int:import_id>/", importing, name="membership_member_import_plan"),
            *super().get_urls(),
        ]
