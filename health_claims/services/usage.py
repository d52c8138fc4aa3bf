"""What decides about a person's care on a day: the guarantee, its ceilings, and what was already used of them.

Counted are the current statements of claims computed or paid: not those refused, not the versions replaced since.
Reads only. Who then writes what is left holds the lock of the member's row, or two claims would take it twice.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from decimal import Decimal
from typing import TypeVar

from django.db.models import Exists, OuterRef, Q, QuerySet, Sum, Value
from django.db.models.functions import Coalesce

from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.compute import months_later
from health_claims.computation import ZERO, Exclusion, Limit, Rule, Terms
from health_claims.models import PriorApproval, Statement
from health_claims.periods import YEAR, Period, age_on, period_of
from health_claims.workflow import ClaimState
from membership.models import Beneficiary, Ceiling, Deductible, Guarantee, Member, Prestation

Dated = TypeVar("Dated", Ceiling, Deductible)
COUNTED = (ClaimState.COMPUTED, ClaimState.PAID)
REASONS = {
    Ceiling.Scope.ACT: "ceiling-act",
    Ceiling.Scope.PRESTATION: "ceiling-prestation",
    Ceiling.Scope.PERSON: "ceiling-person",
    Ceiling.Scope.FAMILY: "ceiling-family",
}
LAST = (Ceiling.Scope.PERSON, Ceiling.Scope.FAMILY)  # they cut after what is of one kind of care


@dataclass(frozen=True)
class Paid:
    """What a claim that counts brought: what was paid, and what the person bore of their deductible."""

    day: date
    prestation_id: int
    amount: Decimal
    borne: Decimal


Past = list[Paid]  # by date of care


@dataclass(frozen=True)
class Care:
    """Whose care, of what kind, on which day.

    `claim_id` is the claim being computed: it does not count itself. `declared_on` is the day it was declared online,
    in the insurer's zone; None before that, and for a file on paper: nobody wrote down when it was handed in.
    `is_planned`: a prior approval can still be asked.
    """

    member: Member
    patient: Beneficiary | None
    prestation: Prestation
    day: date
    claim_id: int | None = None
    declared_on: date | None = None
    is_planned: bool = False

    @property
    def person(self) -> Member | Beneficiary:
        return self.patient or self.member


@dataclass(frozen=True)
class Standing:
    """Where a person stands with what a guarantee pays: its limits with what is used of them, its exclusions."""

    limits: tuple[Limit, ...]
    exclusions: tuple[Exclusion, ...]


def guarantee_on(*, care: Care) -> Guarantee | None:
    """The version of the guarantee in force on the day of care; None when nothing is guaranteed. One query."""
    found = Guarantee.objects.on(care.day).filter(policy_id=care.member.policy_id, prestation=care.prestation)
    return found.first()


def terms_of(*, care: Care, guarantee: Guarantee | None) -> Terms:
    """All that decides about this care today. Five queries at most; `guarantee` None means that nothing is paid."""
    if guarantee is None:
        return Terms(Rule(Guarantee.Mode.REMAINDER), exclusions=(Exclusion("not-covered"),))
    past = _past(care)
    standing = _standing(care, guarantee, past)
    return Terms(
        rule=Rule(guarantee.mode, guarantee.rate, guarantee.flat_amount or ZERO),
        limits=standing.limits,
        deductible=_deductible(care, past),
        exclusions=standing.exclusions,
    )


def standing_of(*, care: Care, guarantee: Guarantee) -> Standing:
    """What is left of the ceilings, and what would exclude this care: the warnings before it is declared, too.

    Four queries at most.
    """
    return _standing(care, guarantee, _past(care))


def _standing(care: Care, guarantee: Guarantee, past: Past) -> Standing:
    ceilings = _ceilings(care)
    own = [each for each in past if each.prestation_id == care.prestation.pk]
    return Standing(_limits(care, ceilings, past, own), _exclusions(care, guarantee, ceilings, own))


def _counted(member: int, claim: int) -> QuerySet[Statement]:
    """The current statements of a family's claims that count, but for this one (0: of all)."""
    newer = Statement.objects.filter(claim=OuterRef("claim"), version__gt=OuterRef("version"))
    others = Statement.objects.filter(claim__member=member, claim__state__in=COUNTED).exclude(claim=claim)
    return others.filter(~Exists(newer))


def _paid(member: int, patient: int, claim: int) -> QuerySet[Statement, tuple[date, int, Decimal, Decimal]]:
    """What was paid to a person, as `key_of` names them, and what they bore."""
    rows = _counted(member, claim).alias(whose=Coalesce("claim__patient", Value(0))).filter(whose=patient)
    by_deductible = Q(lines__abatements__reason__code="deductible")
    borne = Coalesce(Sum("lines__abatements__amount", filter=by_deductible), Value(ZERO))
    rows = rows.annotate(borne=borne).order_by("claim__care_date")
    return rows.values_list("claim__care_date", "claim__prestation", "paid", "borne")


_paid_to_person = CompiledQuery(_paid, member=int, patient=int, claim=int)
_ceilings_of = CompiledQuery(
    lambda policy, prestation: Ceiling.objects.filter(
        Q(prestation=prestation) | Q(prestation=None), policy=policy
    ).order_by("valid_from", "pk"),
    policy=int,
    prestation=int,
)


def key_of(patient: Beneficiary | None) -> int:
    """How the queries that are written once name the person treated; 0 for the member."""
    return patient.pk if patient else 0


def _past(care: Care) -> Past:
    """What this person was paid, whatever the care. One query: a person's claims of all years are few."""
    whose = {"member": care.member.pk, "patient": key_of(care.patient)}
    return [Paid(*row) for row in _paid_to_person.rows(**whose, claim=care.claim_id or 0)]


def _ceilings(care: Care) -> list[Ceiling]:
    """Those of the day, in the order in which they cut: by position, then those of the person, then of the family.

    Of two that speak of the same thing, the newer one: a change of rule is a new row. One query.
    """
    found = _ceilings_of.rows(policy=care.member.policy_id, prestation=care.prestation.pk)
    newest = {(each.scope, each.prestation_id, each.period_months): each for each in _valid(found, care.day)}
    return sorted(newest.values(), key=_rank)


def _valid(rows: list[Dated], day: date) -> list[Dated]:
    return [each for each in rows if each.valid_from <= day and (each.valid_to or day) >= day]


def _rank(ceiling: Ceiling) -> tuple[int, int, int]:
    return LAST.index(ceiling.scope) + 1 if ceiling.scope in LAST else 0, ceiling.position, ceiling.pk


def _limits(care: Care, ceilings: list[Ceiling], past: Past, own: Past) -> tuple[Limit, ...]:
    """Each ceiling with what was used of it: by this kind of care, by the person, or by the family as a whole.

    One query for each ceiling of the family.
    """
    limits = []
    for ceiling in ceilings:
        period, reason = _period(care, ceiling, own), REASONS[Ceiling.Scope(ceiling.scope)]
        if period is None:
            limits.append(Limit(reason, ceiling.amount, per_act=True))
            continue
        if ceiling.scope == Ceiling.Scope.FAMILY:
            used = _paid_to_family(care, period)
        else:
            counted = past if ceiling.scope == Ceiling.Scope.PERSON else own
            used = sum((each.amount for each in counted if each.day in period), ZERO)
        limits.append(Limit(reason, ceiling.amount, used, facts={"from": period.first, "to": period.last}))
    return tuple(limits)


def _paid_to_family(care: Care, period: Period) -> Decimal:
    """What the member and the people in their charge were paid in a period. One query."""
    counted = _counted(care.member.pk, care.claim_id or 0)
    there = counted.filter(claim__care_date__range=(period.first, period.last))
    total: Decimal | None = there.aggregate(total=Sum("paid"))["total"]
    return total or ZERO


def _period(care: Care, ceiling: Ceiling, own: Past) -> Period | None:
    """The period of a ceiling on the day of care; None for one of each act alone.

    Half-years and the like run from the first care of the kind; of the person as a whole, from the day the rights
    were opened; of the family, from the day the member's were.
    """
    if ceiling.period_months is None or ceiling.scope == Ceiling.Scope.ACT:
        return None
    whose = {Ceiling.Scope.PERSON: care.person, Ceiling.Scope.FAMILY: care.member}.get(Ceiling.Scope(ceiling.scope))
    begun = whose.rights_from if whose is not None else _begun(care, own)
    return period_of(day=care.day, months=ceiling.period_months, begun=min(begun, care.day))


def _begun(care: Care, own: Past) -> date:
    """When this care began: the first of its kind that counts, this one included."""
    return min([care.day, *(each.day for each in own)])


def _deductible(care: Care, past: Past) -> Limit | None:
    """What stays with the person this year: the prestation's own « franchise » where there is one, else the general.

    What they bore already are the cuts made for that reason. One query.
    """
    rows = list(Deductible.objects.filter(policy_id=care.member.policy_id).order_by("-valid_from"))
    valid = _valid(rows, care.day)
    found = next((each for each in valid if each.prestation_id == care.prestation.pk), None)
    found = found or next((each for each in valid if each.prestation_id is None), None)
    if found is None:
        return None
    year = period_of(day=care.day, months=YEAR, begun=care.day)
    apart = {each.prestation_id for each in rows}
    of_its_own = found.prestation_id is not None
    borne = (
        each.borne
        for each in past
        if each.day in year
        and (each.prestation_id == found.prestation_id if of_its_own else each.prestation_id not in apart)
    )
    return Limit("deductible", found.amount, sum(borne, ZERO))


def _exclusions(care: Care, guarantee: Guarantee, ceilings: list[Ceiling], own: Past) -> tuple[Exclusion, ...]:
    """Why nothing is paid on that day, the first reason first; empty when there is none."""
    person, paid = care.person, [each.day for each in own if each.amount > ZERO]
    found = []
    if not (person.has_rights_on(care.day) and care.member.has_rights_on(care.day)):
        found.append(Exclusion("not-covered"))
    if late := lateness(guarantee, care.day, care.declared_on):
        found.append(late)
    if guarantee.needs_prior_approval and not care.is_planned and not _is_approved(care):
        found.append(Exclusion("no-prior-approval"))
    ready = person.rights_from + timedelta(days=guarantee.waiting_days)
    if person.rights_from <= care.day < ready:
        found.append(Exclusion("waiting", {"days": guarantee.waiting_days, "from": ready}))
    if guarantee.begun_before_age is not None:
        begun = _begun(care, own)
        if age_on(day=begun, birth_date=person.birth_date) >= guarantee.begun_before_age:
            found.append(Exclusion("age", {"age": guarantee.begun_before_age, "begun": begun}))
    if (months := guarantee.frequency_months) is not None and (close := _too_close(care.day, months, paid)):
        found.append(Exclusion("frequency", {"months": months, "last": close, "from": months_later(close, months)}))
    if guarantee.times_max is not None:
        times = _times(care, guarantee, ceilings, own)
        if times >= guarantee.times_max:
            found.append(Exclusion("times", {"most": guarantee.times_max, "times": times}))
    return tuple(found)


def lateness(guarantee: Guarantee, day: date, declared_on: date | None) -> Exclusion | None:
    """Why care of a day, declared on another, is too late for the contract; None when it is not."""
    if declared_on is None or guarantee.declaration_days is None:
        return None
    last = day + timedelta(days=guarantee.declaration_days)
    return Exclusion("late", {"by": last, "sent": declared_on}) if declared_on > last else None


def _is_approved(care: Care) -> bool:
    """Whether a prior approval holds on the day of care. One query."""
    own = PriorApproval.objects.filter(member=care.member, patient=care.patient, prestation=care.prestation)
    return own.in_force(care.day).exists()


def _too_close(day: date, months: int, paid: list[date]) -> date | None:
    """The care already paid that is less than so many months away, before or after; the latest of them."""
    close = [each for each in paid if months_later(min(each, day), months) > max(each, day)]
    return max(close, default=None)


def _times(care: Care, guarantee: Guarantee, ceilings: list[Ceiling], own: Past) -> int:
    """How often this was paid apart from now: the half-years of a treatment where it has periods, else the claims."""
    periods = [each.period_months for each in ceilings if each.scope == Ceiling.Scope.PRESTATION and each.period_months]
    months = guarantee.frequency_months or next(iter(periods), None)
    paid = [each.day for each in own if each.amount > ZERO]
    if months is None:
        return len(paid)
    begun = _begun(care, own)
    now = period_of(day=care.day, months=months, begun=begun)
    return len({period_of(day=day, months=months, begun=begun) for day in paid} - {now})
