"""« Suivi en ligne » for who complained on paper: a request that an agent checks (rows A43, A44)."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.utils.translation import get_language

from claims_portal.accounts import throttles
from claims_portal.middleware import client_address
from claims_portal.views import PublicView
from complaints.online_forms import OnlineTrackingForm
from complaints.services.online import ask_online_tracking


class OnlineTrackingView(PublicView):
    """Ask: the same words whether the case exists or not."""

    def get(self, request: HttpRequest) -> HttpResponse:
        form = OnlineTrackingForm(initial={"desk": request.GET.get("guichet", "")})
        return render(request, "complaints/online_tracking.html", {"form": form})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = OnlineTrackingForm(request.POST)
        if not form.is_valid():
            return render(request, "complaints/online_tracking.html", {"form": form})
        throttles.count("online-tracking-address", client_address(request))
        asked = form.cleaned_data
        for contact in filter(None, (asked["email"], asked["mobile"])):
            throttles.count("link-recipient", f"online-tracking:{contact}")
        ask_online_tracking(**asked, language=get_language() or "fr")
        return render(request, "complaints/online_tracking_sent.html", {"desk": asked["desk"]})
