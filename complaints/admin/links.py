"""« Dossiers liés » on the case page: what may belong together, what was linked, what was merged (F8)."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

from django import forms
from django.contrib import messages
from django.db.models import CharField, F, Prefetch, Value
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from claims_portal.cases.refusals import ChangedMeanwhile, TransitionNotAllowed
from claims_portal.cases.services.changes import as_seen
from claims_portal.identifiers import ReferenceField, is_key, printable
from complaints.models import CaseLink, Complaint, ComplaintDocument, Event
from complaints.models.case import ComplaintQuerySet
from complaints.references import MistypedNumber, read_number
from complaints.services.linking import CannotJoin, link_cases, merge_complaint, unlink_cases
from complaints.services.transferring import categories_elsewhere
from complaints.workflow import HANDLE, workflow

from .actions import told
from .forms import problems
from .intake import page
from .queues import openable_cases

SHOWN = 5
MOST = 20  # rows each part of the query gives
LINKED, MERGED = -1, -2  # beside the places of SIGNS
WITH = "avec"  # of the merging page's address: the key of the case proposed
# What two cases may have in common, each found by its index.
SIGNS: list[tuple[str, str, str | Promise]] = [
    ("fingerprint", "fingerprint", gettext_lazy("même récit")),
    ("policy_number", "policy_number", gettext_lazy("même contrat")),
    ("complainant.email", "complainant__email", gettext_lazy("même e-mail")),
    ("complainant.mobile", "complainant__mobile", gettext_lazy("même portable")),
    ("complainant.cin", "complainant__cin", gettext_lazy("même CIN")),
    ("complainant.nir", "complainant__nir", gettext_lazy("même numéro de sécurité sociale")),
]


def pages() -> list[tuple[str, Any, str]]:
    """Routes under /gestion/complaints/complaint/."""
    return [
        ("<int:complaint_id>/delier/", require_POST(unlink_view), "unlink"),
        ("<int:complaint_id>/reunir/", merge_view, "merge"),
    ]


# --- What the case page shows


@dataclass
class Around:
    """The cases around one: linked, with the kind of the link; alike, with what they share; merged into it (keys)."""

    linked: list[tuple[Complaint, str]] = field(default_factory=list)
    alike: list[dict[str, Any]] = field(default_factory=list)
    merged: list[int] = field(default_factory=list)


def links_context(complaint: Complaint, user: Any, cases: ComplaintQuerySet) -> dict[str, Any]:
    """What the page shows of the cases around, among `cases`: those this person may see.

    Two queries, the second to know whether it can go to another desk; three more when cases were merged into this
    one, one more when it was merged itself.
    """
    found = around(complaint, cases)
    handles = user.has_perm(HANDLE)
    return {
        "linked": found.linked,
        "suggested": found.alike,
        "merged": merged_here(found.merged),
        "followed": Complaint.objects.get(pk=complaint.merged_into_id) if complaint.merged_into_id else None,
        "link_kinds": CaseLink.Kind.choices,
        "may_link": handles,
        "may_merge": handles and workflow.allows("merge", complaint.state),
        "may_refer": handles and workflow.allows("refer", complaint.state),
        "may_transfer": handles
        and workflow.allows("transfer", complaint.state)
        and categories_elsewhere(complaint.desk).exists(),
    }


def around(complaint: Complaint, cases: ComplaintQuerySet) -> Around:
    """Everything that hangs on a case, or may: each part of the one query has its index and a limit.

    Of those alike, the few that have most in common, the newest first among equals.
    """
    others = cases.exclude(pk=complaint.pk)
    parts = [
        _part(others.filter(links_as_second__first=complaint), LINKED, F("links_as_second__kind")),
        _part(others.filter(links_as_first__second=complaint), LINKED, F("links_as_first__kind")),
        _part(Complaint.objects.filter(merged_into=complaint), MERGED),
    ]
    for place, (path, column, _label) in enumerate(SIGNS):
        if value := _value(complaint, path):
            parts.append(_part(others.filter(**{column: value}), place))
    found = Around()
    shared: dict[int, dict[str, Any]] = {}
    for key, number, state, opened_at, sign, kind in parts[0].union(*parts[1:], all=True):
        case = Complaint(pk=key, number=number, state=state, opened_at=opened_at)
        if sign == MERGED:
            found.merged.append(key)
        elif sign == LINKED:
            found.linked.append((case, str(CaseLink.Kind(kind).label)))
        else:
            shared.setdefault(key, {"case": case, "signs": []})["signs"].append(SIGNS[sign][2])
    known = {case.pk for case, _kind in found.linked} | {*found.merged, complaint.merged_into_id}
    alike = [each for key, each in shared.items() if key not in known]
    found.alike = sorted(alike, key=lambda each: (len(each["signs"]), each["case"].opened_at), reverse=True)[:SHOWN]
    return found


def _part(cases: ComplaintQuerySet, sign: int, kind: Any = None) -> Any:
    """One part of the query: the latest cases found in one way."""
    told = cases.annotate(sign=Value(sign), kind=kind or Value("", output_field=CharField()))
    rows = told.order_by("-opened_at", "-pk").values_list("pk", "number", "state", "opened_at", "sign", "kind")
    return rows[:MOST]


def _value(complaint: Complaint, path: str) -> Any:
    holder, _dot, name = path.rpartition(".")
    return getattr(complaint.complainant if holder else complaint, name)


def merged_here(keys: list[int]) -> list[Complaint]:
    """The cases merged into another, with what was said and brought there. Three queries, none without a case."""
    if not keys:
        return []
    told = Event.objects.select_related("user", "answer__outcome").prefetch_related("answer__reasons")
    events = Prefetch("events", told)
    documents = Prefetch("documents", ComplaintDocument.objects.select_related("document"))
    merged = Complaint.objects.filter(pk__in=keys).select_related("complainant").prefetch_related(events, documents)
    return list(merged.order_by("opened_at"))


# --- What an agent does


class LinkForm(forms.Form):
    """The other case, by its number, and how they belong together."""

    number = ReferenceField(
        max_length=40,
        label=gettext_lazy("Numéro de l’autre dossier"),
        error_messages={"required": gettext_lazy("Indiquez le numéro de l’autre dossier.")},
    )
    kind = forms.ChoiceField(choices=CaseLink.Kind.choices, required=False, label=gettext_lazy("Nature du lien"))


class MergeForm(forms.Form):
    """The case in which everything goes on, and this one as the agent saw it (`seen`: its last event)."""

    number = ReferenceField(
        max_length=40,
        label=gettext_lazy("Numéro du dossier où tout continue"),
        error_messages={"required": gettext_lazy("Indiquez le numéro du dossier où tout continue.")},
    )
    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)


def handled(request: HttpRequest, complaint_id: int) -> Complaint:
    """The case, when this person may see and handle it; Http404 like for one that does not exist."""
    if not request.user.has_perm(HANDLE):
        raise Http404
    return get_object_or_404(openable_cases(request.user).with_case(), pk=complaint_id)


def named(request: HttpRequest, text: str) -> Complaint:
    """The case of a number among those this person may see. CannotJoin when there is none."""
    try:
        return openable_cases(request.user).get(number=read_number(text))
    except (MistypedNumber, Complaint.DoesNotExist):
        raise CannotJoin(_("Aucune réclamation de vos guichets ne porte ce numéro.")) from None


def link(request: HttpRequest, complaint: Complaint, form: LinkForm) -> bool:
    """Link two cases by number; False when the form now says, beside its field, why they are not."""
    if not form.is_valid():
        return False
    user: Any = request.user
    try:
        other = named(request, form.cleaned_data["number"])
        kind = form.cleaned_data["kind"] or CaseLink.Kind.MATTER
        link_cases(complaint_id=complaint.pk, other_id=other.pk, kind=kind, user=user)
    except CannotJoin as refusal:
        form.add_error("number", refusal.message)
        return False
    messages.success(request, _("Les deux dossiers sont reliés. Les personnes n’en sont pas informées."))
    return True


def unlink_view(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Take a link away."""
    complaint = handled(request, complaint_id)
    other = get_object_or_404(openable_cases(request.user), number=printable(request.POST.get("number", ""))[:12])
    unlink_cases(complaint_id=complaint.pk, other_id=other.pk, user=request.user)  # type: ignore[arg-type]
    messages.success(request, _("Les deux dossiers ne sont plus reliés."))
    return redirect("admin:complaints_complaint_change", complaint_id)


def merge_view(request: HttpRequest, complaint_id: int) -> HttpResponse:
    """Say what merging does, ask into which case, and do it."""
    complaint = handled(request, complaint_id)
    if request.method != "POST":
        proposed = request.GET.get(WITH, "")
        into = openable_cases(request.user).filter(pk=proposed).first() if is_key(proposed) else None
        return show_merge(request, complaint, MergeForm(initial={"number": into or "", "seen": last_event(complaint)}))
    form = MergeForm(request.POST)
    if not form.is_valid():
        return show_merge(request, complaint, form, status=422)
    try:
        into = named(request, form.cleaned_data["number"])
        with as_seen(Complaint, case_id=complaint.pk, last_event_id=form.cleaned_data["seen"]):
            merge_complaint(complaint_id=complaint.pk, into_id=into.pk, user=request.user)  # type: ignore[arg-type]
    except CannotJoin as refusal:
        form.add_error("number", refusal.message)
        return show_merge(request, complaint, form, status=422)
    except ChangedMeanwhile as refusal:
        return show_merge(request, complaint, form, status=409, **meanwhile(complaint, form, refusal, "merge"))
    except TransitionNotAllowed:
        form.add_error(None, _("L’un des deux dossiers est clôturé : relisez-les avant de les réunir."))
        return show_merge(request, complaint, form, status=409)
    done = _("Les deux dossiers sont réunis dans celui-ci. La personne en est informée.")
    on_paper = _("Les deux dossiers sont réunis dans celui-ci. Le courrier qui l’annonce est à imprimer.")
    messages.success(request, told(complaint, done, on_paper))
    return redirect("admin:complaints_complaint_change", into.pk)


def show_merge(request: HttpRequest, complaint: Complaint, form: MergeForm, **more: Any) -> HttpResponse:
    more |= {
        "suggested": around(complaint, openable_cases(request.user)).alike,
        "here": reverse("admin:complaints_complaint_merge", args=[complaint.pk]),
    }
    return form_page(request, "merge", _("Réunir à un autre dossier"), complaint, form, **more)


# --- Shared by the pages on which a case moves


def form_page(
    request: HttpRequest,
    name: str,
    title: str,
    complaint: Complaint,
    form: forms.Form,
    *,
    status: int = 200,
    **more: Any,
) -> HttpResponse:
    """A page of its own for one form about a case; `name` is its template's."""
    context = more | {"title": title, "complaint": complaint, "form": form, "problems": problems(form)}
    return page(request, f"admin/complaints/complaint/{name}.html", context, status)


def meanwhile(complaint: Complaint, form: forms.Form, refusal: Exception, transition: str) -> dict[str, Any]:
    """For the page of a form that was not sent: what changed, and the form as it was typed, for the case as it is now.

    Of an action that is no longer possible, the text alone.
    """
    news = refusal.events if isinstance(refusal, ChangedMeanwhile) else []
    told = {"changed": True, "news": news, "person": complaint.complainant}
    complaint.refresh_from_db(fields=["state"])
    if not news or not workflow.allows(transition, complaint.state):
        return told | {"over": True, "kept": form.data.get("body", "")}
    form.data = {**form.data.dict(), "seen": str(last_event(complaint))}  # type: ignore[attr-defined]
    return told | {"takes_text": "body" in form.fields}


def last_event(complaint: Complaint) -> int:
    """The key of the last thing that happened; 0 when nothing did."""
    return complaint.events.order_by("-pk").values_list("pk", flat=True).first() or 0
