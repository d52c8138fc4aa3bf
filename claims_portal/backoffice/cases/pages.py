"""The admin of a kind of case: its list, its search, its page, its actions. Nothing of a case is an editable field.

    @admin.register(Suggestion)
    class SuggestionAdmin(CaseAdmin):
        tones = {State.RECEIVED: "info", State.ANSWERED: "success"}

A kind of case that shows more overrides `facts`, `context`, `more_pages` and the templates.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable, Mapping
from functools import partial
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.core.exceptions import ValidationError
from django.db.models import Model, Q, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from claims_portal.accounts import audit
from claims_portal.backoffice import searches
from claims_portal.backoffice.files import receive_files
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.cases.kinds import kind_of
from claims_portal.cases.presentation import clock_view
from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.services.changes import as_seen
from claims_portal.cases.workflow import WaitingOn
from claims_portal.documents.serving import document_response, shows_documents
from claims_portal.documents.uploads import discard_all
from claims_portal.identifiers import compact

from .actions import Action, ActionForm, Actions, Reasons, open_actions, standard_actions
from .lists import CaseChangeList, due_view
from .messages import MessagePages
from .queues import PARAMETER, STANDARD_QUEUES, Queues, queue_named
from .reading import log_reading
from .thread import EventNames, deliveries_of, news_view, thread_of

Page = tuple[str, Callable[..., HttpResponseBase], str]
Fact = dict[str, Any]  # label, value, and « code » for numbers


class CaseAdmin(MessagePages, ReadOnlyAdmin, KeysetAdmin):
    """Cases of one kind as the agents of a desk see them."""

    scope = BY_QUERYSET
    actions = None
    keyset = ("opened_at", "pk")
    change_list_template = "admin/cases/list.html"
    page_template: ClassVar[str] = "admin/cases/page.html"
    queues: ClassVar[Queues] = STANDARD_QUEUES
    event_names: ClassVar[EventNames] = {}  # by kind of event, where the desk reads other words than the person
    tones: ClassVar[Mapping[str, str]] = {}  # of the chip, by state
    read_documents: ClassVar[str] = ""  # the permission to open documents, none beside that of the case when blank
    related: ClassVar[tuple[str, ...]] = ("desk__organisation", "assigned_to")  # what a line of the list reads
    # How a case is found besides its number: columns, each with what reads it from a text or refuses it.
    searched: ClassVar[Mapping[str, Callable[[str], Any]]] = {}

    @property
    def prefix(self) -> str:
        """Return the start of the names of its addresses, such as « complaints_complaint »."""
        return f"{self.opts.app_label}_{self.opts.model_name}"

    @property
    def list_name(self) -> str:
        return f"admin:{self.prefix}_changelist"

    @property
    def actions_table(self) -> Actions:
        """Return what agents can do, by the name of the transition."""
        return standard_actions(cast(Any, self.model))

    def get_urls(self) -> list[URLPattern]:
        """Return only the pages that exist: neither adding, nor deleting, nor Django's own history."""
        pages: list[Page] = [
            ("", self.changelist_view, "changelist"),
            ("recherche/", require_POST(self.search_view), "search"),
            ("<int:key>/", shows_documents(self.case_view), "change"),
            *self.sent_pages(),
        ]
        for action in self.actions_table.values():
            if action.name in self.model.workflow:
                view = shows_documents(partial(self.action_view, action))
                pages.append((f"<int:key>/{action.address}/", view, action.name))
        wrap = self.admin_site.admin_view
        return [
            path(route, wrap(view), name=f"{self.prefix}_{name}") for route, view, name in pages + self.more_pages()
        ]

    def sent_pages(self) -> list[Page]:
        """Return the pages of the documents and messages of a case."""
        return [
            ("<int:key>/documents/<uuid:document_id>/", self.document_view, "document"),
            *self.message_pages(),
        ]

    def more_pages(self) -> list[Page]:
        """Return the pages of this kind alone: route, view, name."""
        return []

    # --- Who may

    @property
    def view_permission(self) -> str:
        return f"{self.opts.app_label}.view_{self.opts.model_name}"

    def handle_permissions(self) -> set[str]:
        """Return the permissions of the transitions that staff may take."""
        return {step.permission for step in self.model.workflow if step.permission}

    def may_handle(self, request: HttpRequest) -> bool:
        return any(request.user.has_perm(permission) for permission in self.handle_permissions())

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.has_perm(self.view_permission)) or self.may_handle(request)

    def seen_by(self, request: HttpRequest) -> QuerySet[Any]:
        """Return the cases this person may see; raise Http404 for somebody who may see none."""
        if not self.has_view_permission(request):
            raise Http404
        return cast(QuerySet[Any], self.model._default_manager.visible_to(request.user))

    def visible(self, request: HttpRequest, key: int) -> Any:
        """Return the case with what its page shows; raise Http404 as for one that does not exist."""
        return get_object_or_404(self.load_page(self.seen_by(request)), pk=key)

    def load_page(self, cases: QuerySet[Any]) -> QuerySet[Any]:
        """Return the cases with the relations that the page reads."""
        return cases.select_related(*{*self.related, *kind_of(self.model).related})

    # --- The list

    def get_queryset(self, request: HttpRequest) -> QuerySet[Any]:
        return self.seen_by(request).select_related(*self.related)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CaseChangeList]:
        return CaseChangeList

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        context = {"search_page": f"admin:{self.prefix}_search", "list_page": self.list_name}
        return super().changelist_view(request, context | (extra_context or {}))

    def row_view(self, case: Any) -> dict[str, Any]:
        """Return one line of the list."""
        return {
            "case": case,
            "url": reverse(f"admin:{self.prefix}_change", args=[case.pk]),
            "chip": self.chip(case),
            "due": due_view(case),
        }

    def chip(self, case: Any) -> dict[str, Any]:
        """Return the state of a case in words and colour."""
        return {"label": case.get_state_display(), "tone": self.tones.get(case.state, "neutral")}

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        if search_term:
            return self.find(queryset, search_term), False
        queue = queue_named(self.queues, request.GET.get(PARAMETER))
        return queue.choose(queryset, request.user), False

    def find(self, cases: QuerySet[Any], text: str) -> QuerySet[Any]:
        """Return the cases of a number in any writing, or of what `searched` reads from the text, each by its index."""
        found = Q(number=compact(text))
        for column, read in self.searched.items():
            try:
                found |= Q(**{column: read(text)})
            except (ValidationError, ValueError):
                continue
        return cases.filter(found)

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """Keep what was typed in the session, not in an address. A number opens its page."""
        text = request.POST.get("texte", "").strip()
        for key in self.seen_by(request).filter(number=compact(text)).values_list("pk", flat=True):
            return redirect(f"admin:{self.prefix}_change", key)
        asked = f"?{searches.PARAMETER}={searches.remember(request, text)}" if text else ""
        return redirect(reverse(self.list_name) + asked)

    # --- The page

    def case_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Show the page. Its opening is a line of the audit log."""
        case = self.visible(request, key)
        log_reading(request, audit.Action.CASE_OPENED, case, case)
        return self.show(request, case)

    def facts(self, case: Any) -> Iterable[Fact]:
        """Return what the case is about, row by row; rows without a value are left out."""
        return ()

    def context(self, request: HttpRequest, case: Any) -> dict[str, Any]:
        """Return what the page of this kind shows besides the common parts."""
        return {}

    def common_context(self, request: HttpRequest, case: Any) -> dict[str, Any]:
        """Return what the page of every kind of case shows. A fixed number of queries."""
        kind = kind_of(case)
        events = list(case.events.select_related("user"))
        documents = list(case.documents.select_related("document")) if kind.documents is not None else []
        clocks = list(case.clocks.current()) if kind.clocks is not None else []
        paused = case.waiting_on == WaitingOn.PERSON
        sent = deliveries_of(case, prefix=self.prefix, may_resend=self.may_handle(request))
        return {
            **self.head_context(case, events),
            "clocks": [clock_view(clock, paused=paused) for clock in clocks],
            "thread": thread_of(
                events,
                person=case.person_name,
                names=self.event_names,
                documents=documents,
                document_url=partial(self.document_url, request),
                sent=sent,
            ),
            "deliveries": sent,
        }

    def head_context(self, case: Any, events: list[Any]) -> dict[str, Any]:
        """Return what each page about a case shows of it, and the last event its agent has seen. No query."""
        return {
            "case": case,
            "person": case.person_name,
            "chip": self.chip(case),
            "facts": [fact for fact in self.facts(case) if fact["value"]],
            "last_event": max((event.pk for event in events), default=0),
            "list_page": self.list_name,
        }

    def document_url(self, request: HttpRequest, joined: Any) -> str:
        """Return the address of a joined document, "" for somebody who may not open it."""
        if not self.may_read_documents(request):
            return ""
        return reverse(f"admin:{self.prefix}_document", args=[joined.case_id, joined.pk])

    def may_read_documents(self, request: HttpRequest) -> bool:
        return not self.read_documents or bool(request.user.has_perm(self.read_documents))

    def show(
        self,
        request: HttpRequest,
        case: Any,
        *,
        form: ActionForm | None = None,
        news: list[Any] | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """Show the page as things are now, with what was typed when an action did not go through."""
        reasons = self.reasons(case)
        context = {
            **self.admin_site.each_context(request),
            **self.common_context(request, case),
            **self.context(request, case),
            **self.blocks(request, case, reasons, form),
            "reasons": reasons,
            "news": None if news is None else [news_view(event, case, self.event_names) for event in news],
            "opts": self.opts,
            "title": str(case),
        }
        return self.page(request, self.page_template, case, context | more, status)

    def page(
        self, request: HttpRequest, template: str, case: Any, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        """Return a page about a case, on the clock of its organisation."""
        request.current_app = self.admin_site.name
        with timezone.override(ZoneInfo(case.desk.organisation.time_zone)):
            return render(request, template, context, status=status)

    def reasons(self, case: Any) -> Reasons:
        """Return the coded reasons that the actions choose from, by use."""
        return {}

    def blocks(self, request: HttpRequest, case: Any, reasons: Reasons, form: ActionForm | None) -> dict[str, Any]:
        """Return the blocks of actions, with what was typed in the one just tried; « kept » when it is not open now."""
        workflow = type(case).workflow
        offered = open_actions(workflow, self.actions_table, case, request.user)
        tried = form.action.name if form is not None else ""
        typed = form.data.get("body", "") if form is not None else ""
        found = [
            {
                "action": action,
                "label": workflow[action.name].label,
                "url": reverse(f"admin:{self.prefix}_{action.name}", args=[case.pk]),
                "form": form if action.name == tried else None,
                "text": typed if action.name == tried else "",
                "chosen": form.data.get("reason", "") if form is not None and action.name == tried else "",
                "reasons": reasons.get(action.reasons, []),
            }
            for action in offered
        ]
        kept = typed if tried and tried not in {action.name for action in offered} else ""
        return {"blocks": found, "kept": kept, "form": form}

    # --- Acting

    def action_view(self, action: Action, request: HttpRequest, key: int) -> HttpResponse:
        """Do one thing with the case as the agent saw it; otherwise say what changed and keep what was typed."""
        case = self.visible(request, key)
        if request.method != "POST":
            return redirect(f"admin:{self.prefix}_change", key)
        if not request.user.has_perm(type(case).workflow[action.name].permission):
            raise Http404
        form = ActionForm(action, self.reasons(case), request.POST, request.FILES)
        documents = receive_files(form, "documents") if form.is_valid() else []
        if form.errors:
            discard_all(documents)
            return self.show(request, case, form=form, status=422)
        given = form.given
        if action.takes_files:
            given["documents"] = [(document, self.sent_kind) for document in documents]
        try:
            with self.as_seen(key, form.cleaned_data["seen"]):
                action.service(case_id=key, user=request.user, **given)
        except (ChangedMeanwhile, TransitionNotAllowed) as refusal:
            discard_all(documents)
            news = list(refusal.events) if isinstance(refusal, ChangedMeanwhile) else []
            return self.show(request, self.visible(request, key), form=form, news=news, status=409)
        messages.success(request, str(action.done) % {"number": case})
        return redirect(self.after(request, case, action))

    sent_kind: ClassVar[str] = "sent"  # what a document shows that the desk sends

    def as_seen(self, key: int, last_event_id: int) -> Any:
        """Return the context in which an agent acts on a case as it was seen."""
        return as_seen(cast(Any, self.model), case_id=key, last_event_id=last_event_id)

    def after(self, request: HttpRequest, case: Any, action: Action) -> str:
        """Return where the agent goes once it is done."""
        return reverse(f"admin:{self.prefix}_change", args=[case.pk])

    # --- Documents and messages

    def document_view(self, request: HttpRequest, key: int, document_id: Any) -> HttpResponseBase:
        """Serve a document of the case. Its reading is logged."""
        case = self.visible(request, key)
        if not self.may_read_documents(request):
            raise Http404
        return self.serve(request, case, self.find_document(case, document_id))

    def find_document(self, case: Any, document_id: Any) -> Any:
        """Return the row that joins a document to the case; raise Http404 when none does."""
        return get_object_or_404(case.documents.select_related("document"), pk=document_id)

    def serve(self, request: HttpRequest, case: Any, joined: Any) -> HttpResponseBase:
        """Serve the document that a row joins to the case, after its line in the log."""
        if joined.document.is_clean:
            log_reading(request, audit.Action.DOCUMENT_READ, case, joined)
        return document_response(
            document=joined.document,
            reader="agent",
            user=request.user,  # type: ignore[arg-type]
            preview="apercu" in request.GET,
        )
