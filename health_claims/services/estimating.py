"""What a care that is not received yet would bring, by the rules and the ceilings a statement follows. Writes nothing.

The amounts are those of a quote and of what the base regime is expected to pay, as the member gives them (row F42).
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from decimal import Decimal

from health_claims.computation import ZERO, Act, Limit, Outcome, Step, Terms, compute
from membership.models import Guarantee

from .usage import Care, terms_of

ON_THE_TARIFF = (Guarantee.Mode.CO_PAYMENT, Guarantee.Mode.TARIFF)
# What a statement says of amounts that are known, said of amounts that are expected.
EXPECTED = {
    ("base-paid-given", ""): "base-paid-expected",
    ("cut", "over-spent"): "over-spent-expected",
    ("paid", ""): "paid-expected",
}


class TariffMissing(ValueError):
    """What this guarantee pays hangs on the tariff of the base regime, which was not given."""


@dataclass(frozen=True)
class Quote:
    """Amounts in dirhams; `base` is the tariff of the base regime, None when it is not known."""

    spent: Decimal
    base_paid: Decimal
    base: Decimal | None = None


@dataclass(frozen=True)
class Estimate:
    """What would be paid, why, and the ceilings that count, in the order in which they cut."""

    outcome: Outcome
    terms: Terms
    steps: list[Step]

    @property
    def left(self) -> Decimal:
        """What would stay with the person."""
        return self.outcome.act.spent - self.outcome.base_paid - self.outcome.paid

    @property
    def limits(self) -> list[Limit]:
        return [*self.terms.limits, *([self.terms.deductible] if self.terms.deductible else [])]


def estimate(*, care: Care, guarantee: Guarantee | None, quote: Quote) -> Estimate:
    """Compute one line as a statement would today; `guarantee` None means that nothing is paid. Three queries at most.

    TariffMissing when the guarantee needs `quote.base`; ValueError for an amount that cannot be.
    """
    if guarantee is not None and guarantee.mode in ON_THE_TARIFF and quote.base is None:
        raise TariffMissing
    terms = terms_of(care=replace(care, is_planned=True), guarantee=guarantee)
    act = Act(
        label=str(care.prestation.name),
        spent=quote.spent,
        base_rate=ZERO,
        flat_base=quote.base or ZERO,
        base_paid=quote.base_paid,
    )
    (outcome,) = compute(acts=[act], terms=terms)
    told = [step for step in outcome.steps if not (step["rule"] == "base-flat" and quote.base is None)]
    steps = [step | {"rule": EXPECTED.get((step["rule"], step.get("reason", "")), step["rule"])} for step in told]
    return Estimate(outcome, terms, steps)
