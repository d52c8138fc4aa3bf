"""What a member says of a claim that was paid, when they are asked (row F40)."""

from __future__ import annotations

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from health_claims.claim_forms import ClaimComplementForm, FeedbackForm
from health_claims.models import Claim
from health_claims.services.reviewing import NothingAsked, give_feedback

from .claims import ClaimView


class FeedbackView(ClaimView):
    """The answer to one question."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("health_claims:claim", self.read().number)

    def post(self, request: HttpRequest) -> HttpResponse:
        claim, form = self.read(), FeedbackForm(request.POST)
        if not claim.awaits_feedback:
            return self.too_late(request, claim)
        if not form.is_valid():
            return self.show(request, claim, ClaimComplementForm(), feedback=form)
        agrees, words = form.given
        try:
            give_feedback(claim_id=claim.pk, agrees=agrees, body=words)
        except NothingAsked:  # answered in another tab
            return self.too_late(request, claim)
        messages.success(request, _("Merci, votre réponse est enregistrée."))
        return redirect("health_claims:claim", claim.number)

    def too_late(self, request: HttpRequest, claim: Claim) -> HttpResponse:
        messages.info(request, _("Aucune réponse n’est plus attendue pour ce dossier."))
        return redirect("health_claims:claim", claim.number)
