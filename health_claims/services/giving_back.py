"""Giving an account back to its member: it begins anew, and what was sent from it waits for an agent to say whose.

Whoever knows a number and a CIN may activate first, with a telephone of their own. Nothing of the insurer's is shown to
them, but the member is locked out; and of two people, neither may read what the other sent (docs/security.md).
"""

from __future__ import annotations

from django.db import transaction
from django.utils import timezone

from claims_portal.accounts import audit
from claims_portal.accounts.models import User
from claims_portal.cases.models import Actor
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.cases.services.changes import apply_transition, lock_case
from claims_portal.wizards.models import Draft
from claims_portal.wizards.services import destroy_draft
from health_claims.models import AccountReturn, Declaration, DeclarationEvent, IdentityPaper, Reason
from health_claims.offer import owner_of
from membership.models import MemberAccount
from membership.services.credentials import begin_anew, locked_account

from .reasons import require


class NothingToGiveBack(Exception):
    """Nobody has done anything with this account: the member comes in with the number and the CIN."""


class NotChecked(Exception):
    """The member's new identity papers are not both accepted: nobody knows yet whose declaration this is."""


@transaction.atomic
def give_back(
    *, account_id: int, user: User, reason: Reason | None = None, note: str = "", address: str | None = None
) -> AccountReturn:
    """Have an account begin anew, for a coded reason or one in words; what was sent from it is set aside.

    Whoever had it is told, and is out at once. `address` is the client's, for the audit log. NothingToGiveBack when
    nobody has used it (pressed twice, for instance); ValueError without a reason nor a note, or for a reason of another
    use or organisation.
    """
    if reason is None and not note.strip():
        raise ValueError("An account is given back for a reason.")
    account = locked_account(account_id)
    if reason is not None:
        require(reason, use=Reason.Use.ACCOUNT, organisation=account.member.policy.organisation)
    if account.is_untouched:
        raise NothingToGiveBack
    # Drafts first: one that is being sent holds its row's lock, and is a declaration when its turn comes.
    unsent = Draft.objects.filter(owner=owner_of(account.member_id), submitted_at=None)
    for draft_id in list(unsent.values_list("pk", flat=True)):
        destroy_draft(draft_id=draft_id)
    count = _set_aside(account, user)
    begin_anew(account_id=account.pk)
    audit.record(
        action=audit.Action.ACCOUNT_RETURNED,
        user=user,
        about=account,
        reference=account.member.number,
        desk=account.member.policy.desk,
        address=address,
        details={"reason": reason.code if reason else "", "declarations": count},
    )
    return AccountReturn.objects.create(member=account.member, user=user, reason=reason, note=note.strip())


def _set_aside(account: MemberAccount, user: User) -> int:
    """Hide the papers and the declarations of whoever had the account; gives how many declarations."""
    now = timezone.now()
    IdentityPaper.objects.filter(member=account.member_id).update(state=IdentityPaper.State.SET_ASIDE)
    sent = Declaration.objects.select_for_update().filter(member=account.member_id, set_aside_at=None)
    states = dict(sent.order_by("pk").values_list("pk", "state"))
    Declaration.objects.filter(pk__in=states).update(set_aside_at=now)
    DeclarationEvent.objects.bulk_create(
        DeclarationEvent(
            case_id=key,
            kind="set_aside",
            at=now,
            actor=Actor.STAFF,
            user=user,
            from_state=state,
            to_state=state,
            is_public=False,
        )
        for key, state in states.items()
    )
    return len(states)


@transaction.atomic
def attach(*, declaration_id: int, user: User) -> Declaration:
    """An agent has compared the papers: the member sent this declaration, and reads it again, with its claim.

    NotChecked before the member's identity is; TransitionNotAllowed when it is not set aside (any more).
    """
    # The account first, like whoever gives it back.
    account = locked_account(
        MemberAccount.objects.values_list("pk", flat=True).get(member__declarations=declaration_id)
    )
    declaration = lock_case(Declaration, declaration_id)
    if declaration.set_aside_at is None:
        raise TransitionNotAllowed("attach", declaration.state)
    if not account.is_checked:
        raise NotChecked
    apply_transition(
        declaration,
        "attach",
        user=user,
        set_aside_at=None,
        mobile=account.mobile,
        email=account.email,
    )
    return declaration
