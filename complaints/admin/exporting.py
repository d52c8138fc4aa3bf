"""The files an agent takes away: the figures on show, or the cases of a queue. Each leaves a line in the audit log.

A list of cases holds neither names nor contact details.
"""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.db.models import Min, OuterRef, QuerySet, Subquery
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language, gettext
from django.views.decorators.http import require_POST

from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice import searches
from claims_portal.backoffice.cases.queues import PARAMETER
from claims_portal.backoffice.exports import Cell, Table, table_file
from claims_portal.cases.workflow import WaitingOn
from claims_portal.organisations.models import Desk
from complaints.models import Answer, Channel, Clock
from complaints.workflow import HANDLE, SEE_CONTACT, State

from . import queues, search
from .case import TURNS
from .dashboard import asked, parts_of

MOST_ROWS = 5000


@require_POST
def export_figures(request: HttpRequest, kind: str) -> HttpResponse:
    """The tables of the dashboard as its address chooses them, one under the other."""
    names, _form, found = asked(request)
    if found is None:
        raise Http404
    if not recently_confirmed(request):
        return confirm_first(request, back=f"{reverse('figures:dashboard')}?{request.GET.urlencode()}")
    head = [
        gettext("Tableau"),
        gettext("Ligne"),
        gettext("Reçues"),
        gettext("Avec réponse"),
        gettext("En retard"),
        gettext("Closes sans réponse"),
        gettext("Délai médian (jours)"),
        gettext("9 sur 10 en moins de (jours)"),
    ]
    rows: list[list[Cell]] = [
        [part.title, name, line.received, line.answered, line.overdue, line.closed, line.median, line.ninth]
        for part in parts_of(found, names)
        for name, line in part.lines
    ]
    name = f"{gettext('chiffres')}-{found.period.first}_{found.period.last}"
    return table_file(
        request, kind=kind, name=name, table=(head, rows), reference="figures", details={"what": "figures"}
    )


@require_POST
def export_queue(request: HttpRequest, kind: str) -> HttpResponse:
    """The cases of a queue, or of what is looked for, in the order of the list, at most `MOST_ROWS`; the last line says
    when there were more. The audit log holds no word of what was looked for.
    """
    user: Any = request.user
    if not (user.has_perm(queues.VIEW) or user.has_perm(HANDLE)):
        raise Http404
    queue = queues.named(request.POST.get(PARAMETER))
    key = request.POST.get(searches.PARAMETER, "")
    looked_for = searches.kept(request, key)
    if not recently_confirmed(request):
        back = reverse("admin:complaints_complaint_changelist") + f"?{searches.PARAMETER}={key}"
        return confirm_first(request, back=back if looked_for else queues.address(queue))
    if looked_for:
        seen = queues.openable_cases(user)
        found = search.matching(seen, looked_for, contact=user.has_perm(SEE_CONTACT))
        cases: QuerySet[Any] = found.order_by("-opened_at", "-pk")
    else:
        cases = queue.choose(queues.visible_cases(user), user).order_by(*queue.order)
    head, rows = cases_table(cases)
    capped = len(rows) > MOST_ROWS
    if capped:
        rows[MOST_ROWS:] = [[gettext("Fichier limité aux %(rows)s premières lignes.") % {"rows": MOST_ROWS}]]
    details = {"what": "search"} if looked_for else {"what": "queue", "queue": queue.name}
    return table_file(
        request,
        kind=kind,
        name=f"{gettext('recherche') if looked_for else queue.name}-{timezone.localdate()}",
        table=(head, rows),
        reference="search" if looked_for else queue.name,
        details=details | {"rows": min(len(rows), MOST_ROWS), "capped": capped},
    )


def cases_table(cases: QuerySet[Any]) -> Table:
    """One line a case, one more than `MOST_ROWS` when there are more. Two queries."""
    due = Clock.objects.promised().filter(case=OuterRef("pk")).order_by().values("case")
    cases = cases.select_related("desk__organisation", "category", "assigned_to").defer(
        "facts", "prior_steps", "prior_answer"
    )
    outcome = Answer.objects.filter(complaint=OuterRef("pk"), stands=True)
    cases = cases.annotate(
        promised_at=Subquery(due.annotate(first=Min("due_at")).values("first")),
        outcome_fr=Subquery(outcome.values("outcome__name_fr")),
        outcome_ar=Subquery(outcome.values("outcome__name_ar")),
    )
    head = [
        gettext("Numéro"),
        gettext("Reçue le"),
        gettext("Canal"),
        gettext("Guichet"),
        gettext("Catégorie"),
        gettext("État"),
        gettext("À qui d’agir"),
        gettext("Échéance"),
        gettext("Agent"),
        gettext("Issue"),
    ]
    rows: list[list[Cell]] = [
        [
            str(case),
            _moment(case.opened_at, case.desk),
            str(Channel(case.channel).label),
            case.desk.name,
            case.category.name,
            str(State(case.state).label),
            TURNS[WaitingOn(case.waiting_on)](),
            _moment(case.promised_at, case.desk),
            str(case.assigned_to or ""),
            (case.outcome_ar if get_language() == "ar" else "") or case.outcome_fr or "",
        ]
        for case in cases[: MOST_ROWS + 1]
    ]
    return head, rows


def _moment(moment: Any, desk: Desk) -> str:
    """On the clocks of the desk's organisation, in the order in which a spreadsheet sorts."""
    return f"{moment.astimezone(ZoneInfo(desk.organisation.time_zone)):%Y-%m-%d %H:%M}" if moment else ""
