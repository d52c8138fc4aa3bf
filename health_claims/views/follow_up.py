"""« Suivi des dossiers envoyés »: the list, one declaration, its pieces, and what the member may do (D131–D153)."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any
from urllib.parse import quote
from uuid import UUID

from django.contrib import messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.accounts import throttles
from claims_portal.backoffice.keyset import page_by_key
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.explanation import written_date
from claims_portal.documents.serving import document_response
from claims_portal.documents.uploads import discard_all, receive_all
from claims_portal.middleware import client_address
from claims_portal.templatetags.portal import isolated, money
from claims_portal.wizards.views import resume_url
from health_claims.forms import ComplementForm
from health_claims.models import Declaration, DeclarationDocument, DeclarationEvent
from health_claims.services import declaring
from health_claims.workflow import DeclarationState
from membership.presentation import name_shown

from .declaring import language_of_page
from .zone import InsuredView

PAGE = 20
LEGEND = {
    DeclarationState.CREATED: gettext_lazy("Demande de déclaration en ligne créée en attente de confirmation"),
    DeclarationState.VALIDATED: gettext_lazy("Demande de déclaration en ligne validée"),
    DeclarationState.REJECTED: gettext_lazy("Demande de déclaration en ligne rejetée"),
}
TONES = {DeclarationState.CREATED: "info", DeclarationState.VALIDATED: "success", DeclarationState.REJECTED: "danger"}
EVENTS = {
    "sent": gettext_lazy("Demande envoyée"),
    "ask_complement": gettext_lazy("Complément demandé"),
    "supply": gettext_lazy("Complément envoyé"),
    "validate": gettext_lazy("Demande validée"),
    "reject": gettext_lazy("Demande rejetée"),
}
EVENT_TONES = {"ask_complement": "turn", "validate": "success", "reject": "danger"}


def _sent_by(member: int) -> QuerySet[Declaration]:
    """What a member has sent, as their list shows it."""
    sent = Declaration.objects.filter(member=member).shown_to_member()
    return sent.select_related("prestation", "reason", "claim").defer("mobile")


_newest = CompiledQuery(lambda member: _sent_by(member).order_by("-opened_at", "-pk")[: PAGE + 1], member=int)


class FollowUpView(InsuredView):
    """All the declarations of the member, newest first, by key (rows D131–D144)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        try:
            page = page_by_key(
                _sent_by(self.member.pk),
                keyset=("opened_at", "pk"),
                size=PAGE,
                older=request.GET.get("apres", ""),
                newer=request.GET.get("avant", ""),
                first=lambda: _newest.rows(member=self.member.pk),
            )
        except ValueError:
            raise Http404 from None
        context = {
            "declarations": [row_of(each) for each in page.rows],
            "legend": [{"label": state.label, "tone": TONES[state], "text": text} for state, text in LEGEND.items()],
            "newer_url": f"?avant={quote(page.newer)}" if page.newer else "",
            "older_url": f"?apres={quote(page.older)}" if page.older else "",
            "member": self.member,
        }
        return render(request, "health_claims/follow_up.html", context)


def row_of(declaration: Declaration) -> dict[str, Any]:
    """One line of the list; a complement that is asked for shows in it."""
    state = DeclarationState(declaration.state)
    asked = declaration.complement_asked_at is not None
    rejected = state == DeclarationState.REJECTED
    return {
        "declaration": declaration,
        "sent": f"{timezone.localtime(declaration.opened_at):%d/%m/%Y %H:%M:%S}",
        "url": reverse("health_claims:declaration-detail", args=[declaration.number]),
        "state": state.label,
        "tone": TONES[state],
        "asked": asked,
        "reason": declaration.reason.label if rejected and declaration.reason else "",
        "number": claim_number(declaration),
    }


def claim_number(declaration: Declaration) -> str:
    """The number of the acknowledgement; empty until it is validated (row D139)."""
    claim = getattr(declaration, "claim", None)
    return claim.number if claim else ""


class DeclarationView(InsuredView):
    """A declaration of this member; anybody else's does not exist."""

    def find(self, reference: str) -> Declaration:
        known = self.member.declarations.shown_to_member().select_related(
            "prestation", "reason", "claim", "patient", "desk__organisation"
        )
        declaration = get_object_or_404(known, number=reference)
        declaration.member = self.member
        return declaration

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return self.show(request, self.find(reference), ComplementForm())

    def show(
        self,
        request: HttpRequest,
        declaration: Declaration,
        form: ComplementForm,
        problems: Sequence[tuple[str, str]] = (),
    ) -> HttpResponse:
        """The whole page, in four queries beside who is there."""
        events = list(declaration.events.filter(is_public=True))
        pieces = list(declaration.documents.select_related("document"))
        asked = next((each for each in reversed(events) if each.kind == "ask_complement"), None)
        context = {
            "declaration": declaration,
            "desk": declaration.desk,
            "row": row_of(declaration),
            "rows": recap(declaration),
            "files": [piece_view(declaration, each) for each in pieces],
            "events": [event_view(each, declaration) for each in events],
            "asked": asked if declaration.complement_asked_at else None,
            "form": form,
            "problems": problems,
            "member": self.member,
        }
        return render(request, "health_claims/declaration_detail.html", context)


def recap(declaration: Declaration) -> list[dict[str, Any]]:
    """What was declared, in the words of the last étape."""
    relation = declaration.patient.get_relation_display() if declaration.patient else _("Assuré")
    found = [
        (_("Type de dossier"), declaration.prestation),
        (_("Date de consultation de médecin"), written_date(declaration.care_date)),
        (_("Frais engagés"), isolated(money(declaration.amount))),
        (_("Personne Traitée"), name_shown(declaration.patient or declaration.member, member=declaration.member)),
        (_("Lien"), relation),
        (_("GSM"), isolated(declaration.mobile.as_international) if declaration.mobile else ""),
        (_("Adresse e-mail :"), isolated(declaration.email) if declaration.email else ""),
    ]
    return [{"label": label, "value": value} for label, value in found if value]


def piece_view(declaration: Declaration, piece: DeclarationDocument) -> dict[str, Any]:
    """A piece as `components/file_list.html` shows it."""
    document = piece.document
    return {
        "url": reverse("health_claims:declaration-document", args=[declaration.number, piece.pk]),
        "label": document.label,
        "size": document.size,
        "content_type": document.content_type,
        "state": document.state,
    }


def event_view(event: DeclarationEvent, declaration: Declaration) -> dict[str, Any]:
    """A line of the history as `components/timeline.html` shows it."""
    return {
        "at": event.at,
        "title": EVENTS.get(event.kind, event.kind),
        "who": declaration.desk.organisation.short_name if event.user_id else _("Vous"),
        "text": event.body,
        "tone": EVENT_TONES.get(event.kind, "neutral"),
    }


class ComplementView(DeclarationView):
    """The answer to what the desk asked for: a text, files, or both."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return redirect("health_claims:declaration-detail", self.find(reference).number)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        declaration = self.find(reference)
        form = ComplementForm(request.POST)
        documents, problems = receive_all(request) if form.is_valid() else ([], [])
        if form.is_valid() and not documents and not problems and not form.cleaned_data["body"]:
            form.add_error("body", _("Écrivez votre réponse, ou joignez au moins un document."))
        if form.errors or problems:
            discard_all(documents)
            return self.show(request, declaration, form, problems)
        try:
            declaring.supply_complement(
                declaration_id=declaration.pk, body=form.cleaned_data["body"], documents=documents
            )
        except TransitionNotAllowed:
            discard_all(documents)
            messages.error(request, _("Ce complément n’est plus attendu : la demande a changé entre-temps."))
        else:
            messages.success(request, _("Votre complément est envoyé. L’étude de la demande reprend."))
        return redirect("health_claims:declaration-detail", declaration.number)


class DeclareAgainView(DeclarationView):
    """« Déclarer de nouveau »: a new draft that says what the rejected declaration said."""

    def get(self, request: HttpRequest, reference: str) -> HttpResponse:
        return redirect("health_claims:declaration-detail", self.find(reference).number)

    def post(self, request: HttpRequest, reference: str) -> HttpResponse:
        declaration = self.find(reference)
        if declaration.state != DeclarationState.REJECTED:
            raise Http404
        throttles.count("draft-address", client_address(request))
        draft = declaring.declare_again(declaration=declaration, language=language_of_page())
        return redirect(resume_url(draft))


class PieceView(InsuredView):
    """One piece, for its owner; the reading is logged."""

    def get(self, request: HttpRequest, reference: str, piece_id: UUID) -> HttpResponseBase:
        mine = self.member.declarations.shown_to_member()
        pieces = DeclarationDocument.objects.select_related("document").filter(case__in=mine)
        piece = get_object_or_404(pieces, pk=piece_id, case__number=reference)
        return document_response(document=piece.document, reader="member")
