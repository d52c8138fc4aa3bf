"""« Chiffres des déclarations »: what was rejected, why, for which care and by whom, drawn and told in tables (F37)."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.urls import reverse
from django.utils.formats import number_format
from django.utils.translation import get_language_bidi, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.accounts.models import User
from claims_portal.backoffice.charts import Bars, Lines, bars, lines
from claims_portal.backoffice.exports import CONTENT_TYPES, Cell, table_file
from claims_portal.backoffice.periods import PeriodForm, kept, step_label
from claims_portal.organisations.models import Desk
from health_claims.figures import Figures, Line, figures
from health_claims.models import Declaration, Reason
from membership.models import Prestation

Choices = list[tuple[Any, Any]]


class Names:
    """Desks and prestations somebody may choose among, and the agents of these desks: three queries."""

    def __init__(self, user: Any) -> None:
        desks = Desk.objects.all() if user.is_superuser else Desk.objects.filter(pk__in=user.desk_ids())
        self.desk = {each.pk: each.name for each in desks}
        self.prestation = {each.pk: each.name for each in Prestation.objects.all()}
        agents = User.objects.filter(desks__in=self.desk).distinct().order_by("last_name", "first_name", "email")
        self.agent: dict[Any, str] = {each.pk: str(each) for each in agents}
        self.reason: dict[Any, str] = {}

    def complete(self, found: Figures) -> None:
        """Read the names of what is counted: reasons, and agents who have left. Two queries at most."""
        reasons = Reason.objects.in_bulk([line.key for line in found.by_reason])
        self.reason = {key: reason.label for key, reason in reasons.items()}
        gone = {line.key for line in found.by_agent} - self.agent.keys()
        if gone:
            self.agent |= {key: str(user) for key, user in User.objects.in_bulk(gone).items()}


class DeclarationFiguresForm(PeriodForm):
    """What to count, from the page's address."""

    guichet = forms.TypedChoiceField(label=_("Guichet"), required=False, coerce=int, empty_value=None)
    prestation = forms.TypedChoiceField(label=_("Type de dossier"), required=False, coerce=int, empty_value=None)
    agent = forms.TypedChoiceField(label=_("Agent"), required=False, coerce=int, empty_value=None)

    def __init__(self, names: Names, data: Any) -> None:
        super().__init__(data)
        for field, known in (("guichet", names.desk), ("prestation", names.prestation), ("agent", names.agent)):
            self.fields[field].choices = [("", _("Tous")), *known.items()]  # type: ignore[attr-defined]

    @property
    def chosen(self) -> dict[str, int | None]:
        given = self.cleaned_data
        return {"desk": given.get("guichet"), "prestation": given.get("prestation"), "agent": given.get("agent")}


@dataclass(frozen=True)
class Part:
    """One section of the page: a drawing, and the table behind it, which is also what is exported."""

    name: str
    title: str
    head: str
    lines: list[tuple[str, Line]]
    bars: Bars | None = None
    curves: Lines | None = None


def asked(request: HttpRequest) -> tuple[Names, DeclarationFiguresForm, Figures | None]:
    """What the address asks for, counted; no figures when it does not make sense."""
    names = Names(request.user)
    form = DeclarationFiguresForm(names, request.GET)
    if not form.is_valid():
        return names, form, None
    chosen = form.chosen
    found = kept(
        ("declarations", sorted(names.desk), form.period, chosen),
        lambda: figures(Declaration.objects.filter(desk__in=names.desk), form.period, **chosen),
    )
    names.complete(found)
    return names, form, found


def parts_of(found: Figures, names: Names) -> list[Part]:
    """Every section, from the figures and the names of what they count."""
    step = found.period.step
    steps = [(step_label(line.key, step), line) for line in found.by_step]
    curves = lines(
        [label for label, _line in steps],
        [("received", [line.sent for _l, line in steps]), ("answered", [line.rejected for _l, line in steps])],
    )
    heads = {"day": gettext("Jour"), "week": gettext("Semaine du"), "month": gettext("Mois")}
    made, care = [], gettext("Type de dossier")
    for name, title, head, counted, known in (
        ("motifs", gettext("Rejets par motif"), gettext("Motif"), found.by_reason, names.reason),
        (
            "prestations",
            gettext("Par type de dossier"),
            care,
            found.by_prestation,
            names.prestation,
        ),
        ("agents", gettext("Par agent"), gettext("Agent"), found.by_agent, names.agent),
    ):
        rows = [(known.get(line.key, "—"), line) for line in counted]
        if rows:
            made.append(Part(name, title, head, rows, bars=drawn(rows)))
    made.append(Part("temps", gettext("Dans le temps"), heads[step], steps, curves=curves))
    return made


def drawn(rows: list[tuple[str, Line]]) -> Bars:
    """Accepted, waiting and rejected, stacked to what was sent."""

    def parts(line: Line) -> list[tuple[str, float]]:
        return [("answered", line.accepted), ("waiting", line.waiting), ("late", line.rejected)]

    stacked = [(name, parts(line), f"{line.rejected} / {line.sent}") for name, line in rows]
    return bars(stacked, right_to_left=get_language_bidi())


def rate_in_words(rate: float | None) -> str:
    """« 12,5 % », or a dash."""
    return "—" if rate is None else f"{number_format(round(rate, 1), 1)}\u00a0%"


def cards(total: Line) -> list[tuple[str, str, str]]:
    """The first line of the page: number, what it is, and how grave."""
    return [
        (str(total.sent), ngettext("envoyée", "envoyées", total.sent), ""),
        (str(total.accepted), ngettext("validée", "validées", total.accepted), ""),
        (str(total.rejected), ngettext("rejetée", "rejetées", total.rejected), ""),
        (str(total.waiting), gettext("en attente de décision"), ""),
        (rate_in_words(total.rate), gettext("de rejets parmi les décisions"), ""),
    ]


def figures_view(request: HttpRequest) -> HttpResponse:
    """The page. Nine queries of its own at most, whatever there is to count."""
    names, form, found = asked(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Chiffres des déclarations"),
        "form": form,
        "errors": form.errors,
        "opts": Declaration._meta,
    }
    if found is not None:
        context |= {
            "period": found.period,
            "counted_at": found.counted_at,
            "cards": cards(found.total),
            "parts": parts_of(found, names),
            "empty": not found.total.sent,
            "query": request.GET.urlencode(),
            "export": "admin:health_claims_declaration_figures_export",
        }
    request.current_app = admin.site.name
    return TemplateResponse(
        request, "admin/health_claims/figures/dashboard.html", context, status=200 if found else 422
    )


def export_view(request: HttpRequest, kind: str) -> HttpResponse:
    """The tables as the address chooses them, one under the other. It leaves a line in the audit log."""
    names, _form, found = asked(request)
    if found is None or kind not in CONTENT_TYPES:
        raise Http404
    if not recently_confirmed(request):
        back = reverse("admin:health_claims_declaration_figures")
        return confirm_first(request, back=f"{back}?{request.GET.urlencode()}")
    head = [
        gettext("Tableau"),
        gettext("Ligne"),
        gettext("Envoyées"),
        gettext("Validées"),
        gettext("Rejetées"),
        gettext("En attente"),
        gettext("Taux de rejet (%)"),
    ]
    rows: list[list[Cell]] = [
        [part.title, name, line.sent, line.accepted, line.rejected, line.waiting, line.rate]
        for part in parts_of(found, names)
        for name, line in part.lines
    ]
    return table_file(
        request,
        kind=kind,
        name=f"declarations-{found.period.first}_{found.period.last}",
        table=(head, rows),
        reference="declarations",
        details={"what": "declaration figures"},
    )
