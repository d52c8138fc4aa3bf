"""« Estimer mon remboursement »: from a quote to what the policy would pay, before the care (row F42)."""

from __future__ import annotations

from typing import Any
from zoneinfo import ZoneInfo

from django.http import HttpRequest, HttpResponse
from django.utils import timezone
from django.utils.translation import gettext as _

from health_claims import presentation
from health_claims.estimate_forms import EstimateForm
from health_claims.offer import Offer, read_offer
from health_claims.services.estimating import Quote, TariffMissing, estimate
from health_claims.services.reasons import labels_of
from health_claims.services.usage import Care
from membership.cover import conditions

from .claims import CareView


class EstimateView(CareView):
    """The form, and under it what it comes to. Sent by POST, for it tells of care; nothing is kept."""

    def get(self, request: HttpRequest) -> HttpResponse:
        offer = self.offer()
        return self.show(request, EstimateForm(offer=offer, initial={"care_date": offer.today}))

    def post(self, request: HttpRequest) -> HttpResponse:
        offer = self.offer()
        form = EstimateForm(request.POST, offer=offer)
        shown = self.estimated(offer, form) if form.is_valid() else {}
        return self.show(request, form, **shown)

    def offer(self) -> Offer:
        zone = ZoneInfo(self.member.policy.organisation.time_zone)
        return read_offer(member=self.member, today=timezone.localdate(timezone=zone))

    def estimated(self, offer: Offer, form: EstimateForm) -> dict[str, Any]:
        """What the page shows of the estimate; nothing, and the form says why, when the tariff is missing."""
        given = form.cleaned_data
        code, day = given["prestation"], given["care_date"]
        prestation = next(each.prestation for each in offer.guarantees() if each.prestation.code == code)
        guarantee = offer.guarantee_on(code, day)
        care = Care(self.member, offer.patient(given["patient"]), prestation, day)
        quote = Quote(given["spent"], given["base_paid"], given["base"] or None)
        try:
            found = estimate(care=care, guarantee=guarantee, quote=quote)
        except TariffMissing:
            form.add_error("base", _("Pour ces soins, votre contrat complète ce tarif : indiquez-le pour estimer."))
            return {}
        labels = labels_of(
            organisation=self.member.policy.organisation, codes=[cut.reason for cut in found.outcome.abatements]
        )
        return {
            "estimate": found,
            "care": care,
            "sentences": presentation.explain(steps=found.steps, reasons=labels),
            "limits": presentation.limits_shown(found),
            "conditions": conditions(guarantee) if guarantee else [],
        }

    def show(self, request: HttpRequest, form: EstimateForm, **context: Any) -> HttpResponse:
        return self.page(request, "health_claims/claims/estimate.html", {"form": form} | context)
