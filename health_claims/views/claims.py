"""« Consulter mes dossiers »: the claims of a member, each with its statement, and who has opened them."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode
from uuid import UUID
from zoneinfo import ZoneInfo

from django.contrib import messages
from django.db.models import Prefetch, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.backoffice.keyset import NEWER, OLDER, Page, page_by_key
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.compiled_query import CompiledQuery
from claims_portal.documents.serving import document_response
from claims_portal.documents.uploads import discard_all, receive_all
from claims_portal.middleware import client_address
from claims_portal.pdf import person_of
from claims_portal.wizards.views import own
from complaints import steps
from health_claims import contesting, presentation, printing
from health_claims.claim_forms import ClaimComplementForm, FeedbackForm
from health_claims.models import Abatement, Claim, ClaimDocument, DeclarationDocument, Statement
from health_claims.readings import readings_of
from health_claims.services.claims import supply_claim_complement
from health_claims.services.settling import with_amount
from health_claims.workflow import ClaimState
from membership.access import MemberView

PAGE = 20
SETTLED = (ClaimState.COMPUTED, ClaimState.PAID)  # when there is a statement that holds


class CareView(MemberView):
    """A page about care: for members whose identity was checked, on the clocks of their insurer."""

    needs_password = True
    needs_identity = True

    def page(self, request: HttpRequest, template: str, context: dict[str, Any], status: int = 200) -> HttpResponse:
        with timezone.override(ZoneInfo(self.member.policy.organisation.time_zone)):
            return render(request, template, {"member": self.member} | context, status=status)


def _claims_of(member: int) -> QuerySet[Claim]:
    """The claims of a member, as their list shows them."""
    claims = Claim.objects.filter(member=member).shown_to_member()
    return with_amount(claims.select_related("prestation", "patient", "desk__organisation"))


_newest = CompiledQuery(lambda member: _claims_of(member).order_by("-opened_at", "-pk")[: PAGE + 1], member=int)


class ClaimsView(CareView):
    """The list, newest first (row D149)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        page = self.keyed(request)
        for claim in page.rows:
            claim.member = self.member
            claim.paid = claim.to_pay if claim.state in SETTLED else None
        rows = [
            {
                "claim": each,
                "chip": presentation.chip(each),
                "url": reverse("health_claims:claim", args=[each.number]),
            }
            for each in page.rows
        ]
        here = reverse("health_claims:claims")
        context = {
            "rows": rows,
            "newer_url": f"{here}?{urlencode({NEWER: page.newer})}" if page.newer else "",
            "older_url": f"{here}?{urlencode({OLDER: page.older})}" if page.older else "",
        }
        return self.page(request, "health_claims/claims/list.html", context)

    def keyed(self, request: HttpRequest) -> Page:
        older, newer = request.GET.get(OLDER, ""), request.GET.get(NEWER, "")
        claims, first = _claims_of(self.member.pk), lambda: _newest.rows(member=self.member.pk)
        try:
            return page_by_key(claims, keyset=("opened_at", "pk"), size=PAGE, older=older, newer=newer, first=first)
        except ValueError:
            raise Http404 from None


class ClaimView(CareView):
    """One claim of this member; somebody else's does not exist."""

    claim: Claim

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        self.number = kwargs.pop("number")
        return super().dispatch(request, *args, **kwargs)

    def read(self) -> Claim:
        claims = with_amount(Claim.objects.filter(member=self.member).shown_to_member())
        related = ("prestation", "patient", "guarantee", "reason", "declaration", "desk__organisation")
        claim = get_object_or_404(claims.select_related(*related), number=self.number)
        claim.member = self.member
        return claim

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.read(), ClaimComplementForm())

    def show(self, request: HttpRequest, claim: Claim, form: ClaimComplementForm, **context: Any) -> HttpResponse:
        events = list(claim.events.all())
        asked = [each for each in events if each.kind in ("ask_complement", "ask_counter_visit", "refuse")]
        shown = {
            "claim": claim,
            "organisation": claim.desk.organisation,
            "chip": presentation.chip(claim),
            "turn": presentation.turn(claim),
            "standing": presentation.standing(claim),
            "pays_nothing": presentation.pays_nothing(claim),
            "asked": asked[-1].body if asked and asked[-1].to_state == claim.state else "",
            "events": presentation.timeline(events, claim),
            "files": self.files(claim),
            "statement": claim.statements.first() if claim.state in SETTLED else None,
            "may_answer": claim.state == ClaimState.COMPLEMENT,
            "may_contest": self.member.policy.complaint_desk_id is not None,
            "form": form,
            "feedback": FeedbackForm() if claim.awaits_feedback else None,
        }
        return self.page(request, "health_claims/claims/claim.html", shown | context)

    def files(self, claim: Claim) -> list[dict[str, Any]]:
        """What was sent with the declaration, then what was sent since."""
        pieces: list[Any] = list(claim.documents.select_related("document"))
        if claim.declaration_id:
            sent = DeclarationDocument.objects.filter(case_id=claim.declaration_id).select_related("document")
            pieces = [*sent, *pieces]
        return [self.file(claim, piece) for piece in pieces]

    def file(self, claim: Claim, piece: ClaimDocument | DeclarationDocument) -> dict[str, Any]:
        document = piece.document
        url = reverse("health_claims:claim-document", args=[claim.number, piece.pk]) if document.is_clean else ""
        return {
            "id": piece.pk,
            "label": document.label,
            "size": document.size,
            "content_type": document.content_type,
            "state": document.state,
            "url": url,
        }


class ClaimComplementView(ClaimView):
    """The answer to a complement that was asked for (row E124)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return redirect("health_claims:claim", self.read().number)

    def post(self, request: HttpRequest) -> HttpResponse:
        claim, form = self.read(), ClaimComplementForm(request.POST)
        documents, problems = receive_all(request) if form.is_valid() else ([], [])
        if form.is_valid() and not documents and not problems and not form.cleaned_data["body"]:
            form.add_error("body", _("Écrivez votre réponse, ou joignez un document."))
        if form.errors or problems:
            discard_all(documents)
            return self.show(request, claim, form, problems=problems)
        try:
            supply_claim_complement(claim_id=claim.pk, body=form.cleaned_data["body"], documents=documents)
        except TransitionNotAllowed:
            discard_all(documents)
            messages.error(request, _("Aucun complément n’est plus attendu pour ce dossier."))
            return self.show(request, self.read(), form)
        messages.success(request, _("Votre réponse est envoyée. L’étude de votre dossier reprend."))
        return redirect("health_claims:claim", claim.number)


class ClaimDocumentView(ClaimView):
    """One file of the claim, whether it came with the declaration or later."""

    def get(self, request: HttpRequest, piece_id: UUID) -> HttpResponseBase:  # type: ignore[override]
        claim = self.read()
        found: Any = ClaimDocument.objects.select_related("document").filter(pk=piece_id, case=claim).first()
        if found is None and claim.declaration_id:
            pieces = DeclarationDocument.objects.select_related("document")
            found = pieces.filter(pk=piece_id, case_id=claim.declaration_id).first()
        if found is None:
            raise Http404
        return document_response(document=found.document, reader="member")


class StatementView(ClaimView):
    """The statement in its last version, line by line, with « Pourquoi ce montant ? » (rows E106–E112)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        claim = self.read()
        statement = self.statement(claim)
        context = {
            "claim": claim,
            "statement": statement,
            "asked": presentation.asked_in_all(statement),
            "lines": presentation.lines_shown(statement.lines.all(), claim),
            "may_contest": contesting.complaint_desk(self.member) is not None,
        }
        return self.page(request, "health_claims/claims/statement.html", context)

    def statement(self, claim: Claim) -> Statement:
        """The newest version with its lines and cuts; three queries."""
        if claim.state not in SETTLED:  # studied again since: its last statement holds no more
            raise Http404
        cuts = Prefetch("lines__abatements", Abatement.objects.select_related("reason"))
        statement = claim.statements.prefetch_related("lines__adjustment", cuts).first()
        if statement is None:
            raise Http404
        return statement


class StatementPdfView(StatementView):
    """The same, on paper: drawing it costs time, so the number is limited."""

    def get(self, request: HttpRequest) -> HttpResponse:
        claim = self.read()
        statement = self.statement(claim)
        throttles.count("print-member", str(self.member.pk))
        language, person = get_language() or "fr", person_of(request)
        pdf = printing.statement_pdf(claim=claim, statement=statement, language=language, person=person)
        headers = {"Content-Disposition": f'attachment; filename="decompte-{claim.number}.pdf"'}
        return HttpResponse(pdf, content_type="application/pdf", headers=headers)


class ContestView(StatementView):
    """Begin a complaint about a line, or about the whole decision."""

    def get(self, request: HttpRequest, position: int | None = None) -> HttpResponse:
        return redirect("health_claims:claim", self.read().number)

    def post(self, request: HttpRequest, position: int | None = None) -> HttpResponse:
        claim = self.read()
        line = None
        if position is not None:
            lines = self.statement(claim).lines.all()
            line = next((each for each in lines if each.position == position), None)
        desk = contesting.complaint_desk(self.member)
        if desk is None or (position is not None and line is None):
            raise Http404
        throttles.count("draft-address", client_address(request))
        with timezone.override(ZoneInfo(self.member.policy.organisation.time_zone)):
            draft = contesting.contest(claim=claim, desk=desk, language=get_language() or "fr", line=line)
        own(request, draft)
        return redirect(steps.filing.url(draft, steps.SUBJECT))


class ReadingsView(CareView):
    """« Qui a vu mon dossier »."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            page = readings_of(member=self.member, older=request.GET.get(OLDER, ""))
        except ValueError:
            raise Http404 from None
        here = reverse("health_claims:readings")
        context = {
            "rows": page.rows,
            "newer_url": here if OLDER in request.GET else "",
            "older_url": f"{here}?{urlencode({OLDER: page.older})}" if page.older else "",
        }
        return self.page(request, "health_claims/claims/readings.html", context)
