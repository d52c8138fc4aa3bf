"""Claims: the queues, the page with its statements, and what is asked of the member (rows E106–E125)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.utils.translation import gettext as _

from claims_portal.backoffice.cases.actions import ActionForm, Reasons
from claims_portal.backoffice.cases.pages import Fact, Page
from claims_portal.backoffice.cases.thread import news_view
from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.documents.serving import shows_documents
from health_claims import presentation
from health_claims.models import Claim, ClaimDocument, DeclarationDocument, Reason
from health_claims.services.deciding import claim_as_seen
from health_claims.services.reasons import UnknownReason
from health_claims.services.settling import with_amount
from health_claims.services.statements import compute_statement, declared_on
from health_claims.services.usage import lateness
from health_claims.workflow import HANDLE

from . import queues
from .actions import CLAIM_ACTIONS
from .case import HealthCaseAdmin
from .claim_page import EVENTS, claim_context, facts
from .entering import MOST_LINES, lines_form, preview

ACCEPT_LATE = "retard"  # the box « Accepter le retard »


@admin.register(Claim)
class ClaimAdmin(HealthCaseAdmin):
    """Claims as the agents of a desk see them."""

    change_list_template = "admin/health_claims/claim/change_list.html"
    page_template = "admin/health_claims/claim/change_form.html"
    queues = queues.CLAIMS
    actions_table = CLAIM_ACTIONS
    event_names = EVENTS
    more_reasons = frozenset({Reason.Use.ABATEMENT})

    def get_queryset(self, request: HttpRequest) -> QuerySet[Claim]:
        return with_amount(super().get_queryset(request))

    def chip(self, case: Claim) -> dict[str, Any]:
        return presentation.chip(case)

    def load_page(self, cases: QuerySet[Any]) -> QuerySet[Any]:
        return super().load_page(cases).select_related("reason", "batch")

    def facts(self, case: Claim) -> Iterable[Fact]:
        return facts(case)

    def context(self, request: HttpRequest, case: Claim) -> dict[str, Any]:
        return claim_context(case)

    def more_pages(self) -> list[Page]:
        return [("<int:key>/decompte/", shows_documents(self.statement_view), "statement")]

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
            **self.common_context(request, row),
            **claim_context(row),
            "opts": self.opts,
            "title": str(row),
            "lines_form": lines,
            "late": lateness(row.guarantee, row.care_date, declared_on(row)),
            "accept_late": ACCEPT_LATE,
            "accepted_late": ACCEPT_LATE in request.POST,
            "may_add": lines.total_form_count() < MOST_LINES,
            "news": None if news is None else [news_view(event, row, EVENTS) for event in news],
        }
        return self.page(request, "admin/health_claims/claim/statement.html", row, context | more, status)

    # --- Acting

    def blocks(self, request: HttpRequest, case: Any, reasons: Reasons, form: ActionForm | None) -> dict[str, Any]:
        """Only what is in a batch leaves one, before the bank has it; only what was chosen is reviewed."""
        found = super().blocks(request, case, reasons, form)
        leaves = case.batch is not None and case.batch.is_open
        closed = {name for name, is_open in (("leave_batch", leaves), ("review", case.is_to_review)) if not is_open}
        found["blocks"] = [block for block in found["blocks"] if block["action"].name not in closed]
        return found

    def as_seen(self, key: int, last_event_id: int) -> Any:
        return claim_as_seen(claim_id=key, last_event_id=last_event_id)

    def find_document(self, case: Claim, document_id: Any) -> Any:
        """Return a file of the declaration, or one sent since."""
        added = ClaimDocument.objects.select_related("document").filter(pk=document_id, case=case).first()
        if added is not None:
            return added
        sent = DeclarationDocument.objects.select_related("document")
        return get_object_or_404(sent, pk=document_id, case__isnull=False, case_id=case.declaration_id)


def seen_event(request: HttpRequest) -> int:
    """The last event the page knew of; 0 when it says none, which is never the last."""
    seen = request.POST.get("seen", "")
    return int(seen) if seen.isascii() and seen.isdigit() and len(seen) < 18 else 0
