"""The register in /gestion/: what is to be answered, the most urgent first, and what was."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claims_portal.accounts import audit
from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.backoffice.panels import Counter, Panel, on_front_page
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.cases.models import Decision
from claims_portal.cases.refusals import AlreadyDecided
from claims_portal.middleware import client_address

from .access import copy_of_data
from .forms import AnswerForm
from .models import Kind, RightsDelay, RightsRequest, RightsRequestQuerySet
from .services import answer_request

ANSWER = "privacy.answer_rightsrequest"
SEE = "privacy.view_rightsrequest"
SHOWN = 50


def may_see(user: Any) -> bool:
    return bool(user.has_perm(ANSWER) or user.has_perm(SEE))


@admin.register(RightsDelay)
class RightsDelayAdmin(PortalAdmin):
    scope = "organisation"
    list_display = ["organisation", "kind", "delay", "retention"]
    list_filter = ["organisation", "kind"]
    list_select_related = ["organisation", "delay", "retention"]


@admin.register(RightsRequest)
class RightsRequestAdmin(ReadOnlyAdmin):
    """Nothing is edited: who may answer answers once, and the register keeps it."""

    scope = BY_QUERYSET

    def get_urls(self) -> list[URLPattern]:
        pages: list[tuple[str, Any, str]] = [
            ("", self.list_view, "changelist"),
            ("<int:request_id>/", self.request_view, "change"),
            ("<int:request_id>/copie.zip", require_POST(self.copy_view), "copy"),
        ]
        wrap = self.admin_site.admin_view
        return [path(route, wrap(view), name=f"privacy_rightsrequest_{name}") for route, view, name in pages]

    def has_view_permission(self, request: HttpRequest, obj: RightsRequest | None = None) -> bool:
        return may_see(request.user)

    def visible(self, request: HttpRequest) -> RightsRequestQuerySet:
        if not may_see(request.user):
            raise Http404
        return RightsRequest.objects.visible_to(request.user).select_related("organisation", "decided_by")

    def page(self, request: HttpRequest, template: str, status: int = 200, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/privacy/{template}.html", frame | context, status=status)

    def list_view(self, request: HttpRequest) -> HttpResponse:
        requests = self.visible(request)
        answered = requests.exclude(decision=Decision.PENDING).order_by("-pk")
        return self.page(
            request,
            "list",
            title=_("Demandes sur des données personnelles"),
            waiting=list(requests.pending()[:SHOWN]),
            answered=list(answered[:SHOWN]),
            now=timezone.now(),
        )

    def request_view(self, request: HttpRequest, request_id: int) -> HttpResponse:
        """One request, with the form that answers it. Its opening is a line of the audit log."""
        asked = get_object_or_404(self.visible(request), pk=request_id)
        may_answer = request.user.has_perm(ANSWER)
        form = AnswerForm(request.POST if request.method == "POST" else None)
        if request.method == "POST":
            if not may_answer:
                raise Http404
            if form.is_valid() and self.answered(request, asked, form):
                return redirect("admin:privacy_rightsrequest_changelist")
            asked.refresh_from_db(fields=["decision", "decided_at", "decided_by", "refusal", "done"])
        else:
            self.log(request, audit.Action.CASE_OPENED, asked)
        return self.page(
            request,
            "request",
            status=422 if form.errors else 200,
            # Between ordinary spaces, a right-to-left line would show the last group first.
            title=_("Demande %(number)s") % {"number": str(asked).replace(" ", "\u00a0")},
            asked=asked,
            form=form,
            open=asked.is_pending,
            may_answer=may_answer,
            may_copy=may_answer and asked.kind == Kind.ACCESS,
            late=bool(asked.due_at and asked.due_at < timezone.now()),
            problems=bool(form.errors),
        )

    def answered(self, request: HttpRequest, asked: RightsRequest, form: AnswerForm) -> bool:
        user: Any = request.user
        try:
            answer_request(request_id=asked.pk, user=user, address=client_address(request), **form.cleaned_data)
        except AlreadyDecided:
            form.add_error(None, _("Quelqu’un d’autre vient de répondre à cette demande."))
            return False
        messages.success(request, _("La réponse est notée. La personne en est informée."))
        return True

    def copy_view(self, request: HttpRequest, request_id: int) -> HttpResponse:
        """Show what the portal holds about the person who asks, once their identity was checked: a line of the log."""
        user: Any = request.user
        asked = get_object_or_404(self.visible(request), pk=request_id, kind=Kind.ACCESS)
        if not user.has_perm(ANSWER):
            raise Http404
        if not recently_confirmed(request):
            return confirm_first(request, back=reverse("admin:privacy_rightsrequest_change", args=[asked.pk]))
        if not request.POST.get("identity_checked"):
            messages.error(request, _("Vérifiez l’identité de la personne avant de prendre une copie."))
            return redirect("admin:privacy_rightsrequest_change", asked.pk)
        data = copy_of_data(asked, user)
        if not data:
            messages.warning(request, _("Aucun dossier que vous pouvez ouvrir n’a ce contact."))
            return redirect("admin:privacy_rightsrequest_change", asked.pk)
        self.log(request, audit.Action.EXPORTED, asked)
        headers = {"Content-Disposition": f'attachment; filename="donnees-{asked.number}.zip"'}
        return HttpResponse(data, content_type="application/zip", headers=headers)

    def log(self, request: HttpRequest, action: audit.Action, asked: RightsRequest) -> None:
        audit.record(
            action=action,
            user=request.user,  # type: ignore[arg-type]
            about=asked,
            reference=asked.number,
            address=client_address(request),
        )


@on_front_page
def rights_panel(request: HttpRequest) -> Panel | None:
    """How many requests wait for an answer."""
    user: Any = request.user
    if not (user.is_authenticated and user.has_perm(ANSWER)):
        return None
    waiting = RightsRequest.objects.visible_to(user).pending()
    url = reverse("admin:privacy_rightsrequest_changelist")
    return Panel(_("Données personnelles"), [Counter(_("Demandes à traiter"), waiting, url, "shield-lock")])
