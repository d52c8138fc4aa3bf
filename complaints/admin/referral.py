"""« Transmettre à un autre organisme », its letter, and the address book it is chosen from (F24)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.accounts import audit
from claims_portal.backoffice.cases.reading import log_reading
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.cases.refusals import CaseRefused, ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.services.changes import as_seen
from claims_portal.identifiers import ProseField
from claims_portal.organisations.models import Organisation
from claims_portal.pdf import person_of
from complaints import printing
from complaints.forms import FACTS_MAX
from complaints.models import Complaint, Event, EventKind, Recipient
from complaints.services.referring import recipients_of, refer_complaint
from complaints.workflow import SEE_CONTACT

from .actions import told
from .letters import pdf_response
from .links import form_page, handled, last_event, meanwhile


def pages() -> list[tuple[str, Any, str]]:
    """Routes under /gestion/complaints/complaint/."""
    return [
        ("<int:complaint_id>/orienter/", refer_view, "refer"),
        ("<int:complaint_id>/orienter/<int:referral_id>.pdf", letter_view, "referral_pdf"),
    ]


@admin.register(Recipient)
class RecipientAdmin(PortalAdmin):
    """A body is retired by no longer proposing it: what was sent to it keeps its name."""

    scope = "organisation"
    list_display = ["name_fr", "name_ar", "organisation", "treats_fr", "position", "is_active"]
    list_filter = ["organisation", "is_active"]
    list_select_related = ["organisation"]
    search_fields = ["name_fr", "name_ar", "treats_fr"]
    fieldsets = [
        (None, {"fields": ["organisation", ("name_fr", "name_ar"), "treats_fr", "treats_ar"]}),
        (gettext_lazy("Où écrire"), {"fields": [("postal_address_fr", "postal_address_ar"), "email"]}),
        (gettext_lazy("Présentation"), {"fields": ["position", "is_active"]}),
    ]


class ReferForm(forms.Form):
    """To whom, why in words the person reads, and the case as the agent saw it (`seen`: its last event)."""

    recipient = forms.ChoiceField(
        label=gettext_lazy("Organisme"),
        error_messages={"required": gettext_lazy("Choisissez à quel organisme va ce dossier.")},
    )
    body = ProseField(
        max_length=FACTS_MAX,
        label=gettext_lazy("Pourquoi cet organisme"),
        help_text=gettext_lazy("La personne lit ces mots, et le courrier à l’organisme les reprend."),
        error_messages={"required": gettext_lazy("Dites à la personne pourquoi son dossier est transmis.")},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)

    def __init__(self, organisation: Organisation, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.known = list(recipients_of(organisation))
        named = [(str(each.pk), f"{each.name} : {each.treats}") for each in self.known]
        self.fields["recipient"].choices = [("", _("Choisissez")), *named]  # type: ignore[attr-defined]


def refer_view(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """The form, then the case, closed, with the letter to print."""
    complaint = handled(request, complaint_id)
    organisation = complaint.desk.organisation
    if request.method != "POST":
        return show(request, complaint, ReferForm(organisation, initial={"seen": last_event(complaint)}))
    form = ReferForm(organisation, request.POST)
    if not form.is_valid():
        return show(request, complaint, form, status=422)
    try:
        with as_seen(Complaint, case_id=complaint.pk, last_event_id=form.cleaned_data["seen"]):
            refer_complaint(
                complaint_id=complaint.pk,
                user=request.user,  # type: ignore[arg-type]
                recipient_id=int(form.cleaned_data["recipient"]),
                body=form.cleaned_data["body"],
            )
    except (TransitionNotAllowed, ChangedMeanwhile) as refusal:
        return show(request, complaint, form, status=409, **meanwhile(complaint, form, refusal, "refer"))
    except CaseRefused as refusal:
        form.add_error("recipient", refusal.message)
        return show(request, complaint, form, status=409)
    done = _("La personne est informée. Imprimez le courrier à l’organisme, avec les documents.")
    on_paper = _("Imprimez le courrier à la personne, et celui à l’organisme avec les documents.")
    messages.success(request, told(complaint, done, on_paper))
    return redirect("admin:complaints_complaint_change", complaint.pk)


def show(request: HttpRequest, complaint: Complaint, form: ReferForm, **more: Any) -> HttpResponse:
    return form_page(request, "refer", _("Transmettre à un autre organisme"), complaint, form, **more)


def letter_view(request: HttpRequest, complaint_id: int, referral_id: int) -> HttpResponse:
    """The letter to the other body; a line of the audit log."""
    complaint = handled(request, complaint_id)
    if not request.user.has_perm(SEE_CONTACT):
        raise Http404
    referral = get_object_or_404(complaint.referrals.select_related("recipient", "event"), pk=referral_id)
    data = printing.referral_pdf(complaint, referral, person=person_of(request))
    log_reading(request, audit.Action.LETTER_PRINTED, complaint, referral)
    return pdf_response(data, f"transmission-{complaint.number}.pdf")


def referrals_of(complaint: Complaint, events: Iterable[Event]) -> list[dict[str, Any]]:
    """The letters to other bodies, for the case page. One query, none when its history has no such event."""
    if not any(event.kind == EventKind.REFERRED for event in events):
        return []
    return [
        {
            "recipient": each.recipient,
            "url": reverse("admin:complaints_complaint_referral_pdf", args=[complaint.pk, each.pk]),
        }
        for each in complaint.referrals.select_related("recipient").order_by("pk")
    ]
