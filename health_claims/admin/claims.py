"""Claims: the queues, the page with its statements, and what is asked of the member (rows E106–E125)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.documents.serving import shows_documents
from health_claims import presentation
from health_claims.models import Claim, ClaimDocument, DeclarationDocument, Reason
from health_claims.roles import VIEW_CLAIMS
from health_claims.services.deciding import claim_as_seen
from health_claims.services.reasons import UnknownReason
from health_claims.services.settling import with_amount
from health_claims.services.statements import compute_statement, declared_on
from health_claims.services.usage import lateness
from health_claims.workflow import HANDLE, READ_MEDICAL, claim_workflow

from . import queues
from .actions import CLAIM_ACTIONS, ActionForm, Reasons
from .case import CaseAdmin, Page
from .claim_page import EVENTS, claim_context
from .entering import MOST_LINES, lines_form, preview
from .history import history

ACCEPT_LATE = "retard"  # the box « Accepter le retard »


@admin.register(Claim)
class ClaimAdmin(CaseAdmin):
    """Claims as the agents of a desk see them."""

    scope = BY_QUERYSET
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
            *("reason", "assigned_to", "declaration", "batch", "review_rule"),
        )

    def context(self, request: HttpRequest, row: Claim) -> dict[str, Any]:
        return claim_context(row)

    def more_pages(self) -> list[Page]:
        return [("<int:key>/decompte/", shows_documents(self.statement_view), "statement")]

    def more_reasons(self) -> set[str]:
        return {Reason.Use.ABATEMENT}

    # --- The statement

    def statement_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Enter the lines, see what they come to, then establish the statement as the claim was seen."""
        row = self.visible(request, key)
        if not request.user.has_perm(HANDLE):
            raise Http404
        cuts = self.reasons(row)[Reason.Use.ABATEMENT]
        asked = request.POST.get("action") if request.method == "POST" else None
        if asked is None:
            return self.enter(request, row, lines_form(row, cuts))
        if asked == "add":
            return self.enter(request, row, lines_form(row, cuts, request.POST, more=1), quiet=True)
        form, accepted = lines_form(row, cuts, request.POST), ACCEPT_LATE in request.POST
        if not form.is_valid():
            return self.enter(request, row, form, status=422)
        try:
            if asked != "compute":
                return self.enter(request, row, form, preview=preview(row, form.lines, accept_late=accepted))
            user: Any = request.user
            with self.as_seen(key, seen_event(request)):
                compute_statement(claim_id=key, user=user, lines=form.lines, accept_late=accepted)
        except (ChangedMeanwhile, TransitionNotAllowed) as refusal:
            news = list(refusal.events) if isinstance(refusal, ChangedMeanwhile) else []
            return self.enter(request, self.visible(request, key), form, news=news, status=409)
        except (UnknownReason, LookupError, ValueError) as refusal:
            problem = _("Ce décompte ne peut pas être calculé : %(why)s.") % {"why": refusal}
            return self.enter(request, row, form, problem=problem, status=422)
        messages.success(request, _("Le décompte est établi. L’adhérent est prévenu."))
        return redirect(f"admin:{self.prefix}_change", key)

    def enter(
        self, request: HttpRequest, row: Claim, lines: Any, *, news: Any = None, status: int = 200, **more: Any
    ) -> HttpResponse:
        """The page of the entry."""
        context = {
            **self.admin_site.each_context(request),
            **claim_context(row),
            "row": row,
            "chip": self.chip(row),
            "opts": self.opts,
            "list_page": self.list_name,
            "title": str(row),
            "lines_form": lines,
            "late": lateness(row.guarantee, row.care_date, declared_on(row)),
            "accept_late": ACCEPT_LATE,
            "accepted_late": ACCEPT_LATE in request.POST,
            "may_add": lines.total_form_count() < MOST_LINES,
            "may_read": request.user.has_perm(READ_MEDICAL),
            "news": None if news is None else history(news, EVENTS, row.member.full_name),
        }
        return self.page(request, "admin/health_claims/claim/statement.html", row, context | more, status)

    # --- Acting

    def blocks(self, request: HttpRequest, row: Any, reasons: Reasons, form: ActionForm | None) -> dict[str, Any]:
        """Only what is in a batch leaves one, before the bank has it; only what was chosen is reviewed."""
        found = super().blocks(request, row, reasons, form)
        leaves = row.batch is not None and row.batch.is_open
        closed = {name for name, is_open in (("leave_batch", leaves), ("review", row.is_to_review)) if not is_open}
        found["blocks"] = [each for each in found["blocks"] if each["action"].name not in closed]
        return found

    def as_seen(self, key: int, last_event_id: int) -> Any:
        return claim_as_seen(claim_id=key, last_event_id=last_event_id)

    def piece(self, row: Claim, piece_id: Any) -> Any:
        """A file of the declaration, or one sent since."""
        added = ClaimDocument.objects.select_related("document").filter(pk=piece_id, case=row).first()
        if added is not None:
            return added
        sent = DeclarationDocument.objects.select_related("document")
        return get_object_or_404(sent, pk=piece_id, case__isnull=False, case_id=row.declaration_id)


def seen_event(request: HttpRequest) -> int:
    """The last event the page knew of; 0 when it says none, which is never the last."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else 0
