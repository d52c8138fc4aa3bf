"""The session of a member: who came in with this browser, and the base of every page of the member space."""

from __future__ import annotations

import time
from datetime import datetime
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.db.models import OuterRef, Subquery
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect, render
from django.utils import timezone
from django.utils.crypto import constant_time_compare
from django.utils.translation import gettext as _

from claims_portal.compiled_query import CompiledQuery
from claims_portal.organisations.models import LegalText
from claims_portal.views import PublicView, came_from_here, session_ended

from .models import Member, MemberAccount
from .services.credentials import GivenBack

SESSION_KEY = "member"
WRITE_EVERY = 60  # seconds: one session write a minute, not one a request


def enter(request: HttpRequest, account: MemberAccount) -> None:
    """Begin a session of this member, under a new session id."""
    now = int(time.time())
    request.session.cycle_key()
    request.session[SESSION_KEY] = {
        "id": account.member_id,
        "proof": account.session_proof(),
        "seen": now,
        "began": now,
    }


def renew(request: HttpRequest, account: MemberAccount) -> None:
    """Keep this session after the member changed what all their sessions hang on (the password)."""
    if held := request.session.get(SESSION_KEY):
        enter(request, account)
        request.session[SESSION_KEY] |= {"began": held.get("began", held["seen"])}


def leave(request: HttpRequest) -> None:
    """End the session on the server (row D33)."""
    request.session.flush()


def _members(pk: int, now: datetime) -> Any:
    """A member who may be here, with the terms of use in force for them."""
    terms = LegalText.objects.in_force(now).filter(
        kind=LegalText.Kind.MEMBER_TERMS, organisation=OuterRef("policy__organisation")
    )
    return (
        Member.objects.filter(pk=pk, account__isnull=False, policy__is_open=True, policy__organisation__is_active=True)
        .select_related("account", "policy__organisation", "policy__desk__organisation")
        .annotate(terms_in_force=Subquery(terms.values("pk")[:1]))
    )


_member = CompiledQuery(_members, pk=int, now=datetime)


def owes_terms(member: Member) -> bool:
    """True for a member, as `present` gives it, who has not accepted the terms in force (rows D19, D32).

    A new version is asked again; when there is no text, the certification alone counts.
    """
    in_force = member.terms_in_force  # type: ignore[attr-defined]
    return not member.account.terms_accepted_at or bool(in_force and in_force != member.account.terms_id)


def present(request: HttpRequest) -> Member | None:
    """The member of this session with their policy and account, one query; None when nobody, idle, or ended.

    It ends after `settings.MEMBER_IDLE_SECONDS` without a request, or `MEMBER_SESSION_SECONDS` with any.
    """
    held = request.session.get(SESSION_KEY)
    if not held:
        return None
    now = int(time.time())
    began = held.get("began", held["seen"])  # a session of a former version has none
    if now - held["seen"] > settings.MEMBER_IDLE_SECONDS or now - began > settings.MEMBER_SESSION_SECONDS:
        leave(request)
        return None
    member = _member.first(pk=held["id"], now=timezone.now())
    if member is None or not constant_time_compare(member.account.session_proof(), held["proof"]):
        leave(request)
        return None
    if now - held["seen"] >= WRITE_EVERY:
        request.session[SESSION_KEY] = held | {"seen": now, "began": began}
    return member


class MemberView(PublicView):
    """A page of the member space: `self.member` is there, or the person is asked to come in.

    « Public » for the staff's sign-in only. Nothing of another member is ever read: every query of a
    subclass starts from `self.member`.
    """

    member: Member
    needs_activation = False  # True: only once online declaration is activated
    # True: only for a member who has a password. A number and a CIN are known to many (an employer, a relative):
    # they open what activation needs, and nothing of the family, the bank account or the care (T5).
    needs_password = False
    # True: only for a member whose identity papers an agent has accepted. A password is chosen by whoever activates
    # with a telephone of their own: what the insurer knew beforehand waits for the papers (docs/security.md).
    needs_identity = False

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        was_here = SESSION_KEY in request.session
        member = present(request)
        if member is None:
            if was_here and request.method == "POST" and came_from_here(request):
                return session_ended(request)
            if was_here:
                messages.info(request, _("Votre session est terminée. Connectez-vous de nouveau."))
            return redirect("membership:sign-in")
        if owes_terms(member):
            return redirect("membership:terms")
        if self.needs_activation and not member.account.is_activated:
            return redirect("health_claims:activation")
        self.member = request.member = member  # type: ignore[attr-defined]
        if self.needs_password and not member.account.password:
            return render(request, "membership/needs_password.html", {"member": member}, status=403)
        if self.needs_identity and not member.account.is_checked:
            return render(request, "membership/needs_identity.html", {"member": member}, status=403)
        try:
            return super().dispatch(request, *args, **kwargs)
        except GivenBack:  # while this very request was under way
            leave(request)
            return redirect("membership:sign-in")
