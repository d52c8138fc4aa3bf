"""A statement on paper, as a PDF that a screen reader can read."""

from __future__ import annotations

from zoneinfo import ZoneInfo

from django.conf import settings
from django.template.loader import render_to_string
from django.utils import timezone, translation

from claims_portal.deadlines.explanation import spelled_moment
from claims_portal.pdf import pdf_of
from health_claims.models import Claim, Statement
from health_claims.presentation import asked_in_all, lines_shown


def statement_pdf(*, claim: Claim, statement: Statement, language: str, person: str = "") -> bytes:
    """The statement with its lines, cuts and the computation in words (rows E106–E112)."""
    return pdf_of(statement_html(claim=claim, statement=statement, language=language), person=person)


def statement_html(*, claim: Claim, statement: Statement, language: str) -> str:
    """What `statement_pdf` draws. `claim` with its member, patient, prestation, guarantee and `desk.organisation`;
    the lines of `statement` with their abatements and reasons.
    """
    organisation = claim.desk.organisation
    with translation.override(language), timezone.override(ZoneInfo(organisation.time_zone)):
        context = {
            "demo": settings.DEMO,
            "language": language,
            "direction": "rtl" if translation.get_language_bidi() else "ltr",
            "organisation": organisation,
            "claim": claim,
            "person": claim.patient or claim.member,
            "statement": statement,
            "asked": asked_in_all(statement),
            "lines": lines_shown(statement.lines.all(), claim),
            "made": spelled_moment(statement.made_at, organisation.time_zone),
            "printed": spelled_moment(timezone.now(), organisation.time_zone),
        }
        return render_to_string("health_claims/print/statement.html", context)
