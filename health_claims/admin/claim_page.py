"""The page of a claim, from rows to what its template shows. A fixed number of queries."""

from __future__ import annotations

from typing import Any

from django.db.models import Prefetch, prefetch_related_objects
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.backoffice.cases.thread import EventNames
from claims_portal.deadlines.explanation import written_date
from claims_portal.templatetags.portal import money
from health_claims import presentation
from health_claims.models import Abatement, Claim, DeclarationDocument, Statement
from health_claims.workflow import ClaimState, claim_workflow

from .declaration_page import approvals_shown, known, member_facts, piece_view

EVENTS: EventNames = presentation.EVENTS | {
    "assign": gettext_lazy("Attribué à un agent"),
    "undelivered": gettext_lazy("Message non remis"),
    "review": gettext_lazy("Contrôle fait"),
}


def claim_context(row: Claim) -> dict[str, Any]:
    """Return what the page shows of a claim alone, in five queries; `load_page` reads its relations."""
    return {
        "pieces": pieces(row),
        "member_facts": known(member_facts(row.member)),
        **approvals_shown(row),
        "statements": [statement_view(each, row) for each in statements(row)],
        "declaration_url": declaration_url(row),
        "may_compute": claim_workflow.allows("compute", row.state) and row.batch_id is None,
        "statement_url": reverse("admin:health_claims_claim_statement", args=[row.pk]),
        "awaits_rib": presentation.awaits_rib(row),
    }


def declaration_url(row: Claim) -> str:
    """The page of the declaration that opened it; "" for a file handed in on paper."""
    return reverse("admin:health_claims_declaration_change", args=[row.declaration_id]) if row.declaration_id else ""


def pieces(row: Claim) -> list[dict[str, Any]]:
    """What was sent with the declaration, then what was sent since."""
    joined: list[Any] = list(row.documents.select_related("document"))
    if row.declaration_id:
        sent = DeclarationDocument.objects.filter(case_id=row.declaration_id).select_related("document")
        joined = [*sent, *joined]
    return [piece_view(each, row) for each in joined]


def facts(row: Claim) -> list[dict[str, Any]]:
    """What the claim is about, and where its payment stands."""
    patient = row.patient
    return [
        {"label": _("Type de dossier"), "value": row.prestation.name},
        {"label": _("Personne traitée"), "value": (patient or row.member).full_name},
        {"label": _("Lien"), "value": patient.get_relation_display() if patient else _("L’assuré lui-même")},
        {"label": _("Date des soins"), "value": written_date(row.care_date)},
        {"label": _("Frais engagés"), "value": money(row.amount)},
        {"label": _("Garantie"), "value": row.guarantee.get_mode_display()},
        {"label": _("Ouvert le"), "value": row.opened_at},
        {"label": _("Motif"), "value": row.reason.label if row.reason else ""},
        {"label": _("Avis de l’adhérent"), "value": feedback(row)},
        {"label": _("Lot de règlement"), "value": row.batch.number if row.batch else "", "code": True},
        {"label": _("Réglé le"), "value": row.paid_at if row.state == ClaimState.PAID else ""},
    ]


def feedback(row: Claim) -> str:
    """What the insured was asked after the payment, and answered."""
    if row.feedback_at is None:
        return _("Demandé, pas encore reçu") if row.feedback_asked_at else ""
    return _("Soins conformes au décompte") if row.feedback_agrees else _("Soins non conformes au décompte")


def statements(row: Claim) -> list[Statement]:
    """Every version with its lines and cuts, the newest first. Four queries the first time."""
    cuts = Prefetch("lines__abatements", Abatement.objects.select_related("reason"))
    versions = Statement.objects.select_related("made_by").prefetch_related("lines__adjustment", cuts)
    prefetch_related_objects([row], Prefetch("statements", versions))  # which does nothing the second time
    return list(row.statements.all())


def statement_view(statement: Statement, row: Claim) -> dict[str, Any]:
    return {"statement": statement, "lines": presentation.lines_shown(statement.lines.all(), row)}
