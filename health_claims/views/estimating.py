"""« Estimer mon remboursement »: from a quote to what the policy would pay, and the quote to the desk (row F42)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect
from django.urls import reverse
from django.utils.functional import Promise
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.accounts import throttles
from claims_portal.documents.services import DocumentRefused, discard_document, receive_document
from claims_portal.documents.serving import document_response
from claims_portal.documents.uploads import sender_of
from claims_portal.middleware import client_address
from health_claims import presentation
from health_claims.estimate_forms import EstimateForm
from health_claims.models import PriorApproval
from health_claims.offer import Offer, read_offer
from health_claims.services.estimating import Quote, TariffMissing, estimate
from health_claims.services.quoting import TooManyQuotes, send_quote
from health_claims.services.reasons import labels_of
from health_claims.services.usage import Care
from membership.cover import conditions

from .claims import CareView

Decision = PriorApproval.Decision
QUOTE_STATES: dict[str, str | Promise] = {
    Decision.PENDING: gettext_lazy("En cours d’étude"),
    Decision.GRANTED: gettext_lazy("Accordé"),
    Decision.REFUSED: gettext_lazy("Refusé"),
    Decision.CANCELLED: gettext_lazy("Annulé"),
}
QUOTE_TONES = {
    Decision.PENDING: "info",
    Decision.GRANTED: "success",
    Decision.REFUSED: "danger",
    Decision.CANCELLED: "neutral",
}
SHOWN = 20  # quotes sent, the newest first


class EstimateView(CareView):
    """The form, and under it what it comes to. Sent by POST, for it tells of care.

    Nothing is kept until the member sends the quote itself: it is then a prior approval for the desk to decide.
    """

    def get(self, request: HttpRequest) -> HttpResponse:
        offer = self.offer()
        return self.show(request, EstimateForm(offer=offer, initial={"care_date": offer.today}))

    def post(self, request: HttpRequest) -> HttpResponse:
        offer = self.offer()
        form = EstimateForm(request.POST, offer=offer)
        if not form.is_valid():
            return self.show(request, form)
        shown = self.estimated(offer, form)
        if request.POST.get("action") == "send":
            return self.send(request, form, shown)
        return self.show(request, form, **shown)

    def send(self, request: HttpRequest, form: EstimateForm, shown: dict[str, Any]) -> HttpResponse:
        """Keep the quote and put it before the desk; what is wrong with the file is said beside it."""
        upload = request.FILES.get("files")
        if upload is None:
            return self.show(request, form, **shown, problems=[("id_files", _("Choisissez le fichier du devis."))])
        throttles.count("upload-address", client_address(request))
        try:
            document = receive_document(upload=upload, sender=sender_of(request))
        except DocumentRefused as refusal:
            return self.show(request, form, **shown, problems=[("id_files", refusal.about(upload))])
        estimated = shown["estimate"].outcome.paid if "estimate" in shown else None
        try:
            send_quote(care=shown["care"], amount=form.cleaned_data["spent"], estimated=estimated, document=document)
        except TooManyQuotes:
            discard_document(document=document)
            sentence = _("Plusieurs de vos devis attendent déjà une réponse. Vous pourrez en envoyer un autre ensuite.")
            return self.show(request, form, **shown, problems=[("id_files", sentence)])
        messages.success(request, _("Votre devis est envoyé. Un message vous dira quand la réponse est là."))
        return redirect("health_claims:estimate")

    def offer(self) -> Offer:
        return read_offer(member=self.member, today=self.member.policy.organisation.today())

    def estimated(self, offer: Offer, form: EstimateForm) -> dict[str, Any]:
        """What the page shows of the estimate; only the care, and the form says why, when the tariff is missing."""
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
            return {"care": care}
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
        sent = PriorApproval.objects.sent_by(self.member).select_related("prestation", "patient", "document")
        shown = {"form": form, "quotes": [quote_shown(each) for each in sent.order_by("-pk")[:SHOWN]]}
        return self.page(request, "health_claims/claims/estimate.html", shown | context)


def quote_shown(quote: PriorApproval) -> dict[str, Any]:
    """A quote that was sent, and what became of it."""
    document = quote.document
    address = reverse("health_claims:quote-document", args=[quote.pk])
    return {
        "quote": quote,
        "label": QUOTE_STATES[PriorApproval.Decision(quote.decision)],
        "tone": QUOTE_TONES[PriorApproval.Decision(quote.decision)],
        "url": address if document is not None and document.is_clean else "",
    }


class QuoteDocumentView(CareView):
    """The file of a quote, for the member who sent it."""

    def get(self, request: HttpRequest, key: int) -> HttpResponseBase:
        sent = PriorApproval.objects.sent_by(self.member).exclude(document=None).select_related("document")
        quote = get_object_or_404(sent, pk=key)
        document: Any = quote.document
        return document_response(document=document, reader="member")
