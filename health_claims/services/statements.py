"""Computing the statement of a claim: version after version, none edited (rows E106–E112)."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from zoneinfo import ZoneInfo

from django.db import transaction
from django.db.models import Max
from django.utils import timezone
from django.utils.translation import gettext

from claims_portal.accounts.models import User
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.notifications.services import queue
from health_claims.computation import ZERO, Act, Cut, Outcome, compute, totals
from health_claims.models import Abatement, Claim, Reason, Statement, StatementLine
from health_claims.notices.claims import StatementReady
from health_claims.workflow import claim_workflow
from membership.models import Guarantee, KeyLetter, Member

from .reasons import reasons_of
from .usage import Care, guarantee_on, lateness, terms_of


class EmptyStatement(ValueError):
    """A statement has at least one line."""


class UnknownLetter(LookupError):
    """The tariff of the base regime has no value in force for this letter on the day of care."""

    def __init__(self, letter: str, day: date) -> None:
        super().__init__(f"{letter}, {day:%Y-%m-%d}")
        self.letter = letter
        self.day = day


@dataclass(frozen=True)
class EnteredLine:
    """One act as an agent enters it; amounts in dirhams.

    Either `letter` with its `coefficient`, valued by the tariff in force on the day of care, or `flat_base`.
    `base_rate` (%) replaces the tariff's own (long illness, public hospital…); `base_paid` is what the statement of
    the base regime says, None when it is computed. `cuts` name reasons of use « abatement » by their codes.
    `spent` is what is retained; where the insured asked for another amount, that is `asked`, and `adjustment` the code
    of the reason, of the same use (row F38).
    """

    label: str
    spent: Decimal
    letter: str = ""
    coefficient: Decimal | None = None
    flat_base: Decimal = ZERO
    base_rate: Decimal | None = None
    base_paid: Decimal | None = None
    cuts: tuple[Cut, ...] = ()
    asked: Decimal | None = None
    adjustment: str = ""
    adjustment_note: str = ""


@transaction.atomic
def compute_statement(
    *, claim_id: int, user: User, lines: Sequence[EnteredLine], accept_late: bool = False
) -> Statement:
    """Compute a claim's lines, write the next version of its statement, and tell the member, without any detail.

    `accept_late`: the agent has what explains a late declaration, which then cuts nothing; the history says so.

    Under the lock of the member's row: of two claims of a family, the second sees what the first took of a ceiling.
    TransitionNotAllowed when the claim is in a batch, paid, refused or waits for something; EmptyStatement,
    UnknownLetter, UnknownReason, or ValueError for an amount that cannot be.
    """
    member_id = Claim.objects.values_list("member_id", flat=True).get(pk=claim_id)
    list(Member.objects.select_for_update(of=("self",), no_key=True).filter(pk=member_id).values_list("pk"))
    claim = lock_case(Claim, claim_id)
    claim_workflow.check("compute", claim.state)
    if claim.batch_id is not None:  # its amount is in a payment that is under way
        raise TransitionNotAllowed("compute", claim.state)
    guarantee, outcomes = preview_statement(claim=claim, lines=lines, accept_late=accept_late)
    guarantee = guarantee or claim.guarantee
    statement = _write(claim, user, outcomes, guarantee.rate, [each.adjustment_note for each in lines])
    late = lateness(guarantee, claim.care_date, declared_on(claim)) if accept_late else None
    body = gettext("Retard de déclaration accepté.") if late else ""
    apply_transition(claim, "compute", user=user, body=body, at=statement.made_at, guarantee=guarantee)
    queue(StatementReady(claim, key=f"statement:{statement.pk}"))
    return statement


def preview_statement(
    *, claim: Claim, lines: Sequence[EnteredLine], accept_late: bool = False
) -> tuple[Guarantee | None, list[Outcome]]:
    """What these lines come to today, and by which guarantee; writes nothing. Eight queries at most.

    `claim` with member and policy, patient, prestation, declaration and the desk's organisation. EmptyStatement,
    UnknownLetter, or ValueError for an amount that cannot be.
    """
    if not lines:
        raise EmptyStatement
    sent = None if accept_late else declared_on(claim)
    care = Care(claim.member, claim.patient, claim.prestation, claim.care_date, claim_id=claim.pk, declared_on=sent)
    guarantee = guarantee_on(care=care)
    acts = acts_of(claim=claim, lines=lines)
    return guarantee, compute(acts=acts, terms=terms_of(care=care, guarantee=guarantee))


def declared_on(claim: Claim) -> date | None:
    """The day on which it was declared online, in the insurer's zone; None for a file on paper."""
    if claim.declaration is None:
        return None
    zone = ZoneInfo(claim.desk.organisation.time_zone)
    return timezone.localdate(claim.declaration.opened_at, timezone=zone)


def acts_of(*, claim: Claim, lines: Sequence[EnteredLine]) -> list[Act]:
    """The lines with the values of their letters on the day of care. One query; UnknownLetter."""
    values = letters_on(claim=claim, letters={line.letter for line in lines if line.letter})
    acts = []
    for line in lines:
        value = values.get(line.letter)
        if line.letter and value is None:
            raise UnknownLetter(line.letter, claim.care_date)
        rate = value.rate if value and line.base_rate is None else line.base_rate
        acts.append(
            Act(
                label=line.label,
                spent=line.spent,
                base_rate=rate if rate is not None else ZERO,
                letter=line.letter,
                coefficient=(line.coefficient if line.coefficient is not None else Decimal(1)) if value else None,
                unit_value=value.value if value else None,
                tariff_from=value.valid_from if value else None,
                flat_base=line.flat_base,
                base_paid=line.base_paid,
                cuts=line.cuts,
                asked=line.asked,
                adjustment=line.adjustment,
            )
        )
    return acts


def letters_on(*, claim: Claim, letters: set[str] | None) -> dict[str, KeyLetter]:
    """The newest value of each letter (None: of all) on the day of care, unless it has ended; one query.

    What is only signed is never used.
    """
    if letters is not None and not letters:
        return {}
    begun = KeyLetter.objects.filter(
        regime=claim.member.policy.base_regime_id, is_in_force=True, valid_from__lte=claim.care_date
    )
    if letters is not None:
        begun = begun.filter(letter__in=letters)
    newest = begun.order_by("letter", "-valid_from").distinct("letter")
    return {each.letter: each for each in newest if each.valid_to is None or claim.care_date <= each.valid_to}


def codes_of(outcomes: Sequence[Outcome]) -> set[str]:
    """The reasons that cut or changed these lines."""
    cuts = {cut.reason for outcome in outcomes for cut in outcome.abatements}
    return cuts | {outcome.act.adjustment for outcome in outcomes if outcome.act.asked is not None}


def _write(claim: Claim, user: User, outcomes: list[Outcome], rate: Decimal, notes: Sequence[str]) -> Statement:
    """The next version with its lines and cuts. Five queries, whatever the number of lines."""
    codes = codes_of(outcomes)
    reasons = reasons_of(organisation=claim.desk.organisation, use=Reason.Use.ABATEMENT, codes=codes)
    spent, base_paid, paid = totals(outcomes)
    version = claim.statements.aggregate(last=Max("version"))["last"] or 0
    statement = Statement.objects.create(
        claim=claim,
        version=version + 1,
        made_at=timezone.now(),
        made_by=user,
        spent=spent,
        base_paid=base_paid,
        paid=paid,
    )
    lines = [_line(statement, number, each, rate) for number, each in enumerate(outcomes, start=1)]
    for line, outcome, note in zip(lines, outcomes, notes, strict=True):
        if outcome.act.asked is not None:
            line.asked, line.adjustment_note = outcome.act.asked, note
            line.adjustment = reasons[outcome.act.adjustment]
    StatementLine.objects.bulk_create(lines)
    Abatement.objects.bulk_create(
        Abatement(line=line, reason=reasons[cut.reason], amount=cut.amount, note=cut.note)
        for line, outcome in zip(lines, outcomes, strict=True)
        for cut in outcome.abatements
    )
    return statement


def _line(statement: Statement, position: int, outcome: Outcome, rate: Decimal) -> StatementLine:
    act = outcome.act
    return StatementLine(
        statement=statement,
        position=position,
        label=act.label,
        letter=act.letter,
        coefficient=act.coefficient,
        unit_value=act.unit_value,
        base=outcome.base,
        base_rate=act.base_rate,
        spent=act.spent,
        base_paid=outcome.base_paid,
        rate=rate,
        paid=outcome.paid,
        steps=list(outcome.steps),
    )
