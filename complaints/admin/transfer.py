"""« Transmettre à un autre guichet »: one page, the desk and its category chosen in one list."""

from __future__ import annotations

from itertools import groupby
from typing import Any

from django import forms
from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.cases.refusals import CaseRefused, ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.services.changes import as_seen
from claims_portal.identifiers import ProseField
from claims_portal.organisations.models import Desk
from complaints.forms import FACTS_MAX
from complaints.models import Complaint
from complaints.services.transferring import categories_elsewhere, transfer_complaint

from .actions import told
from .links import form_page, handled, last_event, meanwhile


def pages() -> list[tuple[str, Any, str]]:
    """Routes under /gestion/complaints/complaint/."""
    return [("<int:complaint_id>/transmettre/", transfer_view, "transfer")]


class TransferForm(forms.Form):
    """Where to, why in words the person reads, and the case as the agent saw it (`seen`: its last event)."""

    category = forms.ChoiceField(
        label=gettext_lazy("Guichet et catégorie"),
        error_messages={"required": gettext_lazy("Choisissez le guichet et la catégorie où va ce dossier.")},
    )
    body = ProseField(
        max_length=FACTS_MAX,
        label=gettext_lazy("Pourquoi ce guichet"),
        help_text=gettext_lazy("La personne lit ces mots. Pour vos collègues, ajoutez d’abord une note interne."),
        error_messages={"required": gettext_lazy("Dites à la personne pourquoi son dossier change de guichet.")},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, desk: Desk, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.choices = destination_choices(desk)
        self.fields["category"].choices = [("", _("Choisissez")), *self.choices]  # type: ignore[attr-defined]


def destination_choices(desk: Desk) -> list[tuple[str, list[tuple[str, str]]]]:
    """The categories of each desk a case may go to, under the desk's name. One query."""
    found = categories_elsewhere(desk).select_related("desk__organisation")
    ordered = found.order_by("desk__organisation__position", "desk__position", "desk", "position", "code")
    return [
        (f"{to.name} ({to.organisation.short_name})", [(str(each.pk), each.name) for each in group])
        for to, group in groupby(ordered, key=lambda each: each.desk)
    ]


def transfer_view(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """The form, then the case at its new desk, or the queue when this agent does not work there."""
    complaint = handled(request, complaint_id)
    if request.method != "POST":
        return show(request, complaint, TransferForm(complaint.desk, initial={"seen": last_event(complaint)}))
    form = TransferForm(complaint.desk, request.POST)
    if not form.is_valid():
        return show(request, complaint, form, status=422)
    try:
        with as_seen(Complaint, case_id=complaint.pk, last_event_id=form.cleaned_data["seen"]):
            transfer_complaint(
                complaint_id=complaint.pk,
                user=request.user,  # type: ignore[arg-type]
                category_id=int(form.cleaned_data["category"]),
                body=form.cleaned_data["body"],
            )
    except (TransitionNotAllowed, ChangedMeanwhile) as refusal:
        return show(request, complaint, form, status=409, **meanwhile(complaint, form, refusal, "transfer"))
    except CaseRefused as refusal:
        form.add_error("category", refusal.message)
        return show(request, complaint, form, status=409)
    done = _("Le dossier est transmis. La personne en est informée.")
    on_paper = _("Le dossier est transmis. Le courrier qui l’annonce est à imprimer.")
    messages.success(request, told(complaint, done, on_paper))
    return redirect("admin:complaints_complaint_changelist")


def show(request: HttpRequest, complaint: Complaint, form: TransferForm, **more: Any) -> HttpResponse:
    return form_page(request, "transfer", _("Transmettre à un autre guichet"), complaint, form, **more)
