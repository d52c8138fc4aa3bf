"""What an agent answers with at a desk: outcomes, reasons, mediators, templates; read once a version of the desk."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

from django.utils.translation import gettext as _

from claims_portal.organisations.desk_cache import cached_per_desk_version
from claims_portal.organisations.models import Desk

from .models import AnswerTemplate, Complaint, Mediation, Mediator, Outcome, Reason, RiskBearer


@dataclass(frozen=True)
class Answering:
    """Everything of one desk that its answers are made with."""

    outcomes: tuple[Outcome, ...]
    reasons: tuple[Reason, ...]
    mediations: tuple[Mediation, ...]
    templates: tuple[AnswerTemplate, ...]

    def in_force(self) -> list[Mediation]:
        """The mediators that may be named today."""
        return [each for each in self.mediations if each.mediator.is_valid]

    def risk_bearers(self) -> list[tuple[str, str]]:
        """The kinds of risk bearer among which a mediator is chosen; none where that decides nothing."""
        kinds = dict.fromkeys(each.risk_bearer for each in self.in_force() if each.risk_bearer)
        return [(kind, str(RiskBearer(kind).label)) for kind in kinds] if len(kinds) > 1 else []


@cached_per_desk_version
def answering_of(desk: Desk) -> Answering:
    """Return what a desk answers with, as staff last saved it."""
    rows = Outcome.objects.of_organisation(desk.organisation_id)
    return Answering(
        outcomes=tuple(rows.exclude(kind__in=Outcome.WITHOUT_ANSWER)),  # type: ignore[arg-type]
        reasons=tuple(Reason.objects.of_organisation(desk.organisation_id)),  # type: ignore[arg-type]
        mediations=tuple(Mediation.objects.filter(desk=desk).select_related("mediator")),
        templates=tuple(AnswerTemplate.objects.of_desk(desk)),
    )


def risk_bearer_of(complaint: Complaint) -> str:
    """Who bears the risk, as far as it is known: what the agent said, else what its category says; "" otherwise."""
    return str(complaint.risk_bearer or complaint.category.risk_bearer)


def recourse(desk: Desk, risk_bearer: str = "") -> str:
    """« En cas de désaccord… »: the way on after an answer, even a favourable one (DOMAIN: ACPR 2022-R-01).

    In the active language; "" at a desk that names no mediator. Where the risk bearer is not known, every
    mediator of the desk is named with the contracts it is for (rows C41, C44).
    """
    head = _("Si un désaccord persiste après cette réponse, un recours gratuit et indépendant vous est ouvert.")
    return _headed(head, ways_on(desk, risk_bearer))


def recourse_when_late(desk: Desk, risk_bearer: str = "") -> str:
    """The way on when no answer came in time, as `recourse` says it after one."""
    head = _("La réponse n’est pas venue dans son délai : ce recours est gratuit.")
    return _headed(head, ways_on(desk, risk_bearer))


def _headed(head: str, ways: list[WayOn]) -> str:
    return "\n\n".join([head, *("\n".join(each.lines()) for each in ways)]) if ways else ""


@dataclass(frozen=True)
class WayOn:
    """Somebody to turn to, in the active language: for which contracts, the name, where to write, and when."""

    whom: str
    name: str
    reach: tuple[str, ...]
    when: str

    def lines(self) -> list[str]:
        """All of it, one line each."""
        return [line for line in (self.whom, self.name, *self.reach, self.when) if line]


def ways_on(desk: Desk, risk_bearer: str = "") -> list[WayOn]:
    """The mediators of a desk for this risk bearer; every one of them, and for whom, while it is not known."""
    mediations = answering_of(desk).in_force()
    known = [each for each in mediations if each.risk_bearer in ("", risk_bearer)] if risk_bearer else []
    named = known or mediations
    several = len({each.mediator_id for each in named}) > 1
    return [
        WayOn(
            whom="".join(for_whom(each)) if several else "",
            name=str(each.mediator.name),
            reach=tuple(reach(each.mediator)),
            when=str(each.mediator.when),
        )
        for each in named
    ]


def for_whom(mediation: Mediation) -> list[str]:
    """« Votre contrat est porté par un assureur : », where the mediator serves such contracts only."""
    match mediation.risk_bearer:
        case RiskBearer.INSURER:
            return [_("Si votre contrat est porté par un assureur :")]
        case RiskBearer.PROVIDENT:
            return [_("Si votre contrat est porté par une institution de prévoyance :")]
    return []


def reach(mediator: Mediator) -> Iterable[str]:
    """How to reach a mediator: the address on one line, then the site."""
    lines = [line.strip() for line in mediator.postal_address.splitlines() if line.strip()]
    comma = "، " if any("\u0600" <= letter <= "\u06ff" for letter in mediator.postal_address) else ", "
    return [part for part in (comma.join(lines), mediator.website) if part]
