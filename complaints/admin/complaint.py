"""The queue and the case page. Nothing of a complaint is an editable field: each button calls a service."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

from django.contrib import admin, messages
from django.db.models import Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import URLPattern, path
from django.views.decorators.http import require_POST

from claims_portal.accounts import audit
from claims_portal.backoffice import searches
from claims_portal.backoffice.cases.disposals import closed_page
from claims_portal.backoffice.cases.lists import CaseChangeList
from claims_portal.backoffice.cases.messages import MessagePages
from claims_portal.backoffice.cases.queues import PARAMETER
from claims_portal.backoffice.cases.reading import log_reading
from claims_portal.backoffice.files import receive_files
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.services.changes import as_seen
from claims_portal.documents.serving import document_response, shows_documents
from claims_portal.documents.uploads import discard_all
from complaints.models import Complaint, ComplaintDocument
from complaints.models.case import ComplaintQuerySet
from complaints.references import MistypedNumber, read_number
from complaints.services.answers import Unfinished, count_use
from complaints.views.zone import render_in_zone
from complaints.wording import text_for
from complaints.workflow import HANDLE, SEE_ARCHIVES, SEE_CONTACT, workflow

from . import bulk, intake, links, online, printing_many, queues, referral, saved, search, transfer, wording
from .actions import ACTIONS, ComplaintAction
from .case import actions_context, case_context
from .forms import ActionForm
from .rows import rows, with_rows


class ComplaintChangeList(CaseChangeList):
    """The list of complaints, with what can be done to several of them at once."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.saved, self.sharing = saved.offered(request.user), saved.sharing(request.user)
        self.search_key = request.GET.get(searches.PARAMETER, "")
        self.colleagues = bulk.colleagues(request.user) if request.user.has_perm(HANDLE) else None

    def read_rows(self, request: HttpRequest) -> list[Any]:
        """Return the lines of the page."""
        return rows(self.result_list, archives=request.user.has_perm(SEE_ARCHIVES))


@admin.register(Complaint)
class ComplaintAdmin(MessagePages, ReadOnlyAdmin, KeysetAdmin):
    """Complaints as the agents of a desk see them."""

    scope = BY_QUERYSET
    keyset = ("opened_at", "pk")
    change_list_template = "admin/complaints/complaint/change_list.html"
    actions = None
    prefix = "complaints_complaint"
    list_name = queues.LIST
    queues = queues.QUEUES

    def get_urls(self) -> list[URLPattern]:
        """Only what exists: neither adding, nor deleting, nor Django's own history."""
        pages: list[tuple[str, Callable[..., HttpResponseBase], str]] = [
            ("", self.changelist_view, "changelist"),
            ("recherche/", require_POST(self.search_view), "search"),
            ("en-lot/", require_POST(bulk.bulk_view), "bulk"),
            ("<int:complaint_id>/", shows_documents(self.case_view), "change"),
            ("<int:complaint_id>/documents/<uuid:document_id>/", self.document_view, "document"),
            *self.message_pages(),
        ]
        pages += [
            (f"<int:complaint_id>/{name}/", shows_documents(partial(self.action_view, action)), name)
            for name, action in ACTIONS.items()
        ]
        pages.append(("<int:complaint_id>/modeles/<int:template_id>/", self.template_view, "template"))
        pages += intake.pages() + links.pages() + transfer.pages() + saved.pages() + referral.pages()
        pages.append(("en-lot/imprimer/", require_POST(printing_many.print_view), "print_many"))
        pages.append(("<int:complaint_id>/lier/", shows_documents(require_POST(self.link_view)), "link"))
        pages.append(("<int:complaint_id>/contact/", online.contact_view, "contact"))
        wrap = self.admin_site.admin_view
        return [path(route, wrap(view), name=f"{self.prefix}_{name}") for route, view, name in pages]

    # --- Who may

    def has_view_permission(self, request: HttpRequest, obj: Complaint | None = None) -> bool:
        return bool(request.user.has_perm(queues.VIEW) or request.user.has_perm(HANDLE))

    def may_handle(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(HANDLE))

    def visible(self, request: HttpRequest, complaint_id: int) -> Complaint:
        """The case, when this person may see it; Http404 like for one that does not exist."""
        if not self.has_view_permission(request):
            raise Http404
        return get_object_or_404(queues.openable_cases(request.user).with_case(), pk=complaint_id)

    # --- The queue

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[ComplaintChangeList]:
        return ComplaintChangeList

    def get_queryset(self, request: HttpRequest) -> ComplaintQuerySet:
        return with_rows(queues.visible_cases(request.user))

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        if search_term:
            seen = queryset if request.user.has_perm(SEE_ARCHIVES) else queryset.filter(archived_at=None)
            return search.matching(seen, search_term, contact=request.user.has_perm(SEE_CONTACT)), False
        return queues.named(request.GET.get(PARAMETER)).choose(queryset, request.user), False

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """What was typed is kept for an hour under a key, and not in an address. A number opens its case."""
        if not self.has_view_permission(request):
            raise Http404
        text = request.POST.get("texte", "").strip()
        try:
            found = queues.visible_cases(request.user).filter(number=read_number(text)).values_list("pk", flat=True)
        except MistypedNumber:
            found = []  # type: ignore[assignment]
        for complaint_id in found:
            return redirect("admin:complaints_complaint_change", complaint_id)
        list_url = redirect("admin:complaints_complaint_changelist")
        if text:
            list_url["Location"] += f"?{searches.PARAMETER}={searches.remember(request, text)}"
        return list_url

    # --- The case

    def case_view(self, request: HttpRequest, complaint_id: int) -> HttpResponse:
        """The page of a case. Its opening is a line of the audit log. Of one that is archived or erased, a word."""
        try:
            complaint = self.visible(request, complaint_id)
        except Http404:
            if not self.has_view_permission(request):
                raise
            return closed_page(request, queues.visible_cases(request.user), complaint_id)
        log_reading(request, audit.Action.CASE_OPENED, complaint, complaint)
        return self.show(request, complaint)

    def show(
        self,
        request: HttpRequest,
        complaint: Complaint,
        *,
        tried: ComplaintAction | None = None,
        form: ActionForm | None = None,
        text: str | None = None,
        news: list[Any] | None = None,
        link_form: links.LinkForm | None = None,
        status: int = 200,
    ) -> HttpResponse:
        """The case page as things are now; with what was typed when an action did not go through."""
        context = {
            **self.admin_site.each_context(request),
            **case_context(complaint, request.user, queues.openable_cases(request.user), request.GET),
            **actions_context(complaint, request.user, tried, form, text),
            "news": news,
            "link_form": link_form,
            "takes_text": tried is not None and tried.takes_text,
            "takes_files": tried is not None and tried.takes_files,
            "opts": self.opts,
            "title": str(complaint),
        }
        return self.page(request, "admin/complaints/complaint/change_form.html", complaint, context, status)

    def page(
        self, request: HttpRequest, template: str, complaint: Complaint, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        """Return a page about a complaint, on the clock of its organisation."""
        request.current_app = self.admin_site.name
        return render_in_zone(request, template, complaint, context, status)

    def message_context(self, request: HttpRequest) -> dict[str, Any]:
        return {"contact": request.user.has_perm(SEE_CONTACT)}

    def action_view(self, action: ComplaintAction, request: HttpRequest, complaint_id: int) -> HttpResponse:
        """Do one thing with the case, as the agent saw it; otherwise say what changed and keep the text."""
        complaint = self.visible(request, complaint_id)
        if request.method != "POST":
            return redirect("admin:complaints_complaint_change", complaint_id)
        if not request.user.has_perm(workflow[action.name].permission):
            raise Http404
        form = ActionForm(action, complaint, request.POST, request.FILES)
        if "insert" in request.POST:
            return self.insert(request, complaint, action)
        if "preview" in request.POST and action.name in wording.TOLD:
            return wording.preview(request, complaint, action)
        documents = receive_files(form, "documents") if form.is_valid() else []
        if form.errors:
            discard_all(documents)
            return self.show(request, complaint, tried=action, form=form, status=422)
        try:
            with as_seen(Complaint, case_id=complaint_id, last_event_id=form.cleaned_data["seen"]):
                action.do(
                    complaint_id=complaint_id,
                    user=request.user,
                    body=form.cleaned_data.get("body", ""),
                    documents=documents,
                    decision=form.decision if action.decides else None,
                )
        except Unfinished as missing:
            discard_all(documents)
            form.add_error(missing.field, str(missing))
            return self.show(request, complaint, tried=action, form=form, status=422)
        except (ChangedMeanwhile, TransitionNotAllowed) as refusal:
            discard_all(documents)
            return self.not_as_seen(request, complaint_id, action, form, refusal)
        if begun := form.cleaned_data.get("begun"):
            count_use(template_id=begun)
        messages.success(request, action.told(complaint))
        return redirect("admin:complaints_complaint_change", complaint_id)

    def link_view(self, request: HttpRequest, complaint_id: int) -> HttpResponse:
        """Link two cases by number; a number that will not do is told beside its field, on the page of the case."""
        complaint = links.handled(request, complaint_id)
        form = links.LinkForm(request.POST)
        if not links.link(request, complaint, form):
            return self.show(request, complaint, link_form=form, status=422)
        return redirect("admin:complaints_complaint_change", complaint_id)

    def insert(self, request: HttpRequest, complaint: Complaint, action: ComplaintAction) -> HttpResponse:
        """The page again, with the chosen template after what was typed: for browsers that run no script."""
        text, template = wording.with_template(complaint, request.user, request.POST)
        posted = request.POST.copy()
        posted["begun"] = str(template.pk)
        return self.show(request, complaint, tried=action, form=ActionForm(action, complaint, posted), text=text)

    def template_view(self, request: HttpRequest, complaint_id: int, template_id: int) -> HttpResponse:
        """A template made ready for this case, as plain text."""
        complaint = self.visible(request, complaint_id)
        if not request.user.has_perm(HANDLE):
            raise Http404
        text = text_for(wording.template_named(complaint, template_id), complaint, request.user)  # type: ignore[arg-type]
        return HttpResponse(text, content_type="text/plain; charset=utf-8")

    def not_as_seen(
        self,
        request: HttpRequest,
        complaint_id: int,
        action: ComplaintAction,
        form: ActionForm,
        refusal: Exception,
    ) -> HttpResponse:
        """The case is no longer what the agent saw: 409, the case as it is now, their text kept."""
        news = list(refusal.events) if isinstance(refusal, ChangedMeanwhile) else []
        complaint = self.visible(request, complaint_id)
        return self.show(request, complaint, tried=action, form=form, news=news, status=409)

    def document_view(self, request: HttpRequest, complaint_id: int, document_id: UUID) -> HttpResponseBase:
        """A document of the case. Its reading is logged."""
        complaint = self.visible(request, complaint_id)
        here = Q(case=complaint) | Q(case__merged_into=complaint)
        joined = get_object_or_404(ComplaintDocument.objects.filter(here).select_related("document"), pk=document_id)
        if joined.document.is_clean:
            log_reading(request, audit.Action.DOCUMENT_READ, complaint, joined)
        return document_response(
            document=joined.document,
            reader="agent",
            user=request.user,  # type: ignore[arg-type]
            preview="apercu" in request.GET,
        )
