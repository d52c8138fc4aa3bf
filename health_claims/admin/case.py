"""What the pages of declarations and of claims have in common: the list, its search, acting as seen, reading pieces."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any, ClassVar, cast
from zoneinfo import ZoneInfo

from django.conf import settings
from django.contrib import messages
from django.db.models import Model, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.views.decorators.http import require_POST

from claims_portal.accounts import audit
from claims_portal.backoffice import searches
from claims_portal.backoffice.cases.messages import MessagePages
from claims_portal.backoffice.cases.thread import deliveries_of
from claims_portal.backoffice.keyset import KeysetAdmin, KeysetChangeList
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.workflow import Workflow
from claims_portal.documents.models import Document
from claims_portal.documents.serving import document_response, shows_documents
from claims_portal.middleware import client_address
from health_claims.models import Reason
from health_claims.services.reasons import offered_reasons
from health_claims.workflow import HANDLE, READ_MEDICAL

from . import queues
from .actions import Action, ActionForm, Actions, Reasons, label, open_actions
from .history import Names, history
from .search import matching, read_reference

Page = tuple[str, Callable[..., HttpResponseBase], str]


class CaseChangeList(KeysetChangeList):
    """One queue of the agent's desks; or, when something is looked for, all they may see."""

    own_parameters = (*KeysetChangeList.own_parameters, queues.PARAMETER, searches.PARAMETER)

    def get_queryset(self, request: HttpRequest, exclude_parameters: Any = None) -> QuerySet[Any]:
        admin = cast(CaseAdmin, self.model_admin)
        self.queue = queues.named(admin.queues, request.GET.get(queues.PARAMETER))
        self.query = searches.remembered(request)
        self.oldest_first = self.queue.oldest_first and not self.query
        return super().get_queryset(request, exclude_parameters)

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        admin = cast(CaseAdmin, self.model_admin)
        self.rows = [admin.row_view(each) for each in self.result_list]

    @property
    def tabs(self) -> list[tuple[str, Any, bool]]:
        admin = cast(CaseAdmin, self.model_admin)
        found = admin.queues.values()
        return [
            (queues.address(admin.list_name, each), each.label, each is self.queue and not self.query) for each in found
        ]


class CaseAdmin(MessagePages, ReadOnlyAdmin, KeysetAdmin):
    """Declarations or claims as the agents of a desk see them. Nothing of them is an editable field."""

    actions = None
    view_permission: ClassVar[str]
    queues: ClassVar[queues.Queues]
    number: ClassVar[str]  # the column of what people call it
    actions_table: ClassVar[Actions]
    workflow: ClassVar[Workflow]
    page_template: ClassVar[str]
    event_names: ClassVar[Names]

    @property
    def prefix(self) -> str:
        return f"health_claims_{self.opts.model_name}"

    @property
    def list_name(self) -> str:
        return f"admin:{self.prefix}_changelist"

    def get_urls(self) -> list[URLPattern]:
        """Only what exists: neither adding, nor deleting, nor Django's own history."""
        pages: list[Page] = [
            ("", self.changelist_view, "changelist"),
            ("recherche/", require_POST(self.search_view), "search"),
            ("<int:key>/", shows_documents(self.case_view), "change"),
            ("<int:key>/pieces/<uuid:piece_id>/", self.piece_view, "piece"),
            *self.message_pages(),
        ]
        for action in self.actions_table.values():
            view = shows_documents(partial(self.action_view, action))
            pages.append((f"<int:key>/{action.route}/", view, action.name))
        wrap = self.admin_site.admin_view
        return [
            path(route, wrap(view), name=f"{self.prefix}_{name}") for route, view, name in pages + self.more_pages()
        ]

    def more_pages(self) -> list[Page]:
        return []

    # --- Who may

    def has_view_permission(self, request: HttpRequest, obj: Model | None = None) -> bool:
        return bool(request.user.has_perm(self.view_permission) or request.user.has_perm(HANDLE))

    def may_handle(self, request: HttpRequest) -> bool:
        return bool(request.user.has_perm(HANDLE))

    def seen_by(self, request: HttpRequest) -> QuerySet[Any]:
        """The rows this person may see; Http404 for who may see none."""
        if not self.has_view_permission(request):
            raise Http404
        return cast(QuerySet[Any], self.model._default_manager.visible_to(request.user))

    def visible(self, request: HttpRequest, key: int) -> Any:
        """The row with what its page shows; Http404 like for one that does not exist."""
        return get_object_or_404(self.related(self.seen_by(request)), pk=key)

    def related(self, rows: QuerySet[Any]) -> QuerySet[Any]:
        raise NotImplementedError

    # --- The list

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        search = {"search_page": f"admin:{self.prefix}_search"}
        return super().changelist_view(request, search | (extra_context or {}))

    def row_view(self, row: Any) -> dict[str, Any]:
        """One line of the list."""
        url = reverse(f"admin:{self.prefix}_change", args=[row.pk])
        return {self.opts.model_name or "": row, "url": url, "chip": self.chip(row)}

    def chip(self, row: Any) -> dict[str, Any]:
        """The state of a row in words and colour."""
        raise NotImplementedError

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[CaseChangeList]:
        return CaseChangeList

    def get_search_results(self, request: HttpRequest, queryset: Any, search_term: str) -> tuple[QuerySet[Any], bool]:
        if search_term:
            return matching(queryset, search_term, column=self.number), False
        return queues.named(self.queues, request.GET.get(queues.PARAMETER)).choose(queryset), False

    def search_view(self, request: HttpRequest) -> HttpResponse:
        """What was typed is kept for an hour under a key, and not in an address. A number opens its page."""
        text = request.POST.get("texte", "").strip()
        rows = self.seen_by(request)
        if number := read_reference(text):
            for key in rows.filter(**{self.number: number}).values_list("pk", flat=True):
                return redirect(f"admin:{self.prefix}_change", key)
        asked = f"?{searches.PARAMETER}={searches.remember(request, text)}" if text else ""
        return redirect(reverse(self.list_name) + asked)

    # --- The page

    def case_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The page. Its opening is a line of the audit log, which the member can read."""
        row = self.visible(request, key)
        self.log_reading(request, audit.Action.CASE_OPENED, row, row)
        return self.show(request, row)

    def log_reading(self, request: HttpRequest, action: audit.Action, row: Any, about: Model) -> None:
        audit.record(
            action=action,
            user=request.user,  # type: ignore[arg-type]
            about=about,
            reference=str(row),
            desk=row.desk,
            address=client_address(request),
        )

    def context(self, request: HttpRequest, row: Any) -> dict[str, Any]:
        """What the page shows besides the actions."""
        raise NotImplementedError

    def show(
        self,
        request: HttpRequest,
        row: Any,
        *,
        form: ActionForm | None = None,
        news: list[Any] | None = None,
        status: int = 200,
        **more: Any,
    ) -> HttpResponse:
        """The page as things are now; with what was typed when an action did not go through."""
        reasons = self.reasons(row)
        context = {
            **self.admin_site.each_context(request),
            **self.context(request, row),
            **self.blocks(request, row, reasons, form),
            "row": row,
            "case": row,
            "deliveries": self.deliveries(request, row),
            "reasons": reasons,
            "news": None if news is None else history(news, self.event_names, row.member.full_name),
            "chip": self.chip(row),
            "opts": self.opts,
            "list_page": self.list_name,
            "title": str(row),
            "may_read": request.user.has_perm(READ_MEDICAL),
        }
        return self.page(request, self.page_template, row, context | more, status)

    def deliveries(self, request: HttpRequest, row: Any) -> list[dict[str, Any]]:
        """Return the messages about the row with what became of each, once one of them reached nobody."""
        if row.undelivered_at is None:
            return []
        return deliveries_of(row, prefix=self.prefix, may_resend=self.may_handle(request))

    def page(
        self, request: HttpRequest, template: str, row: Any, context: dict[str, Any], status: int = 200
    ) -> HttpResponse:
        """A page about a row, on the clocks of its insurer."""
        request.current_app = self.admin_site.name
        with timezone.override(ZoneInfo(row.desk.organisation.time_zone)):
            return render(request, template, context, status=status)

    def reasons(self, row: Any) -> Reasons:
        uses = {each.reasons for each in self.actions_table.values() if each.reasons} | self.more_reasons()
        return offered_reasons(organisation=row.desk.organisation, uses=sorted(uses))

    def more_reasons(self) -> set[str]:
        return set()

    def blocks(self, request: HttpRequest, row: Any, reasons: Reasons, form: ActionForm | None) -> dict[str, Any]:
        """The blocks of actions, with what was typed in the one just tried; « kept » when it is not open any more."""
        offered = open_actions(self.workflow, self.actions_table, row, request.user)
        tried = form.action if form is not None else None
        typed = form.data.get("body", "") if form is not None else ""
        chosen = form.data.get("reason", "") if form is not None else ""
        found = [
            {
                "action": each,
                "label": label(self.workflow, each.name),
                "url": reverse(f"admin:{self.prefix}_{each.name}", args=[row.pk]),
                "form": form if each is tried else None,
                "text": typed if each is tried else "",
                "chosen": chosen if each is tried else "",
                "reasons": reasons.get(each.reasons, []),
            }
            for each in offered
        ]
        return {"blocks": found, "kept": typed if tried is not None and tried not in offered else "", "form": form}

    # --- Acting

    def as_seen(self, key: int, last_event_id: int) -> Any:
        raise NotImplementedError

    def action_view(self, action: Action, request: HttpRequest, key: int) -> HttpResponse:
        """Do one thing with the row, as the agent saw it; otherwise say what changed and keep what was typed."""
        row = self.visible(request, key)
        if request.method != "POST":
            return redirect(f"admin:{self.prefix}_change", key)
        if not request.user.has_perm(HANDLE):
            raise Http404
        form = ActionForm(action, self.reasons(row), request.POST)
        if not form.is_valid():
            return self.show(request, row, form=form, status=422)
        reason, text = form.given
        try:
            with self.as_seen(key, form.cleaned_data["seen"]):
                action.do(key, request.user, reason, text)
        except (ChangedMeanwhile, TransitionNotAllowed) as refusal:
            news = list(refusal.events) if isinstance(refusal, ChangedMeanwhile) else []
            return self.show(request, self.visible(request, key), form=form, news=news, status=409)
        messages.success(request, str(action.done) % {"number": row})
        return redirect(self.after(request, row, action))

    def after(self, request: HttpRequest, row: Any, action: Action) -> str:
        """Where the agent goes once it is done."""
        return reverse(f"admin:{self.prefix}_change", args=[row.pk])

    # --- Pieces

    def piece_view(self, request: HttpRequest, key: int, piece_id: Any) -> HttpResponseBase:
        """A piece of the file, for who may read medical pieces. Its reading is logged."""
        row = self.visible(request, key)
        if not request.user.has_perm(READ_MEDICAL):
            raise Http404
        return self.give(request, row, self.piece(row, piece_id))

    def piece(self, row: Any, piece_id: Any) -> Any:
        raise NotImplementedError

    def give(self, request: HttpRequest, row: Any, about: Any) -> HttpResponseBase:
        """The document of `about`, a row that joins one, after its line in the log."""
        document: Document = about.document
        if "vue" in request.GET and document.is_image and document.is_clean:
            return self.fitted(request)
        if document.is_clean:
            self.log_reading(request, audit.Action.DOCUMENT_READ, row, about)
        return document_response(
            document=document,
            reader="agent",
            user=request.user,  # type: ignore[arg-type]
            preview="apercu" in request.GET,
        )

    def fitted(self, request: HttpRequest) -> HttpResponse:
        """A page for the frame in which an image fits the width; the image itself is what is read and logged."""
        response = render(request, "admin/health_claims/image.html", {"image": f"{request.path}?apercu"})
        origins = " ".join(["'self'", *filter(None, [settings.PRIVATE_FILES_ORIGIN])])
        policy = f"default-src 'none'; img-src {origins}; style-src 'self'; frame-ancestors 'self'"
        response.headers["Content-Security-Policy"] = policy
        response.headers["X-Frame-Options"] = "SAMEORIGIN"
        response.headers["Cache-Control"] = "no-store"
        return response


def reason_of(reasons: Reasons, use: str, key: str) -> Reason | None:
    """The offered reason of this key."""
    return next((each for each in reasons.get(use, []) if str(each.pk) == key), None)
