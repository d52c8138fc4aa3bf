"""The first sending: a password and two identity papers, asked once (rows D64–D74). The only writer of papers."""

from __future__ import annotations

from django.db import transaction
from django.db.models import QuerySet
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.documents.models import Document
from claims_portal.documents.services import claim_documents, discard_document
from claims_portal.notifications.services import queue
from health_claims.models import IdentityPaper, Reason
from health_claims.paper_notices import PaperRefused
from membership.models import Member, MemberAccount
from membership.services.credentials import GivenBack

from .reasons import require

Kind = IdentityPaper.Kind
State = IdentityPaper.State
CLOSED = (State.REFUSED, State.SET_ASIDE)


class PaperSettled(Exception):
    """The paper was decided, or another is accepted: it is not replaced nor decided again."""


def newest(member: Member) -> dict[str, IdentityPaper]:
    """By kind, the paper sent last, with its document and the reason if it was refused. One query.

    Those of a former holder of the account are none of this member's.
    """
    papers = _with_documents(member).exclude(state=State.SET_ASIDE)
    return {paper.kind: paper for paper in papers.order_by("kind", "-added_at", "-pk").distinct("kind")}


def set_aside(member: Member) -> list[IdentityPaper]:
    """The papers that a former holder of the account had sent, for an agent to compare. One query."""
    return list(_with_documents(member).filter(state=State.SET_ASIDE).order_by("-added_at", "-pk")[:6])


def _with_documents(member: Member) -> QuerySet[IdentityPaper]:
    return IdentityPaper.objects.filter(member=member).select_related("document", "reason")


def missing(papers: dict[str, IdentityPaper]) -> list[Kind]:
    """The kinds to send: never sent, or refused."""
    return [kind for kind in Kind if kind not in papers or papers[kind].is_to_send]


def is_complete(member: Member) -> bool:
    """True when declarations may be sent: a password and both papers are there (rows D64, D71). One query.

    Papers still to be checked do not hold the member up; the check is part of handling the first declaration.
    """
    return bool(member.account.password) and not missing(newest(member))


@transaction.atomic
def keep_paper(*, member_id: int, kind: str, document: Document) -> IdentityPaper:
    """Keep a received document as this member's paper, in the place of one nobody has decided yet or one refused.

    PaperSettled when an agent has accepted one meanwhile, or the account was given back to its member while the file
    was received: the caller still owns the document.
    """
    account = MemberAccount.objects.select_for_update().get(member_id=member_id)  # two tabs: one after the other
    if not account.is_activated:
        raise PaperSettled
    current = IdentityPaper.objects.select_related("document").filter(member_id=member_id, kind=kind)
    replaced = current.exclude(state__in=CLOSED).first()
    if replaced is not None:
        if replaced.state == State.ACCEPTED:
            raise PaperSettled
        replaced.delete()
        discard_document(document=replaced.document)
    claim_documents(documents=[document])
    paper = IdentityPaper.objects.create(member_id=member_id, kind=kind, document=document)
    _note_identity(account)
    return paper


@transaction.atomic
def set_first_password(*, account_id: int, password: str) -> MemberAccount:
    """Give the account its first password, already checked by `membership.passwords`; gives the account as it is now.

    One that exists is left alone: it is changed with the old one, or by both proofs of a forgotten password.
    GivenBack when the account is not activated any more: it begins anew, without whoever this is.
    """
    account = MemberAccount.objects.select_for_update().get(pk=account_id)
    if not account.is_activated:
        raise GivenBack
    if not account.password:
        account.set_password(password)
        account.save(update_fields=["password"])
    return account


def accept_paper(*, paper_id: int, user: User) -> IdentityPaper:
    """An agent has checked this paper. PaperSettled when it was decided already."""
    return _decide(paper_id, user, State.ACCEPTED)


@transaction.atomic
def refuse_paper(
    *, paper_id: int, user: User, reason: Reason | None = None, note: str = "", seen: str = State.PENDING
) -> IdentityPaper:
    """An agent refuses this paper: the member is told by e-mail, and asked for it at the next « Envoi Dossier ».

    `seen` is the state the agent saw: an accepted paper that turns out to be false is refused with « accepted », and
    closes what it had opened. ValueError without a reason nor a note, or for a reason of another use or organisation;
    PaperSettled when it is not in that state.
    """
    if reason is None and not note.strip():
        raise ValueError("A refused paper needs a reason.")
    paper = _decide(paper_id, user, State.REFUSED, seen=seen, reason=reason, reason_note=note.strip())
    if reason is not None:
        require(reason, use=Reason.Use.PAPER, organisation=paper.member.policy.organisation)
    queue(PaperRefused(paper))
    return paper


@transaction.atomic
def _decide(paper_id: int, user: User, state: str, *, seen: str = State.PENDING, **fields: object) -> IdentityPaper:
    # The account first, like everybody who writes papers.
    account = MemberAccount.objects.select_for_update(of=("self",)).get(member__papers=paper_id)
    papers = IdentityPaper.objects.select_for_update(of=("self",))
    paper = papers.select_related("member__account", "member__policy__organisation").get(pk=paper_id)
    if paper.state != seen or seen in CLOSED:
        raise PaperSettled
    for name, value in (fields | {"state": state, "decided_at": timezone.now(), "decided_by": user}).items():
        setattr(paper, name, value)
    paper.save(update_fields=["state", "decided_at", "decided_by", *fields])
    _note_identity(account)
    return paper


def _note_identity(account: MemberAccount) -> None:
    """Identity is checked while both papers are accepted, from the moment the second one was (docs/security.md).

    The caller holds the account's lock.
    """
    papers = IdentityPaper.objects.filter(member_id=account.member_id, state=State.ACCEPTED)
    accepted = papers.count() == len(Kind)
    if accepted != account.is_checked:
        account.identity_checked_at = timezone.now() if accepted else None
        account.save(update_fields=["identity_checked_at"])
