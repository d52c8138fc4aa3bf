"""The page of a declaration, from rows to what its template shows. A fixed number of queries."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.urls import reverse
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy, pgettext

from claims_portal.backoffice.cases.thread import EventNames
from claims_portal.deadlines.explanation import written_date
from claims_portal.documents.models import Document
from claims_portal.documents.services import advice_sentences
from claims_portal.templatetags.portal import money
from health_claims.cautions import TITLES
from health_claims.models import Claim, Declaration, DocumentKind, IdentityPaper, PriorApproval
from health_claims.offer import MEMBER
from health_claims.services.papers import newest, set_aside
from health_claims.workflow import DeclarationState
from membership.models import Member

EARLIER_SHOWN = 10
TONES = {DeclarationState.CREATED: "info", DeclarationState.VALIDATED: "success", DeclarationState.REJECTED: "danger"}
PAPER_TONES = {"pending": "turn", "accepted": "success", "refused": "danger", "set-aside": "neutral"}
APPROVAL_TONES = {"pending": "turn", "granted": "success", "refused": "danger", "cancelled": "neutral"}
EVENTS: EventNames = {
    "sent": gettext_lazy("Déclaration envoyée"),
    "validate": gettext_lazy("Déclaration validée"),
    "reject": gettext_lazy("Déclaration rejetée"),
    "ask_complement": gettext_lazy("Complément demandé"),
    "supply": gettext_lazy("Complément envoyé"),
    "assign": gettext_lazy("Attribuée à un agent"),
    "undelivered": gettext_lazy("Message non remis"),
    "set_aside": gettext_lazy("Mise de côté : compte rendu à l’adhérent"),
    "attach": gettext_lazy("Rattachée à l’adhérent"),
}


def chip(declaration: Declaration) -> dict[str, Any]:
    """The state in words and colour."""
    if declaration.state == DeclarationState.CREATED and declaration.set_aside_at:
        return {"label": _("À rattacher"), "tone": "turn"}
    if declaration.state == DeclarationState.CREATED and declaration.complement_asked_at:
        return {"label": _("Complément demandé"), "tone": "turn"}
    return {"label": declaration.get_state_display(), "tone": TONES[DeclarationState(declaration.state)]}


def declaration_context(row: Declaration) -> dict[str, Any]:
    """Return what the page shows of a declaration alone, in five queries; `load_page` reads its relations."""
    return {
        "pieces": [piece_view(each, row) for each in row.documents.select_related("document")],
        "required": list(row.guarantee.pieces.all()),
        "warnings": [TITLES.get(code, code) for code in row.warnings],
        "member_facts": known(member_facts(row.member)),
        "papers": [paper_view(each, row) for each in papers(row)],
        "identity_checked": row.member.account.is_checked,
        "earlier": [earlier_view(each) for each in earlier(row)],
        **approvals_shown(row),
    }


def papers(row: Declaration) -> list[IdentityPaper]:
    """The member's; of a declaration that is set aside, also those of whoever had the account then."""
    former = set_aside(row.member) if row.set_aside_at else []
    return [*newest(row.member).values(), *former]


def known(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that have a value."""
    return [row for row in rows if row["value"]]


def facts(row: Declaration) -> list[dict[str, Any]]:
    """What the member declared (rows D107–D121)."""
    patient = row.patient
    return [
        {"label": _("Type de dossier"), "value": row.prestation.name},
        {"label": _("Personne traitée"), "value": row.patient_name},
        {"label": _("Lien"), "value": patient.get_relation_display() if patient else _("L’assuré lui-même")},
        {"label": _("Née le"), "value": date_format((patient or row.member).birth_date, "SHORT_DATE_FORMAT")},
        {"label": _("Date de consultation"), "value": written_date(row.care_date)},
        {"label": _("Frais engagés"), "value": money(row.amount)},
        {"label": _("Envoyée le"), "value": row.opened_at},
        {"label": _("GSM"), "value": row.mobile.as_international if row.mobile else "", "code": True},
        {"label": _("Adresse e-mail"), "value": row.email, "code": True},
        {"label": _("Motif"), "value": row.reason.label if row.reason else ""},
        {"label": _("Précision"), "value": row.reason_note},
    ]


def member_facts(member: Member) -> list[dict[str, Any]]:
    """Who is insured, by which contract, and how they are paid."""
    rights = date_format(member.rights_from, "SHORT_DATE_FORMAT")
    if member.rights_to:
        rights = f"{rights} – {date_format(member.rights_to, 'SHORT_DATE_FORMAT')}"
    missing = member.payment == Member.Payment.TRANSFER and not member.rib
    return [
        {"label": _("Adhérent"), "value": member.full_name},
        {"label": member.policy.member_number_label, "value": member.number, "code": True},
        {"label": _("CIN"), "value": member.cin, "code": True},
        {"label": _("Police"), "value": member.policy.number, "code": True},
        {"label": _("Souscripteur"), "value": member.policy.subscriber},
        {"label": pgettext("assurance", "Droits"), "value": rights},
        {"label": _("Règlement"), "value": _("RIB manquant") if missing else member.get_payment_display()},
    ]


def piece_view(piece: Any, row: Any) -> dict[str, Any]:
    """A file joined to a declaration or a claim; no address before it was found clean."""
    document = piece.document
    page = f"admin:health_claims_{row._meta.model_name}_piece"
    return {
        "id": piece.pk,
        "label": document.label,
        "size": document.size,
        "pages": document.pages,
        "state": document.get_state_display(),
        "is_image": document.is_image,
        "url": reverse(page, args=[row.pk, piece.pk]) if document.is_clean else "",
        "shown": shown_as(document),
        "later": piece.kind == DocumentKind.COMPLEMENT,
        "at": piece.added_at,
        "advice": advice_sentences(document),
    }


def shown_as(document: Document) -> str:
    """How the frame asks for a document: an image fits its width, a PDF comes as it is."""
    return "?vue" if document.is_image else "?apercu"


def paper_view(paper: IdentityPaper, row: Declaration) -> dict[str, Any]:
    """An identity paper, to check once."""
    url = reverse("admin:health_claims_declaration_paper", args=[row.pk, paper.pk])
    return {
        "paper": paper,
        "tone": PAPER_TONES[paper.state],
        "url": url,
        "shown": shown_as(paper.document),
        "readable": paper.document.is_clean,
        "reason": paper.reason.label if paper.reason else paper.reason_note,
        "is_pending": paper.state == IdentityPaper.State.PENDING,
        # An accepted paper may turn out to be false.
        "is_open": paper.state in (IdentityPaper.State.PENDING, IdentityPaper.State.ACCEPTED),
    }


def earlier(row: Declaration) -> Iterable[Declaration]:
    """What was declared before for the same person and prestation, the newest first. One query."""
    same = Declaration.objects.filter(member=row.member, patient=row.patient, prestation=row.prestation)
    return same.exclude(pk=row.pk).select_related("claim").order_by("-opened_at", "-pk")[:EARLIER_SHOWN]


def earlier_view(declaration: Declaration) -> dict[str, Any]:
    """One of them: its page, or that of its claim."""
    claim: Claim | None = getattr(declaration, "claim", None)
    return {
        "declaration": declaration,
        "chip": chip(declaration),
        "url": reverse("admin:health_claims_declaration_change", args=[declaration.pk]),
        "claim": claim,
        "claim_url": reverse("admin:health_claims_claim_change", args=[claim.pk]) if claim else "",
    }


def approvals_shown(row: Any) -> dict[str, Any]:
    """What the page of a declaration or a claim says of approvals, those of quotes among them; one query.

    Nothing where the contract asks for none and there is none.
    """
    same = PriorApproval.objects.filter(member=row.member, patient=row.patient, prestation=row.prestation)
    found = list(same.exclude(decision=PriorApproval.Decision.CANCELLED).order_by("-pk")[:6])
    if not found and not row.guarantee.needs_prior_approval:
        return {}
    patient = row.patient_id or MEMBER
    enter = reverse("admin:health_claims_priorapproval_enter", args=[row.member_id])
    return {
        "approvals": [
            {
                "approval": each,
                "tone": APPROVAL_TONES[each.decision],
                "url": reverse("admin:health_claims_priorapproval_change", args=[each.pk]),
                "holds": each.holds_on(row.care_date),
            }
            for each in found
        ],
        "approval_url": f"{enter}?patient={patient}&prestation={row.prestation.code}",
    }
