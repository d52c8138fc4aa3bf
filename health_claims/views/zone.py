"""Pages about a declaration or a claim tell the time of the insurer who handles it."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponseBase
from django.utils import timezone

from claims_portal.views import PublicView
from membership.access import MemberView
from membership.models import Member


class _InsurersZone(PublicView):
    member: Member

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        with timezone.override(ZoneInfo(self.member.policy.organisation.time_zone)):
            return super().dispatch(request, *args, **kwargs)


class InsuredView(MemberView, _InsurersZone):
    """A page of a member whose online declaration is activated, in their insurer's own time.

    What it shows is medical: a member without a password yet is sent to make one.
    """

    needs_activation = True
    needs_password = True
