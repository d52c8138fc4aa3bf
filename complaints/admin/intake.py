"""« Saisir une réclamation »: an agent files for somebody who wrote, called or came (rows A42, C14–C19; F25, F26)."""

from __future__ import annotations

import uuid
from typing import Any
from zoneinfo import ZoneInfo

from django.contrib import admin, messages
from django.core import signing
from django.db import IntegrityError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _

from claims_portal.backoffice.files import receive_files
from claims_portal.documents.models import Document
from claims_portal.organisations.models import Desk
from complaints.models import Complaint, DocumentKind
from complaints.services.filing import Filing, file_complaint
from complaints.workflow import HANDLE

from .intake_forms import IntakeForms
from .queues import visible_cases

SALT = "complaints.admin.intake"
KEPT_SECONDS = 24 * 3600  # long before the nightly pruning of what no case claims
KINDS = {"scans": DocumentKind.SCAN, "documents": DocumentKind.EVIDENCE}
Brought = list[tuple[Document, str]]


def pages() -> list[tuple[str, Any, str]]:
    """Routes under /gestion/complaints/complaint/."""
    return [("saisie/", desks_view, "intake"), ("saisie/<slug:code>/", intake_view, "intake_at")]


def desks_of(user: Any) -> list[Desk]:
    """The open desks this agent works for, ready to take a complaint; all of them for a superuser."""
    desks = Desk.objects.open().filter(procedure__isnull=False)
    return list(desks if user.is_superuser else desks.filter(agents=user))


def desks_view(request: HttpRequest) -> HttpResponse:
    """For which desk? Not asked of who works for one only."""
    desks = require_desks(request)
    if len(desks) == 1:
        return redirect("admin:complaints_complaint_intake_at", desks[0].code)
    return page(request, "admin/complaints/complaint/intake_desks.html", {"desks": desks})


def intake_view(request: HttpRequest, code: str) -> HttpResponse:
    """The form, on one page; pressed twice or sent from two tabs, it makes one case."""
    desk = next((each for each in require_desks(request) if each.code == code), None)
    if desk is None:
        raise Http404
    with timezone.override(ZoneInfo(desk.organisation.time_zone)):
        if request.method != "POST":
            return show(request, desk, IntakeForms(desk), intake=uuid.uuid4(), brought=[])
        return submitted(request, desk)


def submitted(request: HttpRequest, desk: Desk) -> HttpResponse:
    intake = read_uuid(request.POST.get("intake", ""))
    if done := visible_cases(request.user).filter(draft_id=intake).first():
        return redirect("admin:complaints_complaint_change", done.pk)
    forms = IntakeForms(desk, request.POST, request.FILES)
    valid = forms.is_valid()
    brought = kept_documents(request, intake) + brought_now(forms)
    if not valid or forms.attachments.errors:
        return show(request, desk, forms, intake=intake, brought=brought, status=422)
    try:
        complaint = file_complaint(filing=filing_of(request, desk, forms, intake, brought))
    except IntegrityError:  # the other tab was a moment faster
        complaint = get_object_or_404(visible_cases(request.user), draft_id=intake)
    else:
        messages.success(request, said(complaint))
    return redirect("admin:complaints_complaint_change", complaint.pk)


def filing_of(request: HttpRequest, desk: Desk, forms: IntakeForms, intake: uuid.UUID, brought: Brought) -> Filing:
    """What the valid forms say. Nobody consented online: there is no version of a text to keep."""
    person = forms.complainant.cleaned_data
    reception = forms.reception.cleaned_data
    return Filing(
        desk=desk,
        facts=forms.subject.cleaned_data | forms.facts.cleaned_data,
        complainant=person,
        dependants=forms.people,
        documents=brought,
        language=reception["language"],
        wants_sms=bool(person["mobile"]) and not person["email"],
        channel=reception["channel"],
        opened_at=reception["opened_at"],
        draft_id=intake,
        entered_by=request.user,  # type: ignore[arg-type]
    )


def said(complaint: Complaint) -> str:
    """What becomes of the receipt."""
    person = complaint.complainant
    if person.email:
        return _("La réclamation est enregistrée. L’accusé de réception part par e-mail.")
    if person.mobile:
        return _("La réclamation est enregistrée. Un SMS part, et l’accusé de réception est à imprimer.")
    return _("La réclamation est enregistrée. Sans e-mail ni portable, l’accusé de réception est à imprimer.")


# --- Files, kept when the page comes back with an error


def brought_now(forms: IntakeForms) -> Brought:
    """The files just sent, each with what it is."""
    return [(each, kind) for field, kind in KINDS.items() for each in receive_files(forms.attachments, field)]


def kept_token(request: HttpRequest, intake: uuid.UUID, brought: Brought) -> str:
    """The documents received so far, signed for this agent and this filing."""
    keys = [(str(document.pk), kind) for document, kind in brought]
    return signing.dumps([request.user.pk, str(intake), keys], salt=SALT) if keys else ""


def kept_documents(request: HttpRequest, intake: uuid.UUID) -> Brought:
    """The documents of the page that came back, but for those the agent takes away."""
    try:
        owner, owned, keys = signing.loads(request.POST.get("kept", ""), salt=SALT, max_age=KEPT_SECONDS)
    except signing.BadSignature:
        return []
    if (owner, owned) != (request.user.pk, str(intake)):
        return []
    dropped = set(request.POST.getlist("drop"))
    found = Document.objects.filter(claimed_at=None).in_bulk([key for key, _kind in keys if key not in dropped])
    return [(found[uuid.UUID(key)], kind) for key, kind in keys if uuid.UUID(key) in found]


# --- The page


def require_desks(request: HttpRequest) -> list[Desk]:
    """The agent's desks; Http404 for who may not handle complaints, or has none that takes them."""
    desks = desks_of(request.user) if request.user.has_perm(HANDLE) else []
    if not desks:
        raise Http404
    return desks


def read_uuid(text: str) -> uuid.UUID:
    try:
        return uuid.UUID(text)
    except ValueError:
        raise Http404 from None


def show(
    request: HttpRequest, desk: Desk, forms: IntakeForms, *, intake: uuid.UUID, brought: Brought, status: int = 200
) -> HttpResponse:
    context = {
        "desk": desk,
        "forms": forms,
        "problems": forms.problems if status != 200 else [],
        "intake": intake,
        "kept": kept_token(request, intake, brought),
        "brought": [(document, DocumentKind(kind).label) for document, kind in brought],
        "other_desk": reverse("admin:complaints_complaint_intake") if len(desks_of(request.user)) > 1 else "",
    }
    return page(request, "admin/complaints/complaint/intake.html", context, status)


def page(request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
    """A page of the agents' space with what its frame needs."""
    whole = {**admin.site.each_context(request), "opts": Complaint._meta, "title": _("Saisir une réclamation")}
    return render(request, template, whole | context, status=status)
