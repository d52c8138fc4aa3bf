"""What may slow a declaration down or cost the person money, said before it is sent. Nothing here forbids anything.

Each caution has a code, kept on the declaration, a title that agents read too, and a sentence that says what to do.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import Any

from django.db.models import DecimalField, OuterRef, Q, Subquery, Value
from django.db.models.functions import Coalesce
from django.utils.formats import date_format, number_format
from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from claims_portal.deadlines.compute import months_later
from membership.models import Beneficiary, Ceiling, Guarantee, Member

from .models import Claim, Declaration, Statement
from .periods import YEAR, age_on, period_of
from .workflow import ClaimState, DeclarationState

NOTHING = Decimal("0.00")
ILLEGIBLE = frozenset({"low_resolution", "dark", "blank", "blurred", "sideways"})

TITLES: dict[str, str | Promise] = {
    "late": _("Délai de déclaration dépassé"),
    "same-care": _("Soins déjà déclarés"),
    "ceiling": _("Plafond atteint"),
    "frequency": _("Délai entre deux prises en charge"),
    "times": _("Nombre de prises en charge atteint"),
    "age": _("Âge limite dépassé"),
    "waiting": _("Délai de carence"),
    "no-rights": _("Droits non ouverts à cette date"),
    "not-guaranteed": _("Prestation non garantie à cette date"),
    "prior-approval": _("Accord préalable demandé"),
    "no-rib": _("RIB manquant"),
    "illegible": _("Pièces difficiles à lire"),
}
SENTENCES: dict[str, str | Promise] = {
    "late": _(
        "Le contrat demande de déclarer ces soins avant le %(date)s. Vous pouvez envoyer ce dossier : "
        "joignez ce qui explique le retard, l’assureur en tiendra compte."
    ),
    "same-care": _(
        "Vous avez déjà déclaré ce type de dossier, pour la même personne et la même date. "
        "Vérifiez dans « Suivi dossiers » ; s’il s’agit d’autres soins, envoyez celui-ci."
    ),
    "ceiling": _(
        "Le plafond de %(amount)s MAD est déjà atteint pour cette période. "
        "Vous pouvez envoyer ce dossier : il se peut que rien ne soit remboursé."
    ),
    "frequency": _(
        "Le contrat rembourse cette prestation une fois tous les %(months)d mois : une autre date du %(date)s. "
        "Si un besoin médical l’explique, joignez la prescription."
    ),
    "times": _(
        "Le contrat rembourse cette prestation %(times)d fois au plus, déjà atteintes pour cette personne. "
        "Vous pouvez envoyer ce dossier ; l’assureur vous dira pourquoi s’il le rejette."
    ),
    "age": _(
        "Le contrat demande que ces soins commencent avant %(age)d ans. "
        "Si le traitement a commencé plus tôt, joignez ce qui le montre."
    ),
    "waiting": _(
        "Le contrat ouvre cette prestation à cette personne le %(date)s, après un délai de carence. "
        "Vérifiez la date des soins ; vous pouvez envoyer ce dossier."
    ),
    "no-rights": _(
        "À la date des soins, les droits de %(name)s ne sont pas ouverts dans le contrat. "
        "Vérifiez la date et la personne ; si elles sont justes, joignez l’attestation qui montre ses droits."
    ),
    "not-guaranteed": _(
        "Le contrat ne prévoyait pas cette prestation à la date des soins. "
        "Vérifiez la date ; vous pouvez envoyer ce dossier."
    ),
    "prior-approval": _(
        "Le contrat demande un accord préalable pour cette prestation. "
        "Joignez-le si vous l’avez ; sinon, demandez-le avant d’autres soins."
    ),
    "no-rib": _(
        "Nous n’avons pas votre RIB. Le dossier sera étudié, mais le virement attendra : "
        "demandez à votre organisme d’affiliation de le transmettre à l’assureur."
    ),
    "illegible": _(
        "À lire de près : %(files)s. Un document illisible peut faire rejeter le dossier ; "
        "si vous le pouvez, remplacez-le par une image plus nette."
    ),
}


@dataclass(frozen=True)
class Caution:
    """One thing to know before sending."""

    code: str
    facts: dict[str, Any]

    @property
    def title(self) -> str:
        return str(TITLES[self.code])

    @property
    def text(self) -> str:
        return str(SENTENCES[self.code]) % {name: _said(fact) for name, fact in self.facts.items()}


def _said(fact: Any) -> Any:
    """A date or an amount as people read it."""
    if isinstance(fact, date):
        return date_format(fact)
    return number_format(fact, 2, force_grouping=True) if isinstance(fact, Decimal) else fact


@dataclass(frozen=True)
class Care:
    """What is about to be declared."""

    member: Member
    patient: Beneficiary | None  # None: the member
    guarantee: Guarantee
    guaranteed_then: bool
    care_date: date
    today: date
    files: tuple[tuple[str, frozenset[str]], ...] = ()  # name and legibility codes of each

    @property
    def person(self) -> Member | Beneficiary:
        return self.patient or self.member


@dataclass(frozen=True)
class Past:
    """One earlier declaration of the same person, or one claim of theirs with what was paid on it."""

    is_claim: bool
    prestation_id: int
    care_date: date
    paid: Decimal


def cautions(care: Care) -> list[Caution]:
    """All that is worth knowing before sending, the gravest first. Two queries."""
    past = past_of(care)
    found = [*_of_rights(care), *_of_contract(care, past), *_of_ceilings(care, past), *_of_papers(care)]
    order = list(TITLES)
    return sorted(found, key=lambda each: order.index(each.code))


def past_of(care: Care) -> list[Past]:
    """What this person declared that was not rejected, and the claims that were not refused; one query."""
    same = Q(member=care.member, patient=care.patient)
    latest = Statement.objects.filter(claim=OuterRef("pk")).order_by("-version").values("paid")[:1]
    money = DecimalField(max_digits=10, decimal_places=2)
    columns = ("is_claim", "prestation_id", "care_date", "paid")
    declared = Declaration.objects.filter(same).exclude(state=DeclarationState.REJECTED)
    settled = Claim.objects.filter(same).exclude(state=ClaimState.REFUSED)
    rows = (
        declared.annotate(is_claim=Value(False), paid=Value(NOTHING, output_field=money))
        .values_list(*columns)
        .union(
            settled.annotate(
                is_claim=Value(True), paid=Coalesce(Subquery(latest), NOTHING, output_field=money)
            ).values_list(*columns),
            all=True,
        )
    )
    return [Past(*row) for row in rows]


def _of_rights(care: Care) -> Iterator[Caution]:
    if not care.person.has_rights_on(care.care_date):
        yield Caution("no-rights", {"name": care.person.full_name})
    opens = care.person.rights_from + timedelta(days=care.guarantee.waiting_days)
    if care.person.rights_from <= care.care_date < opens:
        yield Caution("waiting", {"date": opens})
    limit = care.guarantee.begun_before_age
    if limit and age_on(day=care.care_date, birth_date=care.person.birth_date) >= limit:
        yield Caution("age", {"age": limit})


def _of_contract(care: Care, past: list[Past]) -> Iterator[Caution]:
    guarantee = care.guarantee
    same = [each for each in past if each.prestation_id == guarantee.prestation_id]
    if not care.guaranteed_then:
        yield Caution("not-guaranteed", {})
    if guarantee.declaration_days is not None:
        last_day = care.care_date + timedelta(days=guarantee.declaration_days)
        if last_day < care.today:
            yield Caution("late", {"date": last_day})
    if any(each.care_date == care.care_date for each in same):
        yield Caution("same-care", {})
    claims = [each for each in same if each.is_claim]
    if guarantee.frequency_months:
        near = [each.care_date for each in claims if _too_close(each.care_date, care.care_date, guarantee)]
        if near:
            yield Caution("frequency", {"months": guarantee.frequency_months, "date": max(near)})
    if guarantee.times_max and len(claims) >= guarantee.times_max:
        yield Caution("times", {"times": guarantee.times_max})
    if guarantee.needs_prior_approval:
        yield Caution("prior-approval", {})


def _too_close(before: date, day: date, guarantee: Guarantee) -> bool:
    """Two days of care, whichever came first, nearer than the frequency; the same day is the same care."""
    return before != day and months_later(min(before, day), guarantee.frequency_months or 0) > max(before, day)


def _of_ceilings(care: Care, past: list[Past]) -> Iterator[Caution]:
    """At most one: the first that is used up says enough."""
    on_the_day = Q(valid_from__lte=care.care_date) & (Q(valid_to__isnull=True) | Q(valid_to__gte=care.care_date))
    for ceiling in Ceiling.objects.filter(
        on_the_day,
        Q(prestation=None) | Q(prestation=care.guarantee.prestation),
        policy_id=care.member.policy_id,
        period_months__isnull=False,
    ).exclude(scope=Ceiling.Scope.ACT):
        if used(ceiling, care.care_date, past) >= ceiling.amount:
            yield Caution("ceiling", {"amount": ceiling.amount})
            return


def used(ceiling: Ceiling, day: date, past: list[Past]) -> Decimal:
    """What was paid under a ceiling over its period, as a statement counts it (`health_claims.periods`)."""
    counting = [each for each in past if each.is_claim and ceiling.prestation_id in (None, each.prestation_id)]
    begun = min([day, *(each.care_date for each in counting)])
    period = period_of(day=day, months=ceiling.period_months or YEAR, begun=begun)
    return sum((each.paid for each in counting if each.care_date in period), NOTHING)


def _of_papers(care: Care) -> Iterator[Caution]:
    if not care.member.rib and care.member.payment == Member.Payment.TRANSFER:
        yield Caution("no-rib", {})
    hard = [name for name, advice in care.files if advice & ILLEGIBLE]
    if hard:
        yield Caution("illegible", {"files": ", ".join(hard)})
