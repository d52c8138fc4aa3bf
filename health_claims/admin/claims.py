"""Claims: the queues, the page with its statements, and what is asked of the member (rows E106–E125)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin
from django.db.models import QuerySet
from django.http import HttpRequest
from django.shortcuts import get_object_or_404

from health_claims import presentation
from health_claims.models import Claim, ClaimPiece, DeclarationPiece
from health_claims.roles import VIEW_CLAIMS
from health_claims.services.deciding import claim_as_seen
from health_claims.services.settling import with_amount
from health_claims.workflow import claim_workflow

from . import queues
from .actions import CLAIM_ACTIONS
from .case import CaseAdmin
from .claim_page import EVENTS, claim_context


@admin.register(Claim)
class ClaimAdmin(CaseAdmin):
    """Claims as the agents of a desk see them."""

    keyset = ("opened_at", "pk")
    change_list_template = "admin/health_claims/claim/change_list.html"
    page_template = "admin/health_claims/claim/change_form.html"
    view_permission = VIEW_CLAIMS
    queues = queues.CLAIMS
    number = "number"
    actions_table = CLAIM_ACTIONS
    workflow = claim_workflow
    event_names = EVENTS

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        rows = with_amount(Claim.objects.visible_to(request.user))
        return rows.select_related("member", "patient", "prestation", "assigned_to")

    def chip(self, row: Claim) -> dict[str, Any]:
        return presentation.chip(row)

    def related(self, rows: QuerySet[Claim]) -> QuerySet[Claim]:
        return rows.select_related(
            *("desk__organisation", "member__policy", "patient", "prestation", "guarantee"),
            *("reason", "assigned_to", "declaration", "batch"),
        )

    def context(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        return claim_context(row)

    def as_seen(self, key: int, last_event_id: int) -> Any:
        return claim_as_seen(claim_id=key, last_event_id=last_event_id)

    def piece(self, row: Claim, piece_id: Any) -> Any:
        """A file of the declaration, or one sent since."""
        added = ClaimPiece.objects.select_related("document").filter(pk=piece_id, claim=row).first()
        if added is not None:
            return added
        sent = DeclarationPiece.objects.select_related("document")
        return get_object_or_404(sent, pk=piece_id, declaration__isnull=False, declaration_id=row.declaration_id)
