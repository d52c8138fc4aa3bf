"""What an agent can do with a declaration or a claim, as its page offers it: readable as two tables."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.cases.actions import Action, actions_by_name
from claims_portal.cases.services.assignment import assign_case
from health_claims.models import Claim, Declaration, Reason
from health_claims.services import claims, deciding, reviewing, settling

Use = Reason.Use
NOTE_MAX = 500  # what the column of a declaration holds
LONGEST = 2000  # what the desk writes about a claim


def of_declarations(service: Callable[..., Any]) -> Callable[..., Any]:
    """Return a service of declarations as one of cases; the text is its note."""

    def serve(*, case_id: int, body: str | None = None, **given: Any) -> Any:
        note = {} if body is None else {"note": body}
        return service(declaration_id=case_id, **note, **given)

    return serve


def of_claims(service: Callable[..., Any]) -> Callable[..., Any]:
    """Return a service of claims as one of cases."""
    return lambda *, case_id, **given: service(claim_id=case_id, **given)


DECLARATION_ACTIONS = actions_by_name(
    Action(
        "validate",
        of_declarations(deciding.validate_declaration),
        _("Un dossier est ouvert. L’adhérent reçoit son numéro par e-mail."),
        _("Déclaration %(number)s validée : le dossier est ouvert."),
        route="valider",
        key="v",
    ),
    Action(
        "reject",
        of_declarations(deciding.reject_declaration),
        _("Aucun dossier n’est ouvert. L’adhérent lit le motif et la précision, avec ce qu’il peut faire."),
        _("Déclaration %(number)s rejetée. L’adhérent est prévenu."),
        route="rejeter",
        key="r",
        reasons=Use.REJECTION,
        text_label=_("Précision (facultatif)"),
        needs="reason",
        longest=NOTE_MAX,
    ),
    Action(
        "ask_complement",
        of_declarations(deciding.ask_declaration_complement),
        _("La déclaration reste « Créée » et revient dans la file avec la réponse de l’adhérent."),
        _("Complément demandé pour la déclaration %(number)s. L’adhérent est prévenu."),
        route="complement",
        key="c",
        reasons=Use.COMPLEMENT,
        text_label=_("Ce qu’il manque, dans vos mots"),
        needs="either",
        longest=NOTE_MAX,
    ),
    Action(
        "assign",
        partial(assign_case, Declaration),
        _("Vous devenez l’agent de cette déclaration. L’adhérent n’en est pas informé."),
        _("La déclaration %(number)s vous est attribuée."),
        route="attribuer",
    ),
)
CLAIM_ACTIONS = actions_by_name(
    Action(
        "ask_complement",
        of_claims(claims.ask_claim_complement),
        _("Le dossier attend la réponse de l’adhérent."),
        _("Complément demandé. L’adhérent est prévenu."),
        route="complement",
        key="c",
        reasons=Use.COMPLEMENT,
        text_label=_("Ce qu’il manque, dans vos mots (facultatif)"),
        needs="reason",
        longest=LONGEST,
    ),
    Action(
        "ask_counter_visit",
        of_claims(claims.ask_counter_visit),
        _("L’adhérent lit ce texte dans son espace ; le message qui le prévient n’en dit rien."),
        _("Contre-visite demandée. L’adhérent est prévenu."),
        route="contre-visite",
        text_label=_("Médecin, lieu, date et heure du rendez-vous"),
        needs="text",
        longest=LONGEST,
    ),
    Action(
        "record_counter_visit",
        of_claims(claims.record_counter_visit),
        _("Seul le service lit cet avis. L’étude du dossier reprend."),
        _("L’avis est enregistré."),
        route="avis",
        text_label=_("Avis du médecin"),
        needs="text",
        longest=LONGEST,
    ),
    Action(
        "refuse",
        of_claims(claims.refuse_claim),
        _("L’adhérent lit le motif et la précision, et peut contester."),
        _("Dossier refusé. L’adhérent est prévenu."),
        route="refuser",
        key="r",
        reasons=Use.REFUSAL,
        text_label=_("Précision (facultatif)"),
        needs="reason",
        longest=LONGEST,
    ),
    Action(
        "leave_batch",
        of_claims(settling.leave_batch),
        _("Le total du lot est recalculé. Établissez ensuite un nouveau décompte : un prochain lot le prendra."),
        _("Le dossier est sorti du lot. Établissez un nouveau décompte."),
        route="sortir-du-lot",
        text_label=_("Pourquoi ? L’adhérent ne le lit pas."),
        needs="text",
        longest=NOTE_MAX,
    ),
    Action(
        "review",
        of_claims(reviewing.record_review),
        _("Seul le service lit ce constat. Le dossier peut ensuite entrer dans un lot de règlement."),
        _("Le contrôle est enregistré."),
        route="controle",
        text_label=_("Ce que montre le contrôle"),
        needs="text",
        longest=LONGEST,
    ),
    Action(
        "assign",
        partial(assign_case, Claim),
        _("Vous devenez l’agent de ce dossier. L’adhérent n’en est pas informé."),
        _("Ce dossier vous est attribué."),
        route="attribuer",
    ),
)
