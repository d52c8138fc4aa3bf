"""The way in: « Déposer une réclamation », the desk's page with its two tabs, « Commencer la démarche »."""

from __future__ import annotations

from django.contrib.auth.decorators import login_not_required
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _
from django.views.decorators.http import require_http_methods, require_safe

from claims_portal.accounts import throttles
from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.explanation import spelled_amount
from claims_portal.middleware import client_address
from claims_portal.organisations.models import Desk, LegalText
from claims_portal.wizards.services import create_draft
from claims_portal.wizards.views import own
from complaints.answering import answering_of, for_whom, reach
from complaints.models import Category, Procedure
from complaints.promises import expected_delay
from complaints.questions import questions_of
from complaints.steps import filing

open_desks = CompiledQuery(lambda code: Desk.objects.open().filter(code=code, procedure__isnull=False), code=str)
procedures_with_delays = CompiledQuery(
    lambda desk: Procedure.objects.select_related("acknowledgement_delay", "answer_delay").filter(desk=desk), desk=int
)
categories_with_delays = CompiledQuery(
    lambda desk: (
        Category.objects.select_related("acknowledgement_delay", "answer_delay")
        .filter(Q(acknowledgement_delay__isnull=False) | Q(answer_delay__isnull=False))
        .filter(desk=desk, is_active=True)
    ),
    desk=int,
)


@login_not_required
@require_safe
def start(request: HttpRequest) -> HttpResponse:
    """Every desk that takes complaints, by sector (row A20)."""
    desks = Desk.objects.open().filter(procedure__isnull=False).prefetch_related("sectors")
    sectors: dict[object, list[Desk]] = {}
    for desk in desks:
        for sector in desk.sectors.all():
            sectors.setdefault(sector, []).append(desk)
    ordered = sorted(sectors.items(), key=lambda pair: (pair[0].position, pair[0].code))  # type: ignore[attr-defined]
    return render(request, "complaints/start.html", {"sectors": ordered})


def _open_desk(code: str) -> Desk:
    desk = open_desks.first(code=code)
    if desk is None:
        raise Http404
    return desk


@login_not_required
@require_safe
def desk_page(request: HttpRequest, code: str) -> HttpResponse:
    """Tab « Soumettre une réclamation » (rows A21, A22; C4–C19, C34–C46)."""
    desk = _open_desk(code)
    guide = questions_of(desk).texts.get(LegalText.Kind.COMPLAINT_GUIDE)
    mediators = [(for_whom(each), each.mediator, reach(each.mediator)) for each in answering_of(desk).in_force()]
    context = {
        "desk": desk,
        "tab": "submit",
        "delays": _promised_delays(desk),
        "guide": guide,
        "mediators": mediators,
    }
    context["expected"] = expected_delay(desk)
    return render(request, "complaints/desk.html", context)


def _promised_delays(desk: Desk) -> list[tuple[str, str]]:
    """The delays of the desk, then those that categories set for themselves (F9). One query, or two where there are."""
    own = categories_with_delays.rows(desk=desk.pk) if questions_of(desk).own_delays else []
    return [amount for procedure in procedures_with_delays.rows(desk=desk.pk) for amount in _delays(procedure)] + [
        (_("%(what)s, pour « %(category)s »") % {"what": what, "category": category.name}, amount)
        for category in own
        for what, amount in _delays(category)
    ]


def _delays(procedure: Procedure | Category) -> list[tuple[str, str]]:
    """What is promised, and within how long: « 10 jours ouvrables »."""
    promised = [
        (_("Prise en charge"), procedure.acknowledgement_delay),
        (_("Réponse"), procedure.answer_delay),
    ]
    return [(label, spelled_amount(delay)) for label, delay in promised if delay is not None]


@login_not_required
@require_safe
def desk_follow(request: HttpRequest, code: str) -> HttpResponse:
    """Tab « suivre ma réclamation », button « accéder » (rows A26, A27)."""
    return render(request, "complaints/desk_follow.html", {"desk": _open_desk(code), "tab": "follow"})


@login_not_required
@require_http_methods(["GET", "POST"])
def begin(request: HttpRequest, code: str) -> HttpResponse:
    """« Commencer la démarche »: a draft of one's own, and its first page. Opened again, the page with the button."""
    desk = _open_desk(code)
    if request.method == "GET":
        return redirect("complaints:desk", code)
    throttles.count("draft-address", client_address(request))
    draft = create_draft(wizard=filing.key, desk=desk, language=get_language() or "fr")
    own(request, draft)
    return redirect(filing.url(draft, next(iter(filing))))
