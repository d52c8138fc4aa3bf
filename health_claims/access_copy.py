"""What a copy of somebody's data holds of a member: their declarations, claims, prior approvals and identity papers.

The content of their files is not in it: the copy passes through the hands of whoever answers, and what a doctor wrote
is for the person alone, who opens it in their space. The copy says which files there are.

Whoever has an account whose identity was not checked finds nothing that the insurer knew before: only what was sent
from that account.
"""

from __future__ import annotations

import json
from collections.abc import Iterator
from typing import Any

from django.core.serializers.json import DjangoJSONEncoder
from django.db.models import Q

from claims_portal.accounts.models import User
from claims_portal.cases.models import Channel
from claims_portal.organisations.models import Organisation
from membership.models import Member
from membership.presentation import masked_rib

from .models import Claim, Declaration, IdentityPaper, PriorApproval, Statement
from .roles import VIEW_CLAIMS, VIEW_DECLARATIONS

MOST = 500  # declarations or claims in one copy: no PDF is drawn of them
CARE = ("care_date", "amount")
PERSON = ("number", "cin", "last_name", "first_name", "birth_date", "payment", "rights_from", "rights_to")
FAMILY = ("relation", "last_name", "first_name", "birth_date", "rights_from", "rights_to")
APPROVAL = (
    *("asked_on", "decision", "decided_on", "number", "valid_from", "valid_to"),
    *("amount", "planned_on", "estimated", "answer"),
)
LINE = ("label", "letter", "coefficient", "base", "base_rate", "spent", "base_paid", "rate", "paid")


def accounts_of_contact(email: str, mobile: str, *, member: str) -> Q:
    """Return what selects the accounts with this verified contact; `member` leads to the member, such as « member__ ».

    None without an address nor a number.
    """
    theirs = Q(pk=None)
    if email:
        theirs |= Q(**{f"{member}account__email": email})
    if mobile:
        theirs |= Q(**{f"{member}account__mobile": mobile})
    return theirs


def declarations_of_contact(email: str, mobile: str) -> Q:
    """Return what selects the declarations of a contact, without those of a former holder of the account."""
    known = Q(member__account__identity_checked_at__isnull=False) | Q(channel=Channel.WEB)
    return accounts_of_contact(email, mobile, member="member__") & known & Q(set_aside_at=None)


def claims_of_contact(email: str, mobile: str) -> Q:
    """Return what selects the claims of a contact, without those of a former holder of the account."""
    known = Q(member__account__identity_checked_at__isnull=False)
    return accounts_of_contact(email, mobile, member="member__") & known & Q(declaration__set_aside_at=None)


def declaration_data(declaration: Declaration) -> dict[str, Any]:
    """Return what a declaration holds about its member, beside what every case holds."""
    return {
        **_care(declaration),
        "email": declaration.email,
        "mobile": str(declaration.mobile or ""),
        "warnings": declaration.warnings,
        "decided_at": declaration.decided_at,
        "reason": _label(declaration.reason),
        "reason_note": declaration.reason_note,
    }


def claim_data(claim: Claim) -> dict[str, Any]:
    """Return what a claim holds about its member, with its statements line by line."""
    statements = claim.statements.prefetch_related("lines__abatements__reason", "lines__adjustment")
    return {
        **_care(claim),
        "declaration": claim.declaration.number if claim.declaration else "",
        "reason": _label(claim.reason),
        "paid_at": claim.paid_at,
        "feedback_asked_at": claim.feedback_asked_at,
        "feedback_at": claim.feedback_at,
        "feedback_agrees": claim.feedback_agrees,
        "statements": [_statement(statement) for statement in statements],
    }


def copy_of_members(*, email: str, mobile: str, organisation: Organisation, user: User) -> Iterator[tuple[str, bytes]]:
    """Yield a file for each member with this contact: who they are, their prior approvals and identity papers."""
    if not (user.has_perm(VIEW_DECLARATIONS) and user.has_perm(VIEW_CLAIMS)):
        return
    members = Member.objects.visible_to(user).filter(accounts_of_contact(email, mobile, member=""))
    members = members.filter(policy__desk__organisation=organisation).select_related("account", "policy")
    for member in members.order_by("pk"):
        content = json.dumps(_member(member), cls=DjangoJSONEncoder, ensure_ascii=False, indent=2)
        yield f"adherent-{member.pk}.json", content.encode()


def _member(member: Member) -> dict[str, Any]:
    account = member.account
    data: dict[str, Any] = {
        "policy": member.policy.number,
        "email": account.email,
        "mobile": str(account.mobile or ""),
        "language": account.language,
        "terms_accepted_at": account.terms_accepted_at,
        "activated_at": account.activated_at,
        "identity_checked_at": account.identity_checked_at,
        "identity_papers": [_paper(paper) for paper in _papers(member)],
    }
    if not account.is_checked:
        return data
    return data | {
        **{name: getattr(member, name) for name in PERSON},
        "rib": masked_rib(member.rib),  # as on every page of staff
        "family": list(member.beneficiaries.values(*FAMILY)),
        "prior_approvals": [_approval(approval) for approval in _approvals(member)],
    }


def _papers(member: Member) -> Any:
    papers = member.papers.exclude(state=IdentityPaper.State.SET_ASIDE)
    return papers.select_related("document", "reason").order_by("pk")


def _approvals(member: Member) -> Any:
    """Return what was asked on paper, and the quotes that the holder of the account sent."""
    theirs = Q(entered_by__isnull=False) | Q(pk__in=PriorApproval.objects.sent_by(member).values("pk"))
    return member.approvals.filter(theirs).select_related("patient", "prestation", "document").order_by("pk")


def _paper(paper: IdentityPaper) -> dict[str, Any]:
    return {
        **{name: getattr(paper, name) for name in ("kind", "state", "added_at", "decided_at", "reason_note")},
        "reason": _label(paper.reason),
        "document": _document(paper.document),
    }


def _approval(approval: PriorApproval) -> dict[str, Any]:
    return {
        **{name: getattr(approval, name) for name in APPROVAL},
        "patient": approval.patient.full_name if approval.patient else "",
        "prestation": approval.prestation.name_fr,
        "document": _document(approval.document) if approval.document else None,
    }


def _document(document: Any) -> dict[str, Any]:
    return {name: getattr(document, name) for name in ("label", "sha256", "size")}


def _care(case: Declaration | Claim) -> dict[str, Any]:
    return {
        **{name: getattr(case, name) for name in CARE},
        "member": case.member.full_name,
        "patient": case.patient.full_name if case.patient else "",
        "prestation": case.prestation.name_fr,
    }


def _statement(statement: Statement) -> dict[str, Any]:
    return {
        **{name: getattr(statement, name) for name in ("version", "made_at", "spent", "base_paid", "paid")},
        "lines": [_line(line) for line in statement.lines.all()],
    }


def _line(line: Any) -> dict[str, Any]:
    cuts = line.abatements.all()
    return {
        **{name: getattr(line, name) for name in LINE},
        "asked": line.asked,
        "adjustment": _label(line.adjustment),
        "adjustment_note": line.adjustment_note,
        "abatements": [{"reason": _label(cut.reason), "amount": cut.amount, "note": cut.note} for cut in cuts],
    }


def _label(reason: Any) -> str:
    """Return the words of a reason in French, "" for none."""
    return reason.label_fr if reason else ""
