"""« Tableau de bord »: the figures of the desks somebody may see, chosen, drawn, and told in tables."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import admin
from django.http import Http404, HttpRequest, HttpResponse
from django.template.response import TemplateResponse
from django.utils.formats import number_format
from django.utils.functional import cached_property
from django.utils.translation import get_language_bidi, gettext, ngettext
from django.utils.translation import gettext_lazy as _

from claims_portal.accounts.models import User
from claims_portal.backoffice.charts import Bars, Lines, bars, lines
from claims_portal.backoffice.periods import PeriodForm, kept, step_label
from claims_portal.organisations.models import Desk
from complaints.figures import Figures, Line, figures
from complaints.models import Category, Outcome, Reason
from complaints.workflow import HANDLE

from . import queues

LEAST_DAYS = 0.1


class Names:
    """Desks, categories and agents somebody may choose among, read once: three queries."""

    def __init__(self, user: Any) -> None:
        everything = Desk.objects.all() if user.is_superuser else user.desks.all()
        self.desk: dict[Any, str] = {desk.pk: desk.name for desk in everything}
        self.categories = list(Category.objects.filter(desk__in=self.desk).order_by("desk", "position", "code"))
        self.category: dict[Any, str] = {each.pk: each.name for each in self.categories}
        agents = User.objects.filter(desks__in=self.desk).distinct().order_by("last_name", "first_name", "email")
        self.outcome: dict[Any, str] = {}
        self.reason: dict[Any, str] = {}
        self.agent: dict[Any, str] = {each.pk: str(each) for each in agents}

    def grouped_categories(self) -> list[tuple[str, list[tuple[int, str]]]]:
        """By desk, as a select shows them."""
        groups: dict[int, list[tuple[int, str]]] = {}
        for each in self.categories:
            groups.setdefault(each.desk_id, []).append((each.pk, each.name))
        return [(self.desk[desk], choices) for desk, choices in groups.items()]

    def complete(self, found: Figures) -> None:
        """Read the names of what is counted and no choice of the form: outcomes, reasons, an agent who has left."""
        for names, model, counted in (
            (self.desk, Desk, found.by_desk),
            (self.category, Category, found.by_category),
            (self.agent, User, found.by_agent),
            (self.outcome, Outcome, found.by_outcome),
            (self.reason, Reason, found.by_reason),
        ):
            missing = {line.key for line in counted} - {None} - names.keys()
            if missing:
                rows = model._default_manager.in_bulk(missing)
                names.update({key: row.name if hasattr(row, "name") else str(row) for key, row in rows.items()})
        self.agent[None] = gettext("Sans agent")


class FiguresForm(PeriodForm):
    """What to count, from the page's address; `period` and `chosen` hold for a valid form."""

    guichet = forms.TypedChoiceField(label=_("Guichet"), required=False, coerce=int, empty_value=None)
    categorie = forms.TypedChoiceField(label=_("Catégorie"), required=False, coerce=int, empty_value=None)
    agent = forms.TypedChoiceField(label=_("Agent"), required=False, coerce=int, empty_value=None)

    def __init__(self, names: Names, data: Any) -> None:
        super().__init__(data)
        everything = [("", _("Tous"))]
        self.fields["guichet"].choices = everything + list(names.desk.items())  # type: ignore[attr-defined]
        self.fields["categorie"].choices = [("", _("Toutes")), *names.grouped_categories()]  # type: ignore[attr-defined]
        self.fields["agent"].choices = everything + list(names.agent.items())  # type: ignore[attr-defined]

    @cached_property
    def chosen(self) -> dict[str, int | None]:
        given = self.cleaned_data
        return {"desk": given.get("guichet"), "category": given.get("categorie"), "agent": given.get("agent")}


@dataclass(frozen=True)
class Part:
    """One section of the page: a drawing, and the table behind it, which is also what is exported."""

    name: str
    title: str
    head: str
    lines: list[tuple[str, Line]]
    drawing: Bars | Lines | None = None
    delays: Bars | None = None


def days_in_words(days: float | None) -> str:
    """« 3,4 j », or a dash; less than what one decimal tells is not nothing."""
    if days is None:
        return "—"
    if 0 < days < LEAST_DAYS:
        return gettext("< %(days)s j") % {"days": number_format(LEAST_DAYS, 1)}
    return gettext("%(days)s j") % {"days": number_format(round(days, 1), 1)}


def counted_bars(rows: list[tuple[str, Line]]) -> Bars:
    """Answered, not yet answered, late and closed without an answer, stacked to what was received."""

    def parts(line: Line) -> list[tuple[str, float]]:
        waiting = line.received - line.answered - line.overdue - line.closed
        parts = [("answered", line.answered), ("waiting", waiting), ("late", line.overdue), ("closed", line.closed)]
        return [(kind, float(count)) for kind, count in parts]

    return bars([(name, parts(line), str(line.received)) for name, line in rows], right_to_left=get_language_bidi())


def delay_bars(rows: list[tuple[str, Line]]) -> Bars | None:
    """The median, then what is missing to the 90th percentile; None when nothing was answered."""
    drawn = []
    for name, line in rows:
        if line.median is not None and line.ninth is not None:
            parts = [("answered", line.median), ("waiting", line.ninth - line.median)]
            told = dict.fromkeys([days_in_words(line.median), days_in_words(line.ninth)])
            drawn.append((name, parts, " – ".join(told)))
    return bars(drawn, right_to_left=get_language_bidi()) if drawn else None


def parts_of(found: Figures, names: Names) -> list[Part]:
    """Every section, from the figures and the names of what they count."""
    step = found.period.step
    steps = [(step_label(line.key, step), line) for line in found.by_step]
    drawing = lines(
        [label for label, _line in steps],
        [("received", [line.received for _l, line in steps]), ("answered", [line.answered for _l, line in steps])],
    )
    heads = {"day": gettext("Jour"), "week": gettext("Semaine du"), "month": gettext("Mois")}
    made = [Part("temps", gettext("Dans le temps"), heads[step], steps, drawing)]
    for name, title, head, counted, named in (
        ("categories", gettext("Par catégorie"), gettext("Catégorie"), found.by_category, names.category),
        ("guichets", gettext("Par guichet"), gettext("Guichet"), found.by_desk, names.desk),
        ("agents", gettext("Par agent"), gettext("Agent"), found.by_agent, names.agent),
        ("issues", gettext("Issues"), gettext("Issue"), found.by_outcome, names.outcome),
        ("motifs", gettext("Motifs"), gettext("Motif"), found.by_reason, names.reason),
    ):
        rows = [(named.get(line.key, "—"), line) for line in counted]
        if rows:
            made.append(Part(name, title, head, rows, counted_bars(rows), delay_bars(rows)))
    return made


def total_cards(total: Line) -> list[tuple[str, str, str]]:
    """The first line of the page: number, what it is, and how grave."""
    return [
        (str(total.received), ngettext("reçue", "reçues", total.received), ""),
        (str(total.answered), ngettext("avec réponse", "avec réponse", total.answered), ""),
        (str(total.overdue), ngettext("en retard", "en retard", total.overdue), "late" if total.overdue else ""),
        (days_in_words(total.median), gettext("délai médian de réponse"), ""),
        (days_in_words(total.ninth), gettext("9 réponses sur 10 en moins de"), ""),
    ]


def dashboard(request: HttpRequest) -> HttpResponse:
    """The page: at most twelve queries, whatever there is to count. Http404 without a right on complaints."""
    names, form, found = asked(request)
    context: dict[str, Any] = {
        **admin.site.each_context(request),
        "title": gettext("Tableau de bord"),
        "form": form,
        "errors": form.errors,
    }
    if found is not None:
        context |= {
            "period": found.period,
            "counted_at": found.counted_at,
            "cards": total_cards(found.total),
            "parts": parts_of(found, names),
            "empty": not found.total.received,
            "query": request.GET.urlencode(),
            "export": "figures:export",
        }
    request.current_app = admin.site.name
    return TemplateResponse(request, "admin/complaints/figures/dashboard.html", context, status=200 if found else 422)


def asked(request: HttpRequest) -> tuple[Names, FiguresForm, Figures | None]:
    """What the address asks for, counted; no figures when it does not make sense."""
    user = request.user
    if not (user.has_perm(queues.VIEW) or user.has_perm(HANDLE)):
        raise Http404
    names = Names(user)
    form = FiguresForm(names, request.GET)
    if not form.is_valid():
        return names, form, None
    chosen = form.chosen
    found = kept(
        ("complaints", sorted(names.desk), form.period, chosen),
        lambda: figures(queues.visible_cases(user), form.period, **chosen),
    )
    names.complete(found)
    return names, form, found
