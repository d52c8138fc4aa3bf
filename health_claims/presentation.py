"""A claim and its statement in the words and shapes their pages show. Reads what is loaded, queries nothing."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from decimal import Decimal
from typing import Any

from django.utils.functional import Promise
from django.utils.safestring import SafeString
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext_lazy

from membership.models import Member

from .computation import HUNDRED, ZERO
from .computation import money as rounded
from .explanation import NO_BREAK, explain, percent, plain
from .models import Claim, ClaimEvent, Statement, StatementLine
from .services.estimating import Estimate
from .workflow import ClaimState

TONES = {
    ClaimState.OPENED: "info",
    ClaimState.COMPLEMENT: "turn",
    ClaimState.COUNTER_VISIT: "turn",
    ClaimState.COMPUTED: "info",
    ClaimState.PAID: "success",
    ClaimState.REFUSED: "danger",
}
EVENTS: dict[str, str | Promise] = {
    "opened": pgettext_lazy("étape d’un dossier de soins", "Dossier ouvert"),
    "ask_complement": gettext_lazy("Complément demandé"),
    "supply": gettext_lazy("Complément envoyé"),
    "ask_counter_visit": gettext_lazy("Contre-visite demandée"),
    "record_counter_visit": gettext_lazy("Contre-visite faite"),
    "compute": gettext_lazy("Décompte établi"),
    "feedback": gettext_lazy("Avis donné"),
    "leave_batch": gettext_lazy("Dossier remis à l’étude"),
    "pay": gettext_lazy("Règlement émis"),
    "refuse": gettext_lazy("Dossier refusé"),
}
# What the member reads of these events; the opinion of a counter-visit is medical and is given by its doctor.
SAID_TO_MEMBER = frozenset({"ask_complement", "supply", "ask_counter_visit", "refuse", "feedback"})
YOURS = (ClaimState.COMPLEMENT, ClaimState.COUNTER_VISIT)
HOW: dict[str, str | Promise] = {
    Member.Payment.TRANSFER: gettext_lazy("par virement sur votre compte"),
    Member.Payment.CHEQUE: gettext_lazy("par chèque"),
    Member.Payment.SUBSCRIBER: gettext_lazy("par l’intermédiaire de votre employeur"),
}


def awaits_rib(claim: Claim) -> bool:
    """The statement is ready, and the money has nowhere to go (row E125). Reads `member`, and `to_pay` where known."""
    by_transfer = claim.member.payment == Member.Payment.TRANSFER and not claim.member.rib
    return claim.state == ClaimState.COMPUTED and by_transfer and not pays_nothing(claim)


def pays_nothing(claim: Claim) -> bool:
    """Whether the newest statement of a claim read `with_amount` comes to zero."""
    return getattr(claim, "to_pay", None) == 0


def chip(claim: Claim) -> dict[str, Any]:
    """The state, for `components/status_chip.html`."""
    if awaits_rib(claim):
        return {"label": _("En attente de RIB"), "tone": "turn"}
    state = ClaimState(claim.state)
    return {"label": state.label, "tone": TONES[state]}


def turn(claim: Claim) -> str:
    """Whose turn it is: « you », « desk » or « nobody »."""
    if claim.state in YOURS or awaits_rib(claim):
        return "you"
    return "nobody" if claim.state in (ClaimState.PAID, ClaimState.REFUSED) else "desk"


def standing(claim: Claim) -> str:
    """Where the claim stands and what happens next. Reads `member`, `desk.organisation`, and `to_pay` where known."""
    if awaits_rib(claim):
        return _("Votre décompte est prêt, mais votre RIB nous manque pour le régler.")
    if pays_nothing(claim) and claim.state in NOTHING_DUE:
        return str(NOTHING_DUE[ClaimState(claim.state)])
    how = HOW[Member.Payment(claim.member.payment)]
    return STANDING[ClaimState(claim.state)]() % {"desk": claim.desk.organisation.short_name, "how": how}


NOTHING_DUE: dict[ClaimState, str | Promise] = {
    ClaimState.COMPUTED: gettext_lazy("Votre décompte est établi. Rien n’est à régler, et il dit pourquoi."),
    ClaimState.PAID: gettext_lazy("Votre dossier est terminé. Rien n’était à régler, et le décompte dit pourquoi."),
}
STANDING = {
    ClaimState.OPENED: lambda: _("%(desk)s étudie votre dossier : vous n’avez rien à faire."),
    ClaimState.COMPLEMENT: lambda: _("%(desk)s a besoin d’un complément de votre part pour continuer."),
    ClaimState.COUNTER_VISIT: lambda: _("%(desk)s demande l’avis d’un second médecin avant de décider."),
    ClaimState.COMPUTED: lambda: _("Votre décompte est établi. Le règlement suivra %(how)s."),
    ClaimState.PAID: lambda: _("Votre dossier est réglé %(how)s."),
    ClaimState.REFUSED: lambda: _("%(desk)s n’a pas pu prendre en charge ce dossier."),
}


def timeline(events: Iterable[ClaimEvent], claim: Claim) -> list[dict[str, Any]]:
    """What happened, newest first, as the member may read it."""
    desk = claim.desk.organisation.short_name
    return [
        {
            "at": event.at,
            "title": EVENTS.get(event.kind, event.kind),
            "who": _("vous") if event.user_id is None and event.kind in ("supply", "feedback") else desk,
            "text": event.body if event.kind in SAID_TO_MEMBER else "",
            "tone": TONES.get(ClaimState(event.to_state), "neutral"),
        }
        for event in reversed(list(events))
        if event.is_public
    ]


@dataclass(frozen=True)
class LineShown:
    """A line of a statement as the table shows it (rows E107–E112)."""

    line: StatementLine
    cotation: str
    base_rate: str
    rate: str
    adjustment: dict[str, Any] | None  # why another amount than was asked is retained
    abatements: list[dict[str, Any]]
    sentences: list[SafeString]


LIMITS: dict[str, str | Promise] = {
    "ceiling-act": gettext_lazy("Plafond par acte"),
    "ceiling-prestation": gettext_lazy("Plafond pour ces soins"),
    "ceiling-person": gettext_lazy("Plafond, toutes prestations"),
    "ceiling-family": gettext_lazy("Plafond de la famille"),
    "deductible": gettext_lazy("Franchise de l’année"),
}


def limits_shown(estimate: Estimate) -> list[dict[str, Any]]:
    """Each ceiling and the deductible of an estimate: its amount, what was used of it, what would be left after."""
    cuts = estimate.outcome.abatements
    borne = sum((cut.amount for cut in cuts if cut.reason == "deductible"), ZERO)
    shown = []
    for limit in estimate.limits:
        taken = borne if limit.reason == "deductible" else estimate.outcome.paid
        shown.append(
            {
                "label": LIMITS[limit.reason],
                "first": limit.facts.get("from"),
                "last": limit.facts.get("to"),
                "amount": limit.amount,
                "used": None if limit.per_act else limit.used,
                "left": None if limit.per_act else max(ZERO, limit.amount - limit.used - taken),
            }
        )
    return shown


def asked_in_all(statement: Statement) -> Decimal | None:
    """What the insured asked for altogether, where another amount was retained; None where it is the same."""
    asked = sum((each.spent if each.asked is None else each.asked for each in statement.lines.all()), ZERO)
    return asked if asked != statement.spent else None


def lines_shown(lines: Iterable[StatementLine], claim: Claim) -> list[LineShown]:
    """The lines with their abatements and their computation in words.

    `abatements__reason` and `adjustment` are prefetched.
    """
    return [_line_shown(line, claim) for line in lines]


def _rate_counted(line: StatementLine) -> bool:
    """Whether the base regime paid its rate on the base: not where its own statement says something else."""
    return line.base_paid == min(line.spent, rounded(line.base * line.base_rate / HUNDRED)) and line.base_rate > ZERO


def _line_shown(line: StatementLine, claim: Claim) -> LineShown:
    cuts = list(line.abatements.all())
    reasons = {each.reason.code: each.reason.label for each in cuts}
    why = line.adjustment
    if why is not None:
        reasons[why.code] = why.label
    return LineShown(
        line=line,
        cotation=f"{line.letter}{NO_BREAK}{plain(line.coefficient)}" if line.coefficient is not None else "",
        base_rate=percent(line.base_rate) if _rate_counted(line) else "",
        # A flat amount has no rate.
        rate="" if claim.guarantee.mode == "flat" else percent(line.rate),
        adjustment={"label": why.label, "advice": why.advice, "note": line.adjustment_note} if why else None,
        abatements=[
            {"label": each.reason.label, "advice": each.reason.advice, "amount": each.amount, "note": each.note}
            for each in cuts
        ],
        sentences=explain(steps=line.steps, reasons=reasons),
    )
