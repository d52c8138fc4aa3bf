"""Declarations: the queue, the page with its pieces, and one button a decision (rows D145–D153)."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claims_portal.backoffice.cases.actions import Action, ActionForm, Reasons
from claims_portal.backoffice.cases.pages import Fact, Page
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.identifiers import printable
from health_claims.models import Declaration, IdentityPaper, Reason
from health_claims.services.giving_back import NotChecked, attach
from health_claims.services.papers import PaperSettled, accept_paper, refuse_paper
from health_claims.workflow import HANDLE

from . import dashboard, queues
from .actions import DECLARATION_ACTIONS, NOTE_MAX
from .case import HealthCaseAdmin
from .declaration_page import EVENTS, chip, declaration_context, facts

WITHOUT_MEMBER = frozenset({"reject", "assign"})


@admin.register(Declaration)
class DeclarationAdmin(HealthCaseAdmin):
    """Declarations as the agents of a desk see them."""

    change_list_template = "admin/health_claims/declaration/change_list.html"
    page_template = "admin/health_claims/declaration/change_form.html"
    queues = queues.DECLARATIONS
    actions_table = DECLARATION_ACTIONS
    event_names = EVENTS
    more_reasons = frozenset({Reason.Use.PAPER})

    def more_pages(self) -> list[Page]:
        return [
            ("<int:key>/papiers/<int:paper_id>/", self.paper_view, "paper"),
            ("<int:key>/rattacher/", require_POST(self.attach_view), "attach"),
            ("chiffres/", self.figures_view, "figures"),
            ("chiffres/<slug:kind>/", require_POST(self.export_view), "figures_export"),
        ]

    def figures_view(self, request: HttpRequest) -> HttpResponse:
        """What was rejected, why, for which care and by whom."""
        if not self.has_view_permission(request):
            raise Http404
        return dashboard.figures_view(request)

    def export_view(self, request: HttpRequest, kind: str) -> HttpResponse:
        """The same as a file."""
        if not self.has_view_permission(request):
            raise Http404
        return dashboard.export_view(request, kind)

    def chip(self, case: Declaration) -> dict[str, Any]:
        return chip(case)

    def load_page(self, cases: QuerySet[Any]) -> QuerySet[Any]:
        return super().load_page(cases).select_related("decided_by", "claim")

    def facts(self, case: Declaration) -> Iterable[Fact]:
        return facts(case)

    def context(self, request: HttpRequest, case: Declaration) -> dict[str, Any]:
        waiting = queues.to_decide(self.seen_by(request))
        return declaration_context(case) | self.neighbours(waiting, case)

    # --- Through the queue

    def neighbours(self, waiting: QuerySet[Declaration], row: Declaration) -> dict[str, str]:
        """The pages of the declarations to decide just before and after this one; one query."""
        after = waiting.filter(Q(opened_at__gt=row.opened_at) | Q(opened_at=row.opened_at, pk__gt=row.pk))
        before = waiting.filter(Q(opened_at__lt=row.opened_at) | Q(opened_at=row.opened_at, pk__lt=row.pk))
        found = after.order_by("opened_at", "pk").values_list("opened_at", "pk")[:1]
        around = found.union(before.order_by("-opened_at", "-pk").values_list("opened_at", "pk")[:1])
        here = (row.opened_at, row.pk)
        return {"next" if each > here else "previous": self.page_of(each[1]) for each in around}

    def page_of(self, key: int) -> str:
        return reverse(f"admin:{self.prefix}_change", args=[key])

    def after(self, request: HttpRequest, case: Declaration, action: Action) -> str:
        """The next one to decide; the first of the queue at its end; the empty queue otherwise."""
        if action.name == "assign":
            return super().after(request, case, action)
        waiting = queues.to_decide(self.seen_by(request))
        if following := self.neighbours(waiting, case).get("next"):
            return following
        first = waiting.exclude(pk=case.pk).order_by("opened_at", "pk").values_list("pk", flat=True).first()
        return self.page_of(first) if first else reverse(self.list_name)

    # --- Acting

    def blocks(self, request: HttpRequest, case: Any, reasons: Reasons, form: ActionForm | None) -> dict[str, Any]:
        """Of one that is set aside, only what does not need the member."""
        found = super().blocks(request, case, reasons, form)
        if case.set_aside_at:
            found["blocks"] = [block for block in found["blocks"] if block["action"].name in WITHOUT_MEMBER]
        return found

    def attach_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """« C’est bien l’adhérent qui l’a envoyée »."""
        row = self.visible(request, key)
        user: Any = request.user
        if not user.has_perm(HANDLE):
            raise Http404
        try:
            attach(declaration_id=row.pk, user=user)
        except NotChecked:
            messages.warning(request, _("Vérifiez d’abord les nouvelles pièces d’identité de l’adhérent."))
        except TransitionNotAllowed:
            messages.info(request, _("Cette déclaration est déjà rattachée à l’adhérent."))
        else:
            messages.success(request, _("La déclaration est rattachée à l’adhérent, qui la retrouve dans son espace."))
        return redirect(self.page_of(row.pk))

    def paper_view(self, request: HttpRequest, key: int, paper_id: int) -> HttpResponseBase:
        """An identity paper of the member: read it, or decide about it, once for all their declarations."""
        row = self.visible(request, key)
        if not request.user.has_perm(HANDLE):
            raise Http404
        papers = IdentityPaper.objects.select_related("document")
        paper = get_object_or_404(papers, pk=paper_id, member_id=row.member_id)
        return self.decide_paper(request, row, paper) if request.method == "POST" else self.serve(request, row, paper)

    def decide_paper(self, request: HttpRequest, row: Declaration, paper: IdentityPaper) -> HttpResponse:
        """Accept or refuse; what is missing is said on the page, the note kept."""
        user: Any = request.user
        note = printable(request.POST.get("note", "")).strip()
        offered = {str(reason.pk): reason for reason in self.reasons(row)[Reason.Use.PAPER]}
        reason = offered.get(request.POST.get("reason", ""))
        problem = ""
        try:
            match request.POST.get("decision"):
                case "accept":
                    accept_paper(paper_id=paper.pk, user=user)
                    messages.success(request, _("La pièce est acceptée."))
                case "refuse" if not (reason or note):
                    problem = _("Choisissez un motif, ou écrivez-le.")
                case "refuse" if len(note) > NOTE_MAX:
                    problem = _("Au plus %(most)d caractères.") % {"most": NOTE_MAX}
                case "refuse":
                    seen = request.POST.get("seen", IdentityPaper.State.PENDING)
                    refuse_paper(paper_id=paper.pk, user=user, reason=reason, note=note, seen=seen)
                    messages.success(request, _("La pièce est refusée. L’adhérent est prévenu."))
                case _other:
                    raise Http404
        except PaperSettled:
            messages.warning(request, _("Cette pièce vient d’être vérifiée par quelqu’un d’autre."))
        if problem:
            tried = {"paper": paper.pk, "problem": problem, "note": note}
            return self.show(request, row, status=422, paper_tried=tried, has_problem=True)
        return redirect(f"admin:{self.prefix}_change", row.pk)
