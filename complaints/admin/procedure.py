"""How each desk takes complaints, written by supervisors: delays, categories, questions, who may be complained of."""

from __future__ import annotations

from collections.abc import Iterable
from functools import partial
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.db.models import Model
from django.http import HttpRequest
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.scope import SHARED
from claims_portal.organisations.desk_parts import DeskPartAdmin
from claims_portal.organisations.models import Desk
from complaints.models import AskedField, Category, Procedure, Respondent
from complaints.tasks import recount_category


class OfOneDesk(DeskPartAdmin):
    """Rows that belong to one desk."""

    scope = "desk"
    list_filter = ["desk"]
    list_select_related = ["desk"]

    def desks_of(self, part: Procedure | Category | AskedField) -> Iterable[Desk]:
        return [part.desk]


@admin.register(Procedure)
class ProcedureAdmin(OfOneDesk):
    list_display = ["desk", "acknowledgement_delay", "answer_delay", "reopening_delay", "retention_delay", "offers_sms"]
    list_filter = ["offers_sms"]
    list_select_related = ["desk", "acknowledgement_delay", "answer_delay", "reopening_delay", "retention_delay"]
    fieldsets = [
        (None, {"fields": ["desk", "offers_sms", "source"]}),
        (
            _("Délais"),
            {
                "fields": ["acknowledgement_delay", "answer_delay", "reopening_delay"],
                "description": _(
                    "Un délai changé vaut pour les réclamations à venir ; celles en cours gardent le leur."
                ),
            },
        ),
        (
            _("Clôture automatique"),
            {
                "fields": ["closing_delay", "closing_notice_days"],
                "description": _(
                    "Une réclamation à laquelle le service a répondu se clôture sans nouvelle de la personne. "
                    "Un message d’elle l’arrête ; clôturée, elle se rouvre comme les autres."
                ),
            },
        ),
        (
            _("Vie des données"),
            {
                "fields": ["archive_delay", "retention_delay"],
                "description": _("Ces durées, à la différence des délais, valent aussitôt pour les dossiers clos."),
            },
        ),
    ]


@admin.register(Category)
class CategoryAdmin(OfOneDesk):
    """A category is retired by no longer proposing it: complaints keep theirs."""

    list_display = ["name_fr", "name_ar", "group_fr", "desk", "answer_delay", "position", "is_active"]
    list_filter = ["desk", "is_active"]
    list_select_related = ["desk", "answer_delay"]
    search_fields = ["name_fr", "name_ar", "code"]
    prepopulated_fields = {"code": ["name_fr"]}
    fieldsets = [
        (None, {"fields": ["desk", ("name_fr", "name_ar"), ("group_fr", "group_ar"), "risk_bearer"]}),
        (
            _("Délais"),
            {
                "fields": ["acknowledgement_delay", "answer_delay"],
                "description": _(
                    "À la place de ceux du guichet, pour cette catégorie. Un changement recalcule aussi les échéances "
                    "des réclamations en cours, avec une ligne dans leur histoire."
                ),
            },
        ),
        (_("Présentation"), {"fields": ["code", "position", "is_active"]}),
    ]

    def save_model(self, request: HttpRequest, obj: Model, form: Any, change: bool) -> None:
        super().save_model(request, obj, form, change)
        if change and {"acknowledgement_delay", "answer_delay"} & set(form.changed_data):
            transaction.on_commit(partial(recount_category.delay, obj.pk), robust=True)


@admin.register(AskedField)
class AskedFieldAdmin(OfOneDesk):
    list_display = ["field", "desk", "is_required", "hint_fr"]
    list_filter = ["desk", "is_required"]


@admin.register(Respondent)
class RespondentAdmin(DeskPartAdmin):
    scope = SHARED
    list_display = ["name_fr", "name_ar", "sector", "position", "is_active"]
    list_filter = ["sector", "is_active"]
    list_select_related = ["sector"]
    search_fields = ["name_fr", "name_ar", "code"]
    prepopulated_fields = {"code": ["name_fr"]}

    def desks_of(self, part: Respondent) -> Iterable[Desk]:
        return Desk.objects.filter(sectors=part.sector_id)
