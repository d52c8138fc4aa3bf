"""What the admins of declarations and of claims add to the block's: their search, their reasons, medical pieces."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import render

from claims_portal.backoffice.cases.actions import Reasons
from claims_portal.backoffice.cases.pages import CaseAdmin, Page
from claims_portal.backoffice.cases.thread import deliveries_of, thread_of
from health_claims.services.reasons import offered_reasons
from health_claims.workflow import HANDLE, READ_MEDICAL

from .search import matching


class HealthCaseAdmin(CaseAdmin):
    """Declarations or claims as the agents of a desk see them."""

    related = ("member", "patient", "prestation", "assigned_to")
    read_documents = READ_MEDICAL
    more_reasons: frozenset[str] = frozenset()  # the uses of the coded reasons that the page offers besides actions

    def sent_pages(self) -> list[Page]:
        pieces: Page = ("<int:key>/pieces/<uuid:document_id>/", self.document_view, "piece")
        return [pieces, *self.message_pages()]

    def handle_permissions(self) -> set[str]:
        """Return the one permission to decide: settling alone opens no page."""
        return {HANDLE}

    def find(self, cases: QuerySet[Any], text: str) -> QuerySet[Any]:
        return matching(cases, text)

    def reasons(self, case: Any) -> Reasons:
        uses = {action.reasons for action in self.actions_table.values() if action.reasons} | self.more_reasons
        return offered_reasons(organisation=case.desk.organisation, uses=sorted(uses))

    def common_context(self, request: HttpRequest, case: Any) -> dict[str, Any]:
        """Return what both pages show: neither has clocks, and the pieces stand beside the history."""
        events = list(case.events.select_related("user"))
        sent = []  # read only once a message reached nobody
        if case.undelivered_at is not None:
            sent = deliveries_of(case, prefix=self.prefix, may_resend=self.may_handle(request))
        return {
            **self.head_context(case, events),
            "thread": thread_of(events, person=case.person_name, names=self.event_names),
            "deliveries": sent,
            "may_read": self.may_read_documents(request),
        }

    # --- Pieces

    def serve(self, request: HttpRequest, case: Any, joined: Any) -> HttpResponseBase:
        """Serve a document; for the frame, an image comes in a page of its own."""
        document = joined.document
        if "vue" in request.GET and document.is_image and document.is_clean:
            return self.fitted(request)
        return super().serve(request, case, joined)

    def fitted(self, request: HttpRequest) -> HttpResponse:
        """Return a page in which an image fits the width of the frame; the image itself is what is read and logged."""
        response = render(request, "admin/health_claims/image.html", {"image": f"{request.path}?apercu"})
        origins = " ".join(["'self'", *filter(None, [settings.PRIVATE_FILES_ORIGIN])])
        policy = f"default-src 'none'; img-src {origins}; style-src 'self'; frame-ancestors 'self'"
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Cache-Control"] = "no-store"
        return response
