"""Members and their families: a list paged by key, found by number, CIN or name; and lists taken in."""

from __future__ import annotations

from typing import Any, ClassVar

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import path
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.inlines import LabelledInline
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.identifiers import ProseField, compact
from claims_portal.middleware import client_address
from membership.models import Beneficiary, Member, SensitiveChange
from membership.services.sensitive_changes import LABELS, NotDisputed, release_change, save_member

from .importing import ImportView
from .member_form import MemberForm

RELEASE = "membership.give_back_account"  # of supervisors, who answer for the accounts of members
CHANGES_SHOWN = 50


class ReleaseForm(forms.Form):
    """Why payments may leave again after an alarm."""

    change = forms.IntegerField(min_value=1, widget=forms.HiddenInput)
    reason = ProseField(
        label=_("Motif"),
        max_length=500,
        error_messages={"required": _("Écrivez ce que vous avez vérifié avec l’adhérent.")},
    )


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

    def get_form(self, request: HttpRequest, obj: Any = None, change: bool = False, **kwargs: Any) -> Any:
        """Give the form the request: it asks for a confirmation of who is there."""
        form: Any = super().get_form(request, obj, change=change, **kwargs)
        form.request = request
        return form

    def save_model(self, request: HttpRequest, obj: Member, form: Any, change: bool) -> None:
        if change:
            user: Any = request.user
            save_member(member=obj, user=user, address=client_address(request))
        else:
            super().save_model(request, obj, form, change)

    def sensitive_view(self, request: HttpRequest, member_id: int) -> HttpResponse:
        """What changed of who is paid or may sign in, and releasing payments after « ce n’est pas moi »."""
        if not request.user.has_perm(RELEASE):
            raise Http404
        member = get_object_or_404(self.get_queryset(request), pk=member_id)
        if not recently_confirmed(request):  # before anything is typed
            return confirm_first(request, back=request.path)
        changes = member.sensitive_changes.select_related("user", "released_by")
        form = ReleaseForm(request.POST or None)
        if request.method == "POST" and form.is_valid():
            self.release(request, get_object_or_404(changes, pk=form.cleaned_data["change"]), form)
            return redirect(request.path)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Changements de la fiche de %(name)s") % {"name": member.full_name},
            "member": member,
            "changes": [
                {"row": change, "columns": ", ".join(str(LABELS[name]) for name in change.columns)}
                for change in changes[:CHANGES_SHOWN]
            ],
            "form": form,
        }
        status = 422 if form.errors else 200
        return render(request, "admin/membership/member/sensitive.html", context, status=status)

    def release(self, request: HttpRequest, change: SensitiveChange, form: ReleaseForm) -> None:
        user: Any = request.user
        reason = form.cleaned_data["reason"]
        try:
            release_change(change_id=change.pk, user=user, reason=reason, address=client_address(request))
        except NotDisputed:
            messages.info(request, gettext("Ce changement n’est pas contesté : aucun règlement n’attend pour lui."))
        else:
            messages.success(request, gettext("Les règlements de cet adhérent peuvent repartir."))

    def get_urls(self) -> list[Any]:
        importing = self.admin_site.admin_view(ImportView.as_view())
        return [
            path(
                "<int:member_id>/changements/",
                self.admin_site.admin_view(self.sensitive_view),
                name="membership_member_sensitive",
            ),
            path("import/", importing, name="membership_member_import"),
            path("import/<int:import_id>/", importing, name="membership_member_import_plan"),
            *super().get_urls(),
        ]
