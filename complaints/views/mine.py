"""« Mes réclamations »: a link by e-mail to the list of one's cases (F3)."""

from __future__ import annotations

import time
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language

from claims_portal.accounts import throttles
from claims_portal.accounts.links import LinkUnusable, peek_link
from claims_portal.identifiers import printable
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from complaints import access
from complaints.forms import MineForm
from complaints.models import Complaint
from complaints.services.following import MINE_PURPOSE, send_my_complaints, use_my_link

SESSION_KEY = "mine"
MINUTES = 30
PAGE = 20


class MineView(PublicView):
    """Ask for the link: the same words whether the address has complaints or not."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "complaints/mine.html", {"form": MineForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = MineForm(request.POST)
        if not form.is_valid():
            return render(request, "complaints/mine.html", {"form": form})
        email = form.cleaned_data["email"]
        throttles.count("link-address", client_address(request))
        throttles.count("link-recipient", email)
        send_my_complaints(email=email, language=get_language() or "fr")
        return render(request, "complaints/mine_sent.html", {"email": email})


class MineLinkView(PublicView):
    """The mailed link: opening it shows a button, the button opens the list once."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            peek_link(purpose=MINE_PURPOSE, token=token)
        except LinkUnusable:
            return render(request, "complaints/mine_link.html", {"usable": False}, status=404)
        return render(request, "complaints/mine_link.html", {"usable": True})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            email = use_my_link(token=token)
        except LinkUnusable:
            return render(request, "complaints/mine_link.html", {"usable": False}, status=404)
        request.session[SESSION_KEY] = {"email": email, "until": int(time.time()) + MINUTES * 60}
        return redirect("complaints:mine-all")


class MineAllView(PublicView):
    """The list, newest first, by key; each opens with its own short-lived right."""

    def cases(self, request: HttpRequest) -> Any:
        held = request.session.get(SESSION_KEY) or {}
        if held.get("until", 0) < time.time():
            raise Http404
        return Complaint.objects.filter(complainant__email=held["email"]).select_related("desk__organisation")

    def get(self, request: HttpRequest) -> HttpResponse:
        cases = self.cases(request).order_by("-id")
        before = request.GET.get("avant", "")
        if before.isascii() and before.isdigit() and len(before) < 18:
            cases = cases.filter(pk__lt=int(before))
        shown = list(cases[: PAGE + 1])
        older_url = f"?avant={shown[PAGE - 1].pk}" if len(shown) > PAGE else ""
        return render(request, "complaints/mine_all.html", {"cases": shown[:PAGE], "older_url": older_url})

    def post(self, request: HttpRequest) -> HttpResponse:
        complaint = get_object_or_404(self.cases(request), number=printable(request.POST.get("number", ""))[:12])
        access.grant(request, complaint.number)
        access.grant_followed(request, complaint)
        return redirect("complaints:dashboard", complaint.number)
