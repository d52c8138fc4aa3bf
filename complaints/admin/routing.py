"""Teams and assignment rules, written by those who write procedures, with a try on the latest cases (F22)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin
from django.db.models import ForeignKey
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.accounts.models import User
from claims_portal.organisations.models import Desk
from complaints.models import AssignmentRule, Team
from complaints.services.routing import at_work, fitting, rules_of
from complaints.workflow import HANDLE

from . import queues
from .procedure import OfOneDesk

TRIED = 50


class TeamForm(forms.ModelForm):
    """A team is made of people of its desk."""

    class Meta:
        model = Team
        fields = ["desk", "name", "members"]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        desk, members = cleaned.get("desk"), cleaned.get("members")
        if desk is not None and members is not None:
            strangers = [str(each) for each in members.exclude(desks=desk)]
            if strangers:
                told = gettext_lazy("Ne travaille pas à ce guichet : %(names)s.") % {"names": ", ".join(strangers)}
                self.add_error("members", told)
        return cleaned


class OfAgents(OfOneDesk):
    """Rows that name members of staff: only those who may handle cases are offered."""

    def formfield_for_foreignkey(self, db_field: ForeignKey, request: HttpRequest, **kwargs: Any) -> Any:
        if db_field.related_model is User:
            kwargs["queryset"] = at_work()
        return super().formfield_for_foreignkey(db_field, request, **kwargs)

    def formfield_for_manytomany(self, db_field: Any, request: Any = None, **kwargs: Any) -> Any:
        if db_field.related_model is User:
            kwargs["queryset"] = at_work()
        return super().formfield_for_manytomany(db_field, request, **kwargs)


@admin.register(Team)
class TeamAdmin(OfAgents):
    form = TeamForm
    list_display = ["name", "desk"]
    search_fields = ["name"]
    filter_horizontal = ["members"]

    def desks_of(self, part: Team) -> Iterable[Desk]:  # type: ignore[override]
        return [part.desk]


@admin.register(AssignmentRule)
class AssignmentRuleAdmin(OfAgents):
    list_display = [
        "name",
        "desk",
        "position",
        "category",
        "channel",
        "language",
        "words",
        "agent",
        "team",
        "is_active",
    ]
    list_filter = ["desk", "is_active"]
    list_select_related = ["desk", "category", "agent", "team"]
    search_fields = ["name", "words"]
    change_form_template = "admin/complaints/assignmentrule/change_form.html"
    fieldsets = [
        (None, {"fields": ["desk", "name", ("position", "is_active")]}),
        (
            gettext_lazy("Quels dossiers"),
            {
                "fields": ["category", ("channel", "language"), "words"],
                "description": gettext_lazy("Ce qui reste vide convient à tous les dossiers."),
            },
        ),
        (gettext_lazy("À qui"), {"fields": ["agent", "team"]}),
    ]

    def desks_of(self, part: AssignmentRule) -> Iterable[Desk]:  # type: ignore[override]
        return [part.desk]

    def get_urls(self) -> list[URLPattern]:
        trial = path(
            "essai/<int:rule_id>/", self.admin_site.admin_view(self.trial_view), name="complaints_assignmentrule_trial"
        )
        return [trial, *super().get_urls()]

    def trial_view(self, request: HttpRequest, rule_id: int) -> HttpResponse:
        """Which of the latest cases of the desk this rule would have taken, and which rule the others. Changes nothing.

        Three queries. Only for who may see both the rule and the cases.
        """
        may_see = request.user.has_perm(queues.VIEW) or request.user.has_perm(HANDLE)
        if not (may_see and self.has_view_permission(request)):
            raise Http404
        rule = get_object_or_404(self.get_queryset(request).select_related("desk"), pk=rule_id)
        rules = rules_of(rule.desk)
        cases = queues.openable_cases(request.user).filter(desk=rule.desk).select_related("category")
        tried = [(case, next(iter(fitting(case, rules)), None)) for case in cases.order_by("-opened_at", "-pk")[:TRIED]]
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Essai de la règle « %(rule)s »") % {"rule": rule},
            "rule": rule,
            "tried": tried,
            "taken": sum(1 for _case, first in tried if first and first.pk == rule.pk),
        }
        return render(request, "admin/complaints/assignmentrule/trial.html", context)
