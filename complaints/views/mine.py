"""« Mes réclamations »: a link by e-mail to the list of one's cases (F3)."""

from __future__ import annotations

import time
from typing import Any

import structlog
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.accounts.links import LinkUnusable, peek_link
from claims_portal.accounts.sessions import renew_key
from claims_portal.deadlines.explanation import wait_in_words
from claims_portal.identifiers import printable
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from complaints import access
from complaints.access import LIST_KEY, WRITE_EVERY
from complaints.forms import MineForm
from complaints.models import Complaint
from complaints.services.following import MINE_PURPOSE, send_my_complaints, use_my_link

logger = structlog.get_logger("portal.complaints")
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
        try:
            throttles.count("link-recipient", f"{MINE_PURPOSE}:{email}")
        except throttles.LimitReached as limit:
            return self.refuse(request, form, limit)
        send_my_complaints(email=email, language=get_language() or "fr")
        return render(request, "complaints/mine_sent.html", {"email": email})

    def refuse(self, request: HttpRequest, form: MineForm, limit: throttles.LimitReached) -> HttpResponse:
        """Say that this address was written to enough for now: true whether it has cases or not."""
        sentence = _(
            "Plusieurs liens ont été demandés pour cette adresse. Ceux déjà reçus et non utilisés restent valables "
            "deux heures ; vous pourrez en demander un autre dans %(wait)s."
        )
        form.add_error("email", sentence % {"wait": wait_in_words(limit.retry_seconds)})
        logger.warning("limit_reached", scope=limit.scope)
        response = render(request, "complaints/mine.html", {"form": form}, status=429)
        response.headers["Retry-After"] = str(limit.retry_seconds)
        return response


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
        request.session[LIST_KEY] = {"email": email, "until": int(time.time()) + MINUTES * 60}
        renew_key(request.session)
        return redirect("complaints:mine-all")


class MineAllView(PublicView):
    """The list, newest first, by key; each opens with its own short-lived right."""

    def cases(self, request: HttpRequest) -> Any:
        held = request.session.get(LIST_KEY) or {}
        if held.get("until", 0) < time.time():
            raise Http404
        until = int(time.time()) + MINUTES * 60
        if until - held["until"] >= WRITE_EVERY:
            request.session[LIST_KEY] = held | {"until": until}
        cases = Complaint.objects.filter(complainant__email=held["email"])
        return cases.select_related("desk__organisation", "complainant")

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
        access.grant(request, complaint)
        access.grant_followed(request, complaint)
        return redirect("complaints:dashboard", complaint.number)
