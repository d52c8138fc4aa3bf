"""Public pages that only show what the organisations have written: no account, no personal data."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.views.decorators.http import require_safe

from .models import Desk, LegalText, Organisation, Sector


@login_not_required
@require_safe
def home(request: HttpRequest) -> HttpResponse:
    """« E-services »: the sector comes first (rows A7, A8, A16–A19)."""
    return render(request, "organisations/home.html", {"sectors": Sector.objects.all()})


@login_not_required
@require_safe
def sector(request: HttpRequest, code: str) -> HttpResponse:
    """Show the open desks of a sector, each with its way in (row A20)."""
    chosen = get_object_or_404(Sector, code=code)
    desks = Desk.objects.open().filter(sectors=chosen).order_by("organisation__position", "position", "code")
    return render(request, "organisations/sector.html", {"sector": chosen, "desks": desks})


@login_not_required
@require_safe
def legal_texts(request: HttpRequest, kind: str) -> HttpResponse:
    """Show the text of a kind in force at each organisation: whoever receives a complaint answers for its data."""
    if kind not in LegalText.Kind.values:
        raise Http404
    organisations = Organisation.objects.filter(
        is_active=True, texts__in=LegalText.objects.in_force().filter(kind=kind)
    )
    context = {"kind": kind, "title": LegalText.Kind(kind).label, "organisations": organisations.distinct()}
    return render(request, "organisations/legal_texts.html", context)


@login_not_required
@require_safe
def legal_text(request: HttpRequest, organisation: str, kind: str) -> HttpResponse:
    """Show an organisation's text in force, with its version and date."""
    texts = LegalText.objects.in_force().select_related("organisation")
    text = texts.filter(organisation__code=organisation, organisation__is_active=True, kind=kind).first()
    if text is None:
        raise Http404
    return render(request, "organisations/legal_text.html", {"text": text})
