"""What waits for whom, at the desks of an agent: declarations to decide, claims to compute, claims to pay."""

from __future__ import annotations

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest
from django.urls import reverse
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.cases.queues import STANDARD_QUEUES, Choice, Queue, by_name, queue_url
from claims_portal.backoffice.panels import Counter, Panel, on_front_page
from claims_portal.cases.workflow import WaitingOn
from health_claims.models import Claim, Declaration, PriorApproval
from health_claims.roles import VIEW_CLAIMS, VIEW_DECLARATIONS
from health_claims.services.reviewing import TO_REVIEW
from health_claims.services.settling import payable
from health_claims.workflow import HANDLE, SETTLE, ClaimState, DeclarationState


def to_decide(declarations: QuerySet[Any]) -> QuerySet[Any]:
    """« Créée », and nothing is awaited from the member."""
    return declarations.filter(state=DeclarationState.CREATED, waiting_on=WaitingOn.DESK)


UNDELIVERED = STANDARD_QUEUES["non-remis"]

DECLARATIONS = by_name(
    Queue(
        "a-traiter",
        _("À traiter"),
        "inbox",
        _("Aucune déclaration n’attend de décision."),
        lambda rows, user: to_decide(rows),
        oldest_first=True,
    ),
    Queue(
        "complement",
        _("Complément demandé"),
        "hourglass-split",
        _("Aucun adhérent ne doit répondre."),
        lambda rows, user: rows.filter(state=DeclarationState.CREATED, waiting_on=WaitingOn.PERSON),
        oldest_first=True,
    ),
    Queue(
        "validees",
        _("Validées"),
        "check-circle-fill",
        _("Aucune déclaration validée pour l’instant."),
        lambda rows, user: rows.filter(state=DeclarationState.VALIDATED),
    ),
    Queue(
        "rejetees",
        _("Rejetées"),
        "exclamation-circle-fill",
        _("Aucune déclaration rejetée pour l’instant."),
        lambda rows, user: rows.filter(state=DeclarationState.REJECTED),
    ),
    UNDELIVERED,
    Queue("toutes", _("Toutes"), "folder2-open", _("Aucune déclaration pour l’instant."), lambda rows, user: rows),
)


def _in_state(state: ClaimState) -> Choice:
    return lambda rows, user: rows.filter(state=state)


CLAIMS = by_name(
    Queue(
        "en-cours",
        _("En cours"),
        "inbox",
        _("Aucun dossier à étudier."),
        _in_state(ClaimState.OPENED),
        oldest_first=True,
    ),
    Queue(
        "complement",
        _("Complément"),
        "hourglass-split",
        _("Aucun adhérent ne doit répondre."),
        _in_state(ClaimState.COMPLEMENT),
        oldest_first=True,
    ),
    Queue(
        "contre-visite",
        _("Contre-visite"),
        "person",
        _("Aucune contre-visite en cours."),
        _in_state(ClaimState.COUNTER_VISIT),
        oldest_first=True,
    ),
    Queue(
        "controle",
        _("À contrôler"),
        "shield-lock",
        _("Aucun dossier à contrôler."),
        lambda rows, user: rows.filter(TO_REVIEW).exclude(state=ClaimState.REFUSED),
        oldest_first=True,
    ),
    Queue(
        "a-regler",
        _("À régler"),
        "bank",
        _("Aucun règlement à faire."),
        _in_state(ClaimState.COMPUTED),
        oldest_first=True,
    ),
    Queue("regles", _("Réglés"), "check-circle-fill", _("Aucun dossier réglé."), _in_state(ClaimState.PAID)),
    Queue(
        "refuses", _("Refusés"), "exclamation-circle-fill", _("Aucun dossier refusé."), _in_state(ClaimState.REFUSED)
    ),
    UNDELIVERED,
    Queue("tous", _("Tous"), "folder2-open", _("Aucun dossier pour l’instant."), lambda rows, user: rows),
)


DECLARATION_LIST = "admin:health_claims_declaration_changelist"
CLAIM_LIST = "admin:health_claims_claim_changelist"
# The queues that wait for somebody of the desk, on the front page.
SHOWN = (
    (VIEW_DECLARATIONS, HANDLE, Declaration, DECLARATION_LIST, DECLARATIONS, ("a-traiter", "complement")),
    (VIEW_CLAIMS, HANDLE, Claim, CLAIM_LIST, CLAIMS, ("en-cours", "contre-visite")),
)


@on_front_page
def health_panel(request: HttpRequest) -> Panel | None:
    """How many declarations and claims wait."""
    user: Any = request.user
    if not user.is_authenticated:
        return None
    desks = None
    counters = []
    for view, handle, model, page, queues, names in SHOWN:
        if not (user.has_perm(view) or user.has_perm(handle)):
            continue
        desks = _desks(user) if desks is None else desks
        rows = _at(model, desks)
        chosen = [queues[name] for name in names]
        counters += [
            Counter(queue.label, queue.choose(rows, user), queue_url(page, queue), queue.icon) for queue in chosen
        ]
    if user.has_perm(HANDLE):
        to_decide = PriorApproval.objects.visible_to(user).pending()
        pending = f"{reverse('admin:health_claims_priorapproval_changelist')}?decision__exact=pending"
        counters.append(Counter(_("Accords préalables à décider"), to_decide, pending, "file-earmark-text"))
    if user.has_perm(SETTLE):
        desks = _desks(user) if desks is None else desks
        owed = payable(_at(Claim, desks))
        counters.append(Counter(_("À régler"), owed, queue_url(CLAIM_LIST, CLAIMS["a-regler"]), "bank"))
    page = "admin/health_claims/front_page.html"
    return Panel(_("Assurance maladie"), counters, page, first=True) if counters else None


def _desks(user: Any) -> list[int] | str:
    return "all" if user.is_superuser else user.desk_ids()


def _at(model: Any, desks: list[int] | str) -> QuerySet[Any]:
    rows: QuerySet[Any] = model.objects.all()
    return rows if desks == "all" else rows.filter(desk__in=desks)
