"""The pages of the space that only show: home, downloads, practical facts, deposit points, and the terms first."""

from __future__ import annotations

from typing import Any

from django.db.models import Q
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render

from claims_portal.documents.serving import document_response
from claims_portal.organisations.models import LegalText
from claims_portal.views import PublicView
from membership import access
from membership.access import MemberView
from membership.asked import asked_of
from membership.forms import TermsForm
from membership.models import Member, PracticalText
from membership.services.signing_in import accept_terms

from .arriving import open_policies

Page = PracticalText.Page


class TermsView(PublicView):
    """« Conditions générales d’utilisation et protection des données personnelles » (rows D19–D32)."""

    member: Member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        member = access.present(request)
        if member is None:
            return redirect("membership:sign-in")
        if not access.owes_terms(member):
            return redirect("membership:home")
        self.member = member
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, TermsForm())

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TermsForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        accept_terms(member=self.member)
        return redirect("membership:home")

    def show(self, request: HttpRequest, form: TermsForm) -> HttpResponse:
        text = LegalText.objects.filter(pk=self.member.terms_in_force).first()  # type: ignore[attr-defined]
        policy = self.member.policy
        context = {"form": form, "member": self.member, "policy": policy, "text": text}
        return render(request, "membership/terms.html", context | {"organisation": policy.organisation})


class HomeView(MemberView):
    """« Accueil »: what is asked of the member, what to do next, and the doors of the space."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "membership/home.html", {"member": self.member, "asked": asked_of(self.member)})


class DownloadsView(PublicView):
    """« Téléchargement »: the texts for everybody before signing in (row D14), all those of the policy after it."""

    def get(self, request: HttpRequest) -> HttpResponse:
        member = visiting(request)
        texts = readable_by(member).filter(page=Page.DOWNLOADS).select_related("document", "policy")
        shown = open_policies() if member is None else {"organisation": member.policy.organisation}
        return render(request, "membership/downloads.html", shown | {"texts": list(texts), "member": member})


class DownloadView(PublicView):
    """One file of « Téléchargement » or « Données pratiques »."""

    def get(self, request: HttpRequest, text_id: int) -> HttpResponseBase:
        texts = readable_by(visiting(request)).filter(document__isnull=False).select_related("document")
        text = get_object_or_404(texts, pk=text_id)
        return document_response(document=text.document, reader="member space")


def visiting(request: HttpRequest) -> Member | None:
    """The member whose space this is; nobody as long as the terms are to be accepted."""
    member = access.present(request)
    if member is None or access.owes_terms(member):
        return None
    request.member = member  # type: ignore[attr-defined]
    return member


def readable_by(member: Member | None) -> Any:
    """The texts of a member's policy; for a visitor those that every open policy shows to everybody."""
    if member is None:
        mine = Q(is_public=True, policy__is_open=True, policy__organisation__is_active=True)
    else:
        mine = Q(policy=member.policy_id)
    return PracticalText.objects.filter(mine).order_by("policy__position", "policy__number", "position", "id")


class PracticalView(MemberView):
    """« Données pratiques »."""

    def get(self, request: HttpRequest) -> HttpResponse:
        texts = readable_by(self.member).filter(page=Page.PRACTICAL).select_related("document")
        return render(request, "membership/practical.html", {"texts": list(texts), "desk": self.member.policy.desk})


class DepositPointsView(MemberView):
    """« Point de dépôt » (row D40)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "membership/deposit_points.html", {"points": self.member.policy.deposit_points.all()})
