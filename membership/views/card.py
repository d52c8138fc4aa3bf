"""« Ma carte », those of the family, and the public page behind their QR codes (row F43)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.accounts.links import public_url
from claims_portal.middleware import client_address
from claims_portal.qr import qr_code
from claims_portal.views import PublicView
from membership import cover
from membership.access import MemberView
from membership.models import Beneficiary
from membership.services import cards


class CardView(MemberView):
    """The card on the screen or on paper, for a member whose identity was checked: it says whether rights are open.

    Each person of the family has theirs; somebody of another family does not exist.
    """

    needs_password = True
    needs_identity = True
    beneficiary_id: int | None = None

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.beneficiary_id = kwargs.pop("beneficiary_id", None)
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        family = list(self.member.beneficiaries.all())
        return self.show(request, family, self.whose(family))

    def post(self, request: HttpRequest) -> HttpResponse:
        """Another code, for a card that was lost or copied."""
        whose = self.whose(list(self.member.beneficiaries.all()))
        cards.renew_card(member=self.member, beneficiary=whose)
        messages.success(request, _("Cette carte a un nouveau code. L’ancien n’est plus valable."))
        return redirect(card_url(whose))

    def whose(self, family: list[Beneficiary]) -> Beneficiary | None:
        """Whose card it is, None for the member's own; Http404 for nobody of this family."""
        if self.beneficiary_id is None:
            return None
        found = next((each for each in family if each.pk == self.beneficiary_id), None)
        if found is None:
            raise Http404
        return found

    def show(self, request: HttpRequest, family: list[Beneficiary], whose: Beneficiary | None) -> HttpResponse:
        today = self.member.policy.organisation.today()
        card = cards.card_of(member=self.member, beneficiary=whose)
        person = whose or self.member
        context = {
            "member": self.member,
            "policy": self.member.policy,
            "person": person,
            "relation": whose.get_relation_display() if whose else "",
            "others": [(each, card_url(each)) for each in (None, *family) if each != whose],
            # Rights of the family hang on the member's own: where these are closed, they are what counts.
            "rights": cover.rights(person if self.member.has_rights_on(today) else self.member, today),
            "day": today,
            "qr_code": qr_code(public_url("membership:card-check", card.code, language=get_language() or "fr")),
        }
        return render(request, "membership/card.html", context)


def card_url(whose: Beneficiary | None) -> str:
    """The page of a card of the family; None is the member's."""
    return reverse("membership:family-card", args=[whose.pk]) if whose else reverse("membership:card")


class CardCheckView(PublicView):
    """Valid or not, and until when: neither the name, nor the number, nor the contract."""

    def get(self, request: HttpRequest, code: str) -> HttpResponse:
        validity = cards.check_card(code=code)
        if not validity.is_open:  # only these count: who shows a good card is no guesser
            throttles.count("verify-address", client_address(request))
        return render(request, "membership/card_check.html", {"validity": validity})
