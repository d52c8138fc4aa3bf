"""What the case block must know of declarations and of claims."""

from __future__ import annotations

from claims_portal.cases.kinds import AccessCopy, CaseKind

from . import access_copy
from .models import Claim, Declaration
from .notices import declarations as notices
from .presentation import SAID_TO_MEMBER
from .roles import VIEW_CLAIMS, VIEW_DECLARATIONS

DECLARATION = CaseKind(
    model=Declaration,
    related=(
        *("desk__organisation", "member__policy", "member__account", "patient", "prestation", "reason"),
        "guarantee",
    ),
    notices={"open": notices.Created},
    access_copy=AccessCopy(
        theirs=access_copy.declarations_of_contact,
        data=access_copy.declaration_data,
        permission=VIEW_DECLARATIONS,
        prefix="declaration-",
        most=access_copy.MOST,
    ),
)
CLAIM = CaseKind(
    model=Claim,
    related=(
        *("desk__organisation", "member__policy", "member__account", "patient", "prestation", "guarantee"),
        *("declaration", "review_rule"),
    ),
    access_copy=AccessCopy(
        theirs=access_copy.claims_of_contact,
        data=access_copy.claim_data,
        permission=VIEW_CLAIMS,
        prefix="dossier-",
        said=SAID_TO_MEMBER,  # the opinion of a counter-visit is given by its doctor
        most=access_copy.MOST,
    ),
)
