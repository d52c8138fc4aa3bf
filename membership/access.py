"""The session of a member: who came in with this browser, and the base of every page of the member space."""

from __future__ import annotations

import time
from typing import Any

from django.conf import settings
from django.http import HttpRequest, HttpResponseBase
from django.shortcuts import redirect
from django.utils.crypto import constant_time_compare

from claims_portal.views import PublicView

from .models import Member, MemberAccount

SESSION_KEY = "member"
WRITE_EVERY = 60  # seconds: one session write a minute, not one a request


def enter(request: HttpRequest, account: MemberAccount) -> None:
    """Begin a session of this member, under a new session id."""
    request.session.cycle_key()
    request.session[SESSION_KEY] = {"id": account.member_id, "proof": account.session_proof(), "seen": int(time.time())}


def renew(request: HttpRequest, account: MemberAccount) -> None:
    """Keep this session after the member changed what all their sessions hang on (the password)."""
    if SESSION_KEY in request.session:
        enter(request, account)


def leave(request: HttpRequest) -> None:
    """End the session on the server (row D33)."""
    request.session.flush()


def present(request: HttpRequest) -> Member | None:
    """The member of this session with their policy and account, one query; None when nobody, idle, or ended."""
    held = request.session.get(SESSION_KEY)
    if not held:
        return None
    now = int(time.time())
    if now - held["seen"] > settings.MEMBER_IDLE_SECONDS:
        leave(request)
        return None
    members = Member.objects.select_related("account", "policy__organisation", "policy__desk")
    member = members.filter(pk=held["id"]).first()
    if member is None or not constant_time_compare(member.account.session_proof(), held["proof"]):
        leave(request)
        return None
    if now - held["seen"] >= WRITE_EVERY:
        request.session[SESSION_KEY] = held | {"seen": now}
    return member


class MemberView(PublicView):
    """A page of the member space: `self.member` is there, or the person is asked to come in.

    « Public » for the staff's sign-in only. Nothing of another member is ever read: every query of a
    subclass starts from `self.member`.
    """

    member: Member
    needs_activation = False  # True: only once online declaration is activated

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        member = present(request)
        if member is None:
            return redirect("membership:sign-in")
        if not member.account.terms_accepted_at:
            return redirect("membership:terms")
        if self.needs_activation and not member.account.is_activated:
            return redirect("health_claims:activation")
        self.member = request.member = member  # type: ignore[attr-defined]
        return super().dispatch(request, *args, **kwargs)
