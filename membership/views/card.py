"""« Ma carte », and the public page behind its QR code (row F43)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.accounts.links import public_url
from claims_portal.middleware import client_address
from claims_portal.qr import qr_code
from claims_portal.views import PublicView
from membership import cover
from membership.access import MemberView
from membership.models import MemberCard
from membership.services import cards


class CardView(MemberView):
    """The card on the screen or on paper, for a member whose identity was checked: it says whether rights are open."""

    needs_password = True
    needs_identity = True

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, cards.card_of(member=self.member))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Another code, for a card that was lost or copied."""
        cards.renew_card(member=self.member)
        messages.success(request, _("Votre carte a un nouveau code. L’ancien n’est plus valable."))
        return redirect("membership:card")

    def show(self, request: HttpRequest, card: MemberCard) -> HttpResponse:
        today = cards.today_of(self.member)
        context = {
            "member": self.member,
            "policy": self.member.policy,
            "rights": cover.rights(self.member, today),
            "day": today,
            "qr_code": qr_code(public_url("membership:card-check", card.code, language=get_language() or "fr")),
        }
        return render(request, "membership/card.html", context)


class CardCheckView(PublicView):
    """Valid or not, and until when: neither the name, nor the number, nor the contract."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        throttles.count("verify-address", client_address(request))
        return render(request, "membership/card_check.html", {"validity": cards.check_card(code=code)})
