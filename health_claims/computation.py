"""The computation of a statement, act by act: what is due, then each cut with its reason.

Pure: no database, no clock, no language. Amounts are dirhams in `Decimal`, rounded half up to the centime wherever
one is shown. Rates are percentages. FE is what was spent, BR the base of the tariff, R1 what the base regime pays,
R2 what the policy pays. What is given back can be stored as it is and replayed in any language (rows E107–E112).
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date
from decimal import ROUND_HALF_UP, Decimal
from enum import StrEnum

ZERO, CENT, HUNDRED = Decimal(0), Decimal("0.01"), Decimal(100)
LARGEST = Decimal("99999999.99")  # what a column of the statement can hold
Fact = Decimal | date | int | str
Step = dict[str, str]
NONE: Mapping[str, Fact] = {}


class Mode(StrEnum):
    """How what is due is found; the values of `Guarantee.Mode`."""

    CO_PAYMENT = "co-payment"
    ACTUAL_COST = "actual-cost"
    REMAINDER = "remainder"
    TARIFF = "tariff"
    FLAT = "flat"


@dataclass(frozen=True)
class Cut:
    """What somebody takes off a line by hand, for a coded reason."""

    reason: str
    amount: Decimal
    note: str = ""


@dataclass(frozen=True)
class Act:
    """One line as it was entered: a key letter with its coefficient and value, or a flat base.

    `base_paid` is what the statement of the base regime says; None: its rate on the base, which is then R1.
    `asked` is what the insured asked for where an agent retained another amount as spent, for the coded reason
    `adjustment`; None: what was asked is what was spent.
    """

    label: str
    spent: Decimal
    base_rate: Decimal
    letter: str = ""
    coefficient: Decimal | None = None
    unit_value: Decimal | None = None
    tariff_from: date | None = None  # since when that value has been in force
    flat_base: Decimal = ZERO
    base_paid: Decimal | None = None
    cuts: tuple[Cut, ...] = ()
    asked: Decimal | None = None
    adjustment: str = ""


@dataclass(frozen=True)
class Rule:
    """What the policy grants: the mode, its rate, and the flat amount of the mode « flat »."""

    mode: str
    rate: Decimal = HUNDRED
    flat: Decimal = ZERO


@dataclass(frozen=True)
class Limit:
    """The most that may be paid, and how much of it others took already; `per_act`: for each act alone.

    `facts` are told with the cut: the period, for instance.
    """

    reason: str
    amount: Decimal
    used: Decimal = ZERO
    per_act: bool = False
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Exclusion:
    """Why nothing is paid at all: the frequency of glasses, rights not open yet…"""

    reason: str
    facts: Mapping[str, Fact] = field(default_factory=dict)


@dataclass(frozen=True)
class Terms:
    """All that decides, on the day of care. `limits` are applied in their order, then the deductible."""

    rule: Rule
    limits: tuple[Limit, ...] = ()
    deductible: Limit | None = None
    exclusions: tuple[Exclusion, ...] = ()


@dataclass(frozen=True)
class Outcome:
    """One line computed: BR, R1, R2, the cuts that were made, and the steps that lead there."""

    act: Act
    base: Decimal
    base_paid: Decimal
    paid: Decimal
    abatements: tuple[Cut, ...]
    steps: tuple[Step, ...]


def money(amount: Decimal) -> Decimal:
    """Rounded half up to the centime."""
    return amount.quantize(CENT, ROUND_HALF_UP)


def compute(*, acts: Iterable[Act], terms: Terms) -> list[Outcome]:
    """The lines of one claim, in their order: each takes what those before it left of what they share.

    ValueError for an amount below nothing, or beyond what a statement can hold by itself or with the others.
    """
    shares = _Shares(terms)
    outcomes = [_line(act, terms, shares) for act in acts]
    if (spent := totals(outcomes)[0]) > LARGEST:
        raise ValueError(spent)
    return outcomes


class _Shares:
    """What is still left for the next line of the claim."""

    def __init__(self, terms: Terms) -> None:
        self.flat = terms.rule.flat
        self.used = [limit.used for limit in terms.limits]
        self.deductible = _left(terms.deductible.amount, terms.deductible.used) if terms.deductible else ZERO


class _Writing:
    """A line while it is computed: the amount still due, and the story told so far."""

    def __init__(self) -> None:
        self.due = ZERO
        self.steps: list[Step] = []
        self.abatements: list[Cut] = []

    def tell(self, rule: str, **facts: Fact) -> None:
        self.steps.append({"rule": rule} | {name: _text(value) for name, value in facts.items()})

    def cut(self, reason: str, amount: Decimal, facts: Mapping[str, Fact] = NONE, *, note: str = "") -> Decimal:
        """Take at most this much off, and say why; gives what was taken. Nothing to take is not told."""
        taken = min(money(amount), self.due)
        if taken <= ZERO:
            return ZERO
        before, self.due = self.due, self.due - taken
        self.tell("cut", reason=reason, before=before, cut=taken, after=self.due, **facts)
        self.abatements.append(Cut(reason, taken, note))
        return taken


def _line(act: Act, terms: Terms, shares: _Shares) -> Outcome:
    _check(act)
    writing = _Writing()
    if act.asked is not None:
        writing.tell("adjusted", reason=act.adjustment, asked=act.asked, retained=act.spent)
    base = _base(act, writing)
    base_paid = _base_paid(act, base, writing)
    writing.due = _due(act, base, base_paid, terms.rule, shares, writing)
    _cut_by_hand_and_exclusions(act, terms, writing)
    _cut_by_limits(terms, shares, writing)
    if terms.deductible is not None:
        facts = {"deductible": terms.deductible.amount, "left": shares.deductible}
        shares.deductible -= writing.cut(terms.deductible.reason, shares.deductible, facts)
    left = act.spent - base_paid
    writing.cut("over-spent", writing.due - left, {"spent": act.spent, "base_paid": base_paid, "left": left})
    writing.tell("paid", amount=writing.due)
    shares.used = [used + writing.due for used in shares.used]
    # Of the flat amount a line takes what its costs can hold: what is cut from it does not come back on the next.
    shares.flat -= min(shares.flat, left)
    return Outcome(act, base, base_paid, writing.due, tuple(writing.abatements), tuple(writing.steps))


def _check(act: Act) -> None:
    given = [act.spent, act.asked, act.base_rate, act.flat_base, act.base_paid, act.coefficient, act.unit_value]
    for amount in (*given, *(cut.amount for cut in act.cuts)):
        if amount is not None and not (amount.is_finite() and ZERO <= amount <= LARGEST):
            raise ValueError(f"{act.label}: {amount}")
    if act.spent != money(act.spent):
        raise ValueError(f"{act.label}: {act.spent}")


def _base(act: Act, writing: _Writing) -> Decimal:
    """BR: coefficient × value, or the flat base."""
    if act.coefficient is None or act.unit_value is None:
        base = money(act.flat_base)
        writing.tell("base-flat", base=base)
        return base
    base = money(act.coefficient * act.unit_value)
    if base > LARGEST:
        raise ValueError(f"{act.label}: {base}")
    since = {"since": act.tariff_from} if act.tariff_from else {}
    writing.tell(
        "base-tariff", letter=act.letter, coefficient=act.coefficient, value=act.unit_value, base=base, **since
    )
    return base


def _base_paid(act: Act, base: Decimal, writing: _Writing) -> Decimal:
    """R1: as the base regime says, or its rate on the base; never more than was spent."""
    if act.base_paid is None:
        whole = money(base * act.base_rate / HUNDRED)
        writing.tell("base-paid-computed", base=base, rate=act.base_rate, amount=whole)
    else:
        whole = money(act.base_paid)
        writing.tell("base-paid-given", amount=whole)
    if whole > act.spent:
        writing.tell("base-paid-capped", before=whole, amount=act.spent)
    return min(whole, act.spent)


def _due(act: Act, base: Decimal, base_paid: Decimal, rule: Rule, shares: _Shares, writing: _Writing) -> Decimal:
    """What the policy grants before any cut (DOMAIN modes a–e)."""
    facts: dict[str, Fact] = {"spent": act.spent, "base": base, "base_paid": base_paid, "rate": rule.rate}
    match Mode(rule.mode):
        case Mode.CO_PAYMENT:
            facts["co_payment"] = _left(base, base_paid)
            due = money(_left(base, base_paid) * rule.rate / HUNDRED)
        case Mode.ACTUAL_COST:
            facts["part"] = money(act.spent * rule.rate / HUNDRED)
            due = _left(money(act.spent * rule.rate / HUNDRED), base_paid)
        case Mode.REMAINDER:
            facts["remainder"] = act.spent - base_paid
            due = money((act.spent - base_paid) * rule.rate / HUNDRED)
        case Mode.TARIFF:
            facts["limit"] = money(base * rule.rate / HUNDRED)
            facts["retained"] = min(act.spent, money(base * rule.rate / HUNDRED))
            due = _left(min(act.spent, money(base * rule.rate / HUNDRED)), base_paid)
        case Mode.FLAT:
            facts |= {"flat": rule.flat, "used": rule.flat - shares.flat}
            due = shares.flat
    writing.tell(rule.mode, **facts, amount=due)
    return due


def _cut_by_hand_and_exclusions(act: Act, terms: Terms, writing: _Writing) -> None:
    for cut in act.cuts:
        writing.cut(cut.reason, cut.amount, {"entered": cut.amount}, note=cut.note)
    for exclusion in terms.exclusions:
        writing.cut(exclusion.reason, writing.due, exclusion.facts)


def _cut_by_limits(terms: Terms, shares: _Shares, writing: _Writing) -> None:
    """Each ceiling in its order. What the other lines took of it counts, unless it is of each act alone."""
    for limit, taken in zip(terms.limits, shares.used, strict=True):
        used = ZERO if limit.per_act else taken
        left = _left(limit.amount, used)
        facts = {"ceiling": limit.amount, "used": used, "left": left, **limit.facts}
        writing.cut(limit.reason, writing.due - left, facts)


def _left(whole: Decimal, taken: Decimal) -> Decimal:
    return max(ZERO, whole - taken)


def _text(fact: Fact) -> str:
    if isinstance(fact, date):
        return fact.isoformat()
    if isinstance(fact, Decimal):
        # Plain digits: « 100 » and never « 1E+2 ».
        return f"{fact:f}"
    return str(fact)


def totals(outcomes: Sequence[Outcome]) -> tuple[Decimal, Decimal, Decimal]:
    """FE, R1 and R2 of a whole statement."""
    return (
        sum((each.act.spent for each in outcomes), ZERO),
        sum((each.base_paid for each in outcomes), ZERO),
        sum((each.paid for each in outcomes), ZERO),
    )
