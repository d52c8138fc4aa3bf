"""What the computation of a statement costs by itself, without a database: `python -m bench.statements`."""

from __future__ import annotations

import time
from decimal import Decimal

from health_claims.computation import Act, Limit, Mode, Rule, Terms, compute

CLAIMS = 100_000
TERMS = Terms(
    rule=Rule(Mode.REMAINDER, Decimal(90)),
    limits=(Limit("ceiling-prestation", Decimal(2000), Decimal(1500)), Limit("ceiling-person", Decimal(1_000_000))),
    deductible=Limit("deductible", Decimal(100), Decimal(40)),
)
ACTS = [
    Act("Consultation", Decimal("300.00"), Decimal(70), "Cs", Decimal(1), Decimal("150.00")),
    Act("Radiographie", Decimal("450.00"), Decimal(70), "Z", Decimal(35), Decimal("10.00")),
]


def claims_a_second(claims: int = CLAIMS) -> float:
    """Statements of two lines, with two ceilings and a deductible, computed in one process in a second."""
    start = time.perf_counter()
    for _number in range(claims):
        compute(acts=ACTS, terms=TERMS)
    return claims / (time.perf_counter() - start)


if __name__ == "__main__":
    print(f"{claims_a_second():,.0f} statements a second")
