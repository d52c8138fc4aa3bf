"""Requests to follow a paper complaint online, and contacts an agent adds (rows A43, A44, K1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.accounts import audit
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.cases.refusals import AlreadyDecided
from claims_portal.identifiers import ReferenceField
from claims_portal.middleware import client_address
from complaints.models import Complaint, TrackingRequest
from complaints.models.paper import TrackingRequestQuerySet
from complaints.online_forms import ContactForm
from complaints.references import MistypedNumber, read_number
from complaints.services.online import ContactKnown, accept_request, add_contact, refuse_request
from complaints.workflow import HANDLE, SEE_CONTACT

from .queues import openable_cases
from .search import named

SHOWN = 25
CANDIDATES = 5


class DecisionForm(forms.Form):
    """Accept for the case of a number, or refuse for a reason."""

    decision = forms.ChoiceField(choices=[("accept", ""), ("refuse", "")])
    number = ReferenceField(required=False, max_length=40)
    refusal = forms.ChoiceField(choices=[("", ""), *TrackingRequest.Refusal.choices], required=False)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("decision") == "refuse" and not cleaned.get("refusal"):
            self.add_error("refusal", gettext_lazy("Choisissez pourquoi la demande est refusée."))
        return cleaned


def may_decide(user: Any) -> bool:
    """Comparing a request with a case shows the contact: both rights are needed."""
    return bool(user.has_perm(HANDLE) and user.has_perm(SEE_CONTACT))


@admin.register(TrackingRequest)
class TrackingRequestAdmin(ReadOnlyAdmin):
    """What waits to be checked, the oldest first, and one request beside the cases it may be about."""

    scope = BY_QUERYSET

    def get_urls(self) -> list[URLPattern]:
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.waiting_view), name="complaints_trackingrequest_changelist"),
            path("<int:request_id>/", wrap(self.request_view), name="complaints_trackingrequest_change"),
        ]

    def has_view_permission(self, request: HttpRequest, obj: TrackingRequest | None = None) -> bool:
        return may_decide(request.user)

    def visible(self, request: HttpRequest) -> TrackingRequestQuerySet:
        if not may_decide(request.user):
            raise Http404
        return TrackingRequest.objects.visible_to(request.user).select_related("desk", "decided_by")

    def page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/complaints/trackingrequest/{template}.html", frame | context, status=status)

    def waiting_view(self, request: HttpRequest) -> HttpResponse:
        waiting = list(self.visible(request).pending()[:SHOWN])
        return self.page(request, "waiting", title=_("Demandes de suivi en ligne"), waiting=waiting)

    def request_view(self, request: HttpRequest, request_id: int) -> HttpResponse:
        asked = get_object_or_404(self.visible(request), pk=request_id)
        if request.method != "POST":
            self.log_opening(request, asked)
        form = DecisionForm(request.POST or None)
        if request.method == "POST" and form.is_valid() and self.decided(request, asked, form):
            return redirect("admin:complaints_trackingrequest_changelist")
        return self.page(
            request,
            "request",
            status=422 if form.errors else 200,
            title=_("Demande de suivi en ligne"),
            asked=asked,
            candidates=list(candidates(request.user, asked)),
            refusals=TrackingRequest.Refusal.choices,
            problems=[("", each) for errors in form.errors.values() for each in errors],
        )

    def log_opening(self, request: HttpRequest, asked: TrackingRequest) -> None:
        """It stands beside the cases it may be about, with their contacts: a line of the audit log."""
        audit.record(
            action=audit.Action.REQUEST_OPENED,
            user=request.user,  # type: ignore[arg-type]
            about=asked,
            reference=asked.number,
            desk=asked.desk,
            address=client_address(request),
        )

    def decided(self, request: HttpRequest, asked: TrackingRequest, form: DecisionForm) -> bool:
        """Do what the agent chose; False, with a sentence on the form, when it cannot be done."""
        user: Any = request.user
        try:
            if form.cleaned_data["decision"] == "refuse":
                refuse_request(request_id=asked.pk, user=user, refusal=form.cleaned_data["refusal"])
                messages.success(request, _("La demande est refusée. La personne en est informée."))
                return True
            number = read_number(form.cleaned_data["number"])
            complaint = openable_cases(user).get(number=number)
            accept_request(request_id=asked.pk, complaint_id=complaint.pk, user=user)
        except (MistypedNumber, Complaint.DoesNotExist):
            form.add_error("number", _("Aucune réclamation de vos guichets ne porte ce numéro."))
        except ContactKnown:
            form.add_error("number", _("Cette réclamation a déjà un contact de ce genre : il n’est jamais remplacé."))
        except AlreadyDecided:
            form.add_error(None, _("Cette demande vient d’être décidée par quelqu’un d’autre."))
        else:
            messages.success(request, _("Le suivi en ligne est ouvert. La personne en est informée."))
            return True
        return False


def candidates(user: Any, asked: TrackingRequest) -> QuerySet[Complaint]:
    """The cases it may be about: of that number, else at that desk of people of that name."""
    cases = openable_cases(user).select_related("complainant", "desk")
    if asked.number:
        return cases.filter(number=asked.number)
    return cases.filter(named(asked.name), desk=asked.desk_id).order_by("-opened_at", "-pk")[:CANDIDATES]


def contact_view(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Add an e-mail or a mobile to a case that lacks it, when the person gave one by another way (K1)."""
    if not may_decide(request.user):
        raise Http404
    complaint = get_object_or_404(
        openable_cases(request.user).select_related("complainant", "desk__organisation"), pk=complaint_id
    )
    form = ContactForm(request.POST or None, region=complaint.desk.organisation.country)
    if request.method == "POST" and form.is_valid():
        try:
            add_contact(complaint_id=complaint.pk, user=request.user, **form.cleaned_data)  # type: ignore[arg-type]
        except ContactKnown:
            form.add_error(None, _("Cette réclamation a déjà un contact de ce genre : il n’est jamais remplacé."))
        else:
            messages.success(request, _("Le suivi en ligne est ouvert. La personne en est informée."))
            return redirect("admin:complaints_complaint_change", complaint.pk)
    frame = {**admin.site.each_context(request), "opts": Complaint._meta, "title": _("Ouvrir le suivi en ligne")}
    context = frame | {"complaint": complaint, "form": form, "problems": []}
    status = 422 if form.errors else 200
    return render(request, "admin/complaints/complaint/contact.html", context, status=status)
