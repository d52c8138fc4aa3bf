"""« Suppression de dossiers »: what has reached its end, proposed by one person and approved by another (F29, F30)."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

from django.conf import settings
from django.contrib import admin, messages
from django.db.models import Count
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.template.defaultfilters import filesizeformat
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, ngettext_lazy
from django.views.decorators.http import require_POST

from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.panels import Counter, Panel, on_front_page
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.deadlines.explanation import explanation_sentence
from claims_portal.identifiers import is_key
from claims_portal.middleware import client_address
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import Desk
from complaints.models import Complaint, ComplaintDocument, Disposal, DisposalBatch, Event
from complaints.models.disposal import DisposalBatchQuerySet
from complaints.services.disposal import (
    AlreadyDecided,
    NothingToDispose,
    SamePerson,
    approve_disposal,
    propose_disposal,
    refuse_disposal,
)
from complaints.services.retention import disposable
from complaints.workflow import DISPOSE, HANDLE

from .queues import VIEW, visible_cases

SEE = "complaints.view_disposalbatch"
SHOWN = 25
# What a case held, one or several of it.
KINDS = {
    "documents": ngettext_lazy("%(total)s document", "%(total)s documents", "total"),
    "bytes": gettext_lazy("%(size)s de fichiers"),
    "messages": ngettext_lazy("%(total)s message envoyé", "%(total)s messages envoyés", "total"),
    "events": ngettext_lazy("%(total)s texte d’échange", "%(total)s textes d’échanges", "total"),
    "dependants": ngettext_lazy("%(total)s ayant droit", "%(total)s ayants droit", "total"),
    "letters": ngettext_lazy("%(total)s courrier", "%(total)s courriers", "total"),
    "requests": ngettext_lazy("%(total)s demande de suivi", "%(total)s demandes de suivi", "total"),
    "links": ngettext_lazy("%(total)s lien envoyé par e-mail", "%(total)s liens envoyés par e-mail", "total"),
    "pairs": ngettext_lazy("%(total)s lien avec un autre dossier", "%(total)s liens avec d’autres dossiers", "total"),
}

DECIDED = {
    "approve": gettext_lazy("La suppression est approuvée, elle a lieu maintenant."),
    "refuse": gettext_lazy("La proposition est écartée : les dossiers restent."),
}


@admin.register(DisposalBatch)
class DisposalBatchAdmin(ReadOnlyAdmin):
    """What waits for a second person, what was decided, and the desks whose cases have reached their end."""

    scope = BY_QUERYSET

    def get_urls(self) -> list[URLPattern]:
        """Only what exists: no adding, no editing, no deleting."""
        pages: list[tuple[str, Any, str]] = [
            ("", self.list_view, "changelist"),
            ("<int:batch_id>/", self.batch_view, "change"),
            ("<int:batch_id>/decision/", require_POST(self.decide_view), "decide"),
            ("proposer/<slug:code>/", self.propose_view, "propose"),
        ]
        wrap = self.admin_site.admin_view
        return [path(route, wrap(view), name=f"complaints_disposalbatch_{name}") for route, view, name in pages]

    def has_view_permission(self, request: HttpRequest, obj: DisposalBatch | None = None) -> bool:
        return bool(request.user.has_perm(DISPOSE) or request.user.has_perm(SEE))

    def visible(self, request: HttpRequest) -> DisposalBatchQuerySet:
        """The batches this person may read; Http404 for who may not."""
        if not self.has_view_permission(request):
            raise Http404
        return DisposalBatch.objects.visible_to(request.user).select_related("desk", "proposed_by", "decided_by")

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/complaints/disposalbatch/{template}.html", frame | context)

    def list_view(self, request: HttpRequest) -> HttpResponse:
        batches = self.visible(request)
        decided = batches.exclude(state=DisposalBatch.State.PROPOSED).order_by("-pk")
        return self.page(
            request,
            "list",
            title=_("Suppression de dossiers"),
            waiting=list(batches.proposed()[:SHOWN]),
            decided=list(decided[:SHOWN]),
            desks=list(desks_of(request.user)),
            may_dispose=request.user.has_perm(DISPOSE),
        )

    def propose_view(self, request: HttpRequest, code: str) -> HttpResponse:
        """The cases of a desk whose time is over, with what would go; the button proposes those that stay ticked."""
        user: Any = request.user
        desk = get_object_or_404(desks_of(user), code=code) if user.has_perm(DISPOSE) else None
        if desk is None:
            raise Http404
        if request.method == "POST":
            chosen = [int(key) for key in request.POST.getlist("case") if is_key(key)]
            try:
                batch = propose_disposal(desk=desk, complaint_ids=chosen, user=user, address=client_address(request))
            except NothingToDispose:
                messages.error(request, _("Rien à proposer : ces dossiers ne peuvent pas être supprimés maintenant."))
                return redirect("admin:complaints_disposalbatch_propose", code)
            messages.success(request, _("La suppression est proposée : une autre personne doit l’approuver."))
            return redirect("admin:complaints_disposalbatch_change", batch.pk)
        due = disposable(desk=desk, most=settings.DISPOSAL_CASES)
        held = holdings([each.complaint.pk for each in due])
        lines = [
            {
                "case": each.complaint,
                "due": each.due.at,
                "why": str(each.due),
                "holds": in_words(held.get(each.complaint.pk, {})),
            }
            for each in due
        ]
        title = _("Dossiers à supprimer : %(desk)s") % {"desk": desk.name}
        return self.page(request, "propose", title=title, desk=desk, lines=lines, most=settings.DISPOSAL_CASES)

    def batch_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """A proposal to decide on, or what became of it, case by case."""
        batch = get_object_or_404(self.visible(request), pk=batch_id)
        disposals = list(batch.lines.select_related("complaint"))
        held = holdings([each.complaint_id for each in disposals if each.done_at is None])
        lines = [
            {
                "line": each,
                "why": explanation_sentence(each.explanation) if each.explanation else "",
                "holds": in_words(each.erased if each.done_at else held.get(each.complaint_id, {})),
                "stays": stays(each) if each.done_at is None else "",
            }
            for each in disposals
        ]
        open_to_me = batch.state == DisposalBatch.State.PROPOSED and request.user.has_perm(DISPOSE)
        return self.page(
            request,
            "batch",
            title=str(batch),
            batch=batch,
            lines=lines,
            left=batch.size - len(lines) if batch.state == DisposalBatch.State.APPROVED else 0,
            may_refuse=open_to_me,
            may_approve=open_to_me and batch.proposed_by_id != request.user.pk,
        )

    def decide_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Approve or refuse: the second person's button."""
        user: Any = request.user
        if not user.has_perm(DISPOSE):
            raise Http404
        batch = get_object_or_404(self.visible(request), pk=batch_id)
        decisions = {"approve": approve_disposal, "refuse": refuse_disposal}
        decide = decisions.get(request.POST.get("decision", ""))
        if decide is None:
            raise Http404
        if decide is approve_disposal and not recently_confirmed(request):
            return confirm_first(request, back=reverse("admin:complaints_disposalbatch_change", args=[batch.pk]))
        try:
            decide(batch_id=batch.pk, user=user, address=client_address(request))
        except SamePerson:
            messages.error(request, _("Vous avez proposé cette suppression : une autre personne doit l’approuver."))
        except AlreadyDecided:
            messages.error(request, _("Cette suppression vient d’être décidée par quelqu’un d’autre."))
        else:
            messages.success(request, DECIDED[request.POST["decision"]])
        return redirect("admin:complaints_disposalbatch_change", batch.pk)


def desks_of(user: Any) -> Any:
    """The desks this person works for whose procedure says how long cases stay."""
    desks = Desk.objects.filter(procedure__retention_delay__isnull=False).order_by("position", "code")
    desks = desks.select_related("procedure__retention_delay")
    return desks if user.is_superuser else desks.filter(pk__in=user.desk_ids())


def holdings(complaint_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """How many documents, messages and texts each case holds. Three queries."""
    found: dict[int, dict[str, int]] = {key: {"documents": 0, "messages": 0, "events": 0} for key in complaint_ids}
    _count(found, "documents", _by_case(ComplaintDocument.objects.filter(complaint__in=complaint_ids)))
    _count(found, "events", _by_case(Event.objects.filter(complaint__in=complaint_ids).exclude(body="")))
    about = {f"complaint:{key}": key for key in complaint_ids}
    sent = Message.objects.filter(about__in=list(about)).order_by().values_list("about").annotate(total=Count("pk"))
    _count(found, "messages", ((about[name], total) for name, total in sent))
    return found


def _by_case(rows: Any) -> Any:
    return rows.order_by().values_list("complaint").annotate(total=Count("pk"))


def _count(found: dict[int, dict[str, int]], kind: str, totals: Iterable[tuple[int, int]]) -> None:
    for key, total in totals:
        found[key][kind] = total


def in_words(counts: Mapping[str, int]) -> list[str]:
    """« 3 documents », « 12 messages envoyés »: without what there is none of. `bytes` are told as a size."""
    return [
        str(words) % {"size": filesizeformat(counts[name])} if name == "bytes" else words % {"total": counts[name]}
        for name, words in KINDS.items()
        if counts.get(name)
    ]


def stays(disposal: Disposal) -> str:
    """Why a case that is still proposed will be left alone when its batch is approved; "" when it will go."""
    if disposal.complaint.held_at is not None:
        return _("Suppression interdite : il restera")
    return "" if disposal.complaint.closed_at == disposal.closed_at else _("Rouvert depuis : il restera")


@on_front_page
def disposals_panel(request: HttpRequest) -> Panel | None:
    """How many proposals wait for a second person."""
    user: Any = request.user
    if not (user.is_authenticated and user.has_perm(DISPOSE)):
        return None
    waiting = DisposalBatch.objects.visible_to(user).proposed()
    url = reverse("admin:complaints_disposalbatch_changelist")
    return Panel(_("Vie des données"), [Counter(_("Suppressions à approuver"), waiting, url, "trash3")])


def closed_view(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Of a case that was erased, or is archived and closed to this person: a word instead of nothing (F30)."""
    user: Any = request.user
    if not (user.has_perm(VIEW) or user.has_perm(HANDLE)):
        raise Http404
    known = visible_cases(user).select_related("desk__organisation", "category", "disposal__batch__proposed_by")
    complaint = get_object_or_404(known.select_related("disposal__batch__decided_by"), pk=complaint_id)
    if complaint.disposed_at is None and complaint.archived_at is None:
        raise Http404
    disposal = getattr(complaint, "disposal", None) if complaint.disposed_at is not None else None
    context = {
        **admin.site.each_context(request),
        "opts": Complaint._meta,
        "title": str(complaint),
        "complaint": complaint,
        "disposal": disposal,
        "erased": in_words(disposal.erased) if disposal else [],
        "may_see_batch": user.has_perm(DISPOSE) or user.has_perm(SEE),
    }
    return render(request, "admin/complaints/complaint/closed.html", context)
