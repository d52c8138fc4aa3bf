"""What the case block must know of declarations and of claims."""

from __future__ import annotations

from claims_portal.cases.kinds import CaseKind

from .models import Claim, Declaration
from .notices import declarations as notices

DECLARATION = CaseKind(
    model=Declaration,
    related=(
        *("desk__organisation", "member__policy", "member__account", "patient", "prestation", "reason"),
        "guarantee",
    ),
    notices={"open": notices.Created},
)
CLAIM = CaseKind(
    model=Claim,
    related=(
        *("desk__organisation", "member__policy", "member__account", "patient", "prestation", "guarantee"),
        *("declaration", "review_rule"),
    ),
)
