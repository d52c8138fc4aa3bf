"""« Mes réclamations » of the member space: those begun here, where they stand, and another one (row E115)."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils import timezone
from django.utils.translation import get_language

from claims_portal.accounts import throttles
from claims_portal.identifiers import printable
from claims_portal.middleware import client_address
from claims_portal.wizards.views import own
from complaints import access, steps
from health_claims import contesting
from health_claims.models import complaints_of

from .claims import CareView


class ComplaintsView(CareView):
    """The list; a case opens on its own page, without its number nor a contact to type: who asks is signed in."""

    def get(self, request: HttpRequest) -> HttpResponse:
        cases = complaints_of(self.member).select_related("desk__organisation").order_by("-pk")
        may_complain = contesting.complaint_desk(self.member) is not None
        return self.page(
            request, "health_claims/claims/complaints.html", {"cases": list(cases), "may_complain": may_complain}
        )

    def post(self, request: HttpRequest) -> HttpResponse:
        """Open one of them (`number`), or begin another."""
        if "number" in request.POST:
            cases = complaints_of(self.member).select_related("complainant")
            case = get_object_or_404(cases, number=printable(request.POST["number"])[:12])
            access.grant(request, case)
            access.grant_followed(request, case)
            return redirect("complaints:dashboard", case.number)
        desk = contesting.complaint_desk(self.member)
        if desk is None:
            raise Http404
        throttles.count("draft-address", client_address(request))
        with timezone.override(ZoneInfo(self.member.policy.organisation.time_zone)):
            draft = contesting.complain(member=self.member, desk=desk, language=get_language() or "fr")
        own(request, draft)
        return redirect(steps.filing.url(draft, steps.SUBJECT))
