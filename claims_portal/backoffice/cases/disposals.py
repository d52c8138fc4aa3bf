"""« Suppression de dossiers »: old cases, proposed by one person and approved by another (F29, F30)."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
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
from claims_portal.cases.kinds import CaseKind, all_kinds, kind_named, kind_of
from claims_portal.cases.models import DisposalBatch, DisposalBatchQuerySet
from claims_portal.cases.refusals import AlreadyDecided, NothingToDispose, SamePerson
from claims_portal.cases.services.disposal import approve_disposal, disposals_of, propose_disposal, refuse_disposal
from claims_portal.cases.services.retention import disposable_cases
from claims_portal.deadlines.explanation import explanation_sentence
from claims_portal.middleware import client_address
from claims_portal.notifications.models import Message
from claims_portal.organisations.models import Desk

SEE = "cases.view_disposalbatch"
SHOWN = 25
# What a case held, one or several of it.
HELD = {
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


def disposable_kinds() -> Iterator[CaseKind]:
    """Iterate over the kinds of case that can be erased."""
    return (kind for kind in all_kinds() if "erase" in kind.model.workflow)


def dispose_permission(kind: CaseKind) -> str:
    """Return what it takes to propose or approve the erasure of this kind of case, from its workflow."""
    return kind.model.workflow["erase"].permission


def may_dispose(user: Any, kind: CaseKind | None = None) -> bool:
    """Return whether this person may erase cases of this kind, of any kind when none is named."""
    kinds = disposable_kinds() if kind is None else (kind,)
    return any(user.has_perm(dispose_permission(one)) for one in kinds)


@admin.register(DisposalBatch)
class DisposalBatchAdmin(ReadOnlyAdmin):
    """What waits for a second person, what was decided, and the desks whose cases have reached their end."""

    scope = BY_QUERYSET

    def get_urls(self) -> list[URLPattern]:
        """Return only the pages that exist: no adding, no editing, no deleting."""
        pages: list[tuple[str, Any, str]] = [
            ("", self.list_view, "changelist"),
            ("<int:batch_id>/", self.batch_view, "change"),
            ("<int:batch_id>/decision/", require_POST(self.decide_view), "decide"),
            ("proposer/<slug:name>/<slug:code>/", self.propose_view, "propose"),
        ]
        wrap = self.admin_site.admin_view
        return [path(route, wrap(view), name=f"cases_disposalbatch_{name}") for route, view, name in pages]

    def has_view_permission(self, request: HttpRequest, obj: DisposalBatch | None = None) -> bool:
        return may_dispose(request.user) or bool(request.user.has_perm(SEE))

    def visible(self, request: HttpRequest) -> DisposalBatchQuerySet:
        """Return the batches this person may read; raise Http404 for somebody who may read none."""
        if not self.has_view_permission(request):
            raise Http404
        return DisposalBatch.objects.visible_to(request.user).select_related("desk", "proposed_by", "decided_by")

    def page(self, request: HttpRequest, template: str, **context: Any) -> HttpResponse:
        frame = {**self.admin_site.each_context(request), "opts": self.opts}
        return render(request, f"admin/cases/disposals/{template}.html", frame | context)

    def list_view(self, request: HttpRequest) -> HttpResponse:
        batches = self.visible(request)
        decided = batches.exclude(state=DisposalBatch.State.PROPOSED).order_by("-pk")
        return self.page(
            request,
            "list",
            title=_("Suppression de dossiers"),
            waiting=list(batches.proposed()[:SHOWN]),
            decided=list(decided[:SHOWN]),
            offers=list(offers_to(request.user)),
            may_dispose=may_dispose(request.user),
        )

    def propose_view(self, request: HttpRequest, name: str, code: str) -> HttpResponse:
        """Show the cases of a desk whose time is over and what would go; the button proposes those that stay ticked."""
        user: Any = request.user
        kind = kind_named(name)
        if kind is None or kind.disposals is None or not may_dispose(user, kind):
            raise Http404
        desk = get_object_or_404(desks_of(user), code=code)
        if kind.retention(desk).disposal is None:
            raise Http404
        if request.method == "POST":
            return self.propose(request, kind, desk)
        due = disposable_cases(kind, desk=desk, most=settings.DISPOSAL_CASES)
        held = holdings(kind, [past.case.pk for past in due])
        lines = [
            {
                "case": past.case,
                "url": case_url(kind, past.case.pk),
                "due": past.due.at,
                "why": str(past.due),
                "holds": in_words(held.get(past.case.pk, {})),
            }
            for past in due
        ]
        title = _("Dossiers à supprimer : %(desk)s") % {"desk": desk.name}
        return self.page(request, "propose", title=title, desk=desk, lines=lines, most=settings.DISPOSAL_CASES)

    def propose(self, request: HttpRequest, kind: CaseKind, desk: Desk) -> HttpResponse:
        chosen = [int(key) for key in request.POST.getlist("case") if key.isascii() and key.isdigit() and len(key) < 19]
        user: Any = request.user
        try:
            batch = propose_disposal(kind, desk=desk, case_ids=chosen, user=user, address=client_address(request))
        except NothingToDispose:
            messages.error(request, _("Rien à proposer : ces dossiers ne peuvent pas être supprimés maintenant."))
            return redirect("admin:cases_disposalbatch_propose", kind.name, desk.code)
        messages.success(request, _("La suppression est proposée : une autre personne doit l’approuver."))
        return redirect("admin:cases_disposalbatch_change", batch.pk)

    def batch_view(self, request: HttpRequest, batch_id: int) -> HttpResponse:
        """Show a proposal to decide on, or what became of it, case by case."""
        batch = get_object_or_404(self.visible(request), pk=batch_id)
        kind = kind_named(batch.kind)
        if kind is None:
            raise Http404
        disposals = list(disposals_of(batch).select_related("case"))
        held = holdings(kind, [disposal.case_id for disposal in disposals if disposal.done_at is None])
        lines = [
            {
                "line": disposal,
                "url": case_url(kind, disposal.case_id),
                "why": explanation_sentence(disposal.explanation) if disposal.explanation else "",
                "holds": in_words(disposal.erased if disposal.done_at else held.get(disposal.case_id, {})),
                "stays": reason_to_stay(disposal) if disposal.done_at is None else "",
            }
            for disposal in disposals
        ]
        open_to_me = batch.state == DisposalBatch.State.PROPOSED and may_dispose(request.user, kind)
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
        batch = get_object_or_404(self.visible(request), pk=batch_id)
        kind = kind_named(batch.kind)
        if kind is None or not may_dispose(user, kind):
            raise Http404
        decisions = {"approve": approve_disposal, "refuse": refuse_disposal}
        decide = decisions.get(request.POST.get("decision", ""))
        if decide is None:
            raise Http404
        if decide is approve_disposal and not recently_confirmed(request):
            return confirm_first(request, back=reverse("admin:cases_disposalbatch_change", args=[batch.pk]))
        try:
            decide(batch_id=batch.pk, user=user, address=client_address(request))
        except SamePerson:
            messages.error(request, _("Vous avez proposé cette suppression : une autre personne doit l’approuver."))
        except AlreadyDecided:
            messages.error(request, _("Cette suppression vient d’être décidée par quelqu’un d’autre."))
        else:
            messages.success(request, DECIDED[request.POST["decision"]])
        return redirect("admin:cases_disposalbatch_change", batch.pk)


def case_url(kind: CaseKind, key: int) -> str:
    return reverse(f"admin:{kind.model._meta.app_label}_{kind.model._meta.model_name}_change", args=[key])


def desks_of(user: Any) -> Any:
    """Return the desks this person works for, all of them for a superuser."""
    desks = Desk.objects.order_by("position", "code")
    return desks if user.is_superuser else desks.filter(pk__in=user.desk_ids())


def offers_to(user: Any) -> Iterator[dict[str, Any]]:
    """Yield the kinds and desks whose cases this person may propose: those that have a retention."""
    kinds = [kind for kind in disposable_kinds() if may_dispose(user, kind)]
    for desk in desks_of(user) if kinds else ():
        for kind in kinds:
            if (delay := kind.retention(desk).disposal) is not None:
                yield {
                    "url": reverse("admin:cases_disposalbatch_propose", args=[kind.name, desk.code]),
                    "desk": desk,
                    "kind": kind.model._meta.verbose_name_plural,
                    "delay": delay,
                }


def holdings(kind: CaseKind, case_ids: Sequence[int]) -> dict[int, dict[str, int]]:
    """Return how many documents, messages and texts each case holds. Three queries."""
    found: dict[int, dict[str, int]] = {key: {"documents": 0, "messages": 0, "events": 0} for key in case_ids}
    if kind.documents is not None:
        _count(found, "documents", _by_case(kind.documents._default_manager.filter(case__in=case_ids)))
    _count(found, "events", _by_case(kind.events._default_manager.filter(case__in=case_ids).exclude(body="")))
    about = {f"{kind.name}:{key}": key for key in case_ids}
    sent = Message.objects.filter(about__in=list(about)).order_by().values_list("about").annotate(total=Count("pk"))
    _count(found, "messages", ((about[name], total) for name, total in sent))
    return found


def _by_case(rows: Any) -> Any:
    return rows.order_by().values_list("case").annotate(total=Count("pk"))


def _count(found: dict[int, dict[str, int]], name: str, totals: Iterable[tuple[int, int]]) -> None:
    for key, total in totals:
        found[key][name] = total


def in_words(counts: Mapping[str, int]) -> list[str]:
    """Return « 3 documents », « 12 messages envoyés »: what there is none of is left out, `bytes` are a size."""
    return [
        str(words) % {"size": filesizeformat(counts[name])} if name == "bytes" else words % {"total": counts[name]}
        for name, words in HELD.items()
        if counts.get(name)
    ]


def reason_to_stay(disposal: Any) -> str:
    """Return why a proposed case will be left alone when its batch is approved; "" when it will go."""
    if disposal.case.held_at is not None:
        return _("Suppression interdite : il restera")
    return "" if disposal.case.closed_at == disposal.closed_at else _("Rouvert depuis : il restera")


@on_front_page
def disposals_panel(request: HttpRequest) -> Panel | None:
    """Count the proposals that wait for a second person."""
    user: Any = request.user
    if not (user.is_authenticated and may_dispose(user)):
        return None
    waiting = DisposalBatch.objects.visible_to(user).proposed()
    url = reverse("admin:cases_disposalbatch_changelist")
    return Panel(_("Vie des données"), [Counter(_("Suppressions à approuver"), waiting, url, "trash3")])


def closed_page(request: HttpRequest, cases: Any, key: int) -> HttpResponse:
    """Show a word about a case that was erased, or is archived and closed to this person (F30).

    `cases` are those this person may see. Raise Http404 for one that is open to them, as for none.
    """
    user: Any = request.user
    case = get_object_or_404(cases.select_related("desk__organisation"), pk=key)
    if case.disposed_at is None and case.archived_at is None:
        raise Http404
    disposal = None
    if case.disposed_at is not None:
        found = kind_of(case).disposals._default_manager.filter(case=case)
        disposal = found.select_related("batch__proposed_by", "batch__decided_by").first()
    opts = type(case)._meta
    context = {
        **admin.site.each_context(request),
        "opts": opts,
        "title": str(case),
        "case": case,
        "list_page": f"admin:{opts.app_label}_{opts.model_name}_changelist",
        "disposal": disposal,
        "erased": in_words(disposal.erased) if disposal else [],
        "may_see_batch": may_dispose(user) or user.has_perm(SEE),
    }
    return render(request, "admin/cases/closed.html", context)
