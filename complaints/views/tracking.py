"""« Suivi de ma réclamation » and the dashboard of a case (rows A26–A41)."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any
from uuid import UUID

import structlog
from django.contrib import messages
from django.db.models import Exists, QuerySet
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import reverse
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_portal.accounts import throttles
from claims_portal.cases.presentation import clock_view
from claims_portal.cases.refusals import TooManyMessages, TransitionNotAllowed
from claims_portal.compiled_query import CompiledQuery
from claims_portal.deadlines.explanation import wait_in_words
from claims_portal.documents.serving import document_response
from claims_portal.documents.uploads import FIELD, discard_all, receive_all
from claims_portal.middleware import client_address
from claims_portal.pdf import person_of
from claims_portal.views import PublicView
from complaints import access, presentation, printing
from complaints.forms import ExchangeForm, ReopenForm, TrackingForm, WithdrawForm
from complaints.history_page import SIZE, page_of_history
from complaints.lateness import late_answer
from complaints.message_limits import files_sentence, no_room_sentence, refuse_message
from complaints.models import Clock, ClockKind, Complaint, ComplaintDocument, Dependant, Event, Pause
from complaints.parts import parts_of
from complaints.promises import still_expected
from complaints.services import following
from complaints.workflow import State, workflow
from membership.access import SESSION_KEY as MEMBER_KEY

from .zone import render_in_zone

logger = structlog.get_logger("portal.complaints")

complaint_by_number = CompiledQuery(
    lambda number: Complaint.objects.for_complainant().filter(number=number), number=str
)


def public_events(complaint: int) -> QuerySet[Event]:
    """Return what the complainant may read of the history of a case; `paused`: a complement was asked once."""
    events = Event.objects.select_related("answer").filter(case=complaint, is_public=True)
    return events.annotate(paused=Exists(Pause.objects.filter(case=complaint)))


# The newest public events, one more than a page shows.
newest_public_events = CompiledQuery(
    lambda complaint: public_events(complaint).order_by("-at", "-pk")[: SIZE + 1], complaint=int
)
closing_events = CompiledQuery(
    lambda complaint: public_events(complaint).filter(to_state=State.CLOSED).exclude(from_state=State.CLOSED),
    complaint=int,
)
clocks_of_complaint = CompiledQuery(lambda complaint: Clock.objects.current().filter(case=complaint), complaint=int)
pauses_of_complaint = CompiledQuery(lambda complaint: Pause.objects.filter(case=complaint), complaint=int)
dependants_of_complaint = CompiledQuery(lambda complaint: Dependant.objects.filter(complaint=complaint), complaint=int)
attached_documents = CompiledQuery(
    lambda complaint, events: ComplaintDocument.objects.select_related("document").filter(
        case=complaint, event__among=events
    ),
    complaint=int,
    events=list,
)


class TrackView(PublicView):
    """The form « Suivi de ma réclamation : »."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return render(request, "complaints/track.html", {"form": TrackingForm()})

    def post(self, request: HttpRequest) -> HttpResponse:
        form = TrackingForm(request.POST)
        if not form.is_valid():
            return self.show(request, form)
        asked = form.cleaned_data
        tries = self.tries(asked["number"], client_address(request))
        try:
            for scope, subject in tries:
                throttles.count(scope, subject)
        except throttles.LimitReached as limit:
            return self.refuse(request, form, limit)
        found = access.matching(number=asked["number"], email=asked["email"], mobile=asked["mobile"])
        if found is None:
            sentence = _("Aucune réclamation ne correspond à ce numéro et à ce contact. Vérifiez les deux.")
            form.add_error("number", sentence)
            return self.show(request, form)
        for scope, subject in tries:
            throttles.give_back(scope, subject)
        access.grant(request, found)
        access.grant_followed(request, found)
        return redirect("complaints:dashboard", found.number)

    def tries(self, number: str, address: str) -> list[tuple[str, str]]:
        """Return the limits on failures, those of strangers first.

        One place can only close a number for itself. All places together have a hundred failures a day for a number:
        then its owner comes in by the link to « Mes réclamations », which their mailbox proves.
        """
        return [
            ("tracking-address", address),
            ("tracking-number", f"{number} {throttles.caller(address)}"),
            ("tracking-number-day", number),
        ]

    def refuse(self, request: HttpRequest, form: TrackingForm, limit: throttles.LimitReached) -> HttpResponse:
        """Show the form again with a way out: when to try again, and the link by e-mail meanwhile."""
        context = {"form": form, "wait": wait_in_words(limit.retry_seconds)}
        logger.warning("limit_reached", scope=limit.scope)
        response = render(request, "complaints/track_refused.html", context, status=429)
        response.headers["Retry-After"] = str(limit.retry_seconds)
        return response

    def show(self, request: HttpRequest, form: TrackingForm) -> HttpResponse:
        return render(request, "complaints/track.html", {"form": form})


class LeaveView(PublicView):
    """« Quitter »: this browser opens no case any more, nor the list of them (shared computers)."""

    def post(self, request: HttpRequest) -> HttpResponse:
        access.leave_cases(request)
        return redirect("complaints:leave")

    def get(self, request: HttpRequest) -> HttpResponse:
        """Say that it is done: a page of its own, to reload and to read in the other language."""
        if access.holds_rights(request):
            return redirect("complaints:start")
        still_signed_in = MEMBER_KEY in request.session
        return render(request, "complaints/left.html", {"still_signed_in": still_signed_in})


class CaseView(PublicView):
    """A page of one case, for a session that may follow it."""

    complaint: Complaint

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        number = access.granted_number(request, kwargs.pop("number"))
        complaint = complaint_by_number.first(number=number)
        if complaint is None:
            raise Http404
        access.check_grant(request, complaint)
        self.complaint = complaint
        if complaint.disposed_at is not None:
            context = {"complaint": complaint, "desk": complaint.desk}
            return render_in_zone(request, "complaints/disposed.html", complaint, context, status=410)
        return super().dispatch(request, *args, **kwargs)

    def back(self) -> HttpResponse:
        return redirect("complaints:dashboard", self.complaint.number)

    def document_url(self, joined: ComplaintDocument) -> str:
        return reverse("complaints:document", args=[self.complaint.number, joined.pk])

    def show(self, request: HttpRequest, *, kept: str = "", problems: Any = (), **forms: Any) -> HttpResponse:
        """The dashboard, in five queries, six once a complement was asked; one more when a long history has ended.

        `kept` is a text that could not be sent.
        """
        complaint = self.complaint
        page = page_of_history(
            public_events(complaint.pk), request.GET, first=lambda: newest_public_events.rows(complaint=complaint.pk)
        )
        events = page.events
        documents = attached_documents.rows(complaint=complaint.pk, events=[event.pk for event in events])
        clocks = clocks_of_complaint.rows(complaint=complaint.pk)
        ended = complaint.state == State.CLOSED and not page.is_whole
        endings = closing_events.rows(complaint=complaint.pk) if ended else events
        pauses = pauses_of_complaint.rows(complaint=complaint.pk) if any(event.paused for event in events) else []
        late = late_answer(complaint, clocks)
        may_reopen = self.may_reopen(clocks)
        bound = next((form for form in forms.values() if form is not None and form.errors), None)
        context = {
            "complaint": complaint,
            "desk": complaint.desk,
            "standing": presentation.standing(complaint, endings, late, may_reopen=may_reopen),
            "clocks": presentation.clocks_by_party(complaint, clocks, pauses),
            "late": late,
            "expected": still_expected(complaint),
            "exchange": presentation.conversation(events, documents, complaint.desk, self.document_url),
            "history_page": page,
            "timeline": presentation.timeline(events, complaint.desk),
            "files": [presentation.document_view(joined, self.document_url) for joined in documents],
            "dependants": dependants_of_complaint.rows(complaint=complaint.pk),
            "may_write": any(workflow.allows(name, complaint.state) for name in ("write", "supply")),
            "may_withdraw": workflow.allows("withdraw", complaint.state),
            "may_reopen": may_reopen,
            "followed": access.followed(request, complaint),
            "exchange_form": forms.get("exchange_form") or ExchangeForm(),
            "reopen_form": forms.get("reopen_form") or ReopenForm(),
            "form": bound,
            "kept": kept,
            "problems": problems,
        }
        return render_in_zone(request, "complaints/dashboard.html", complaint, context)

    def may_reopen(self, clocks: list[Any]) -> bool:
        if self.complaint.archived_at is not None or self.complaint.merged_into_id is not None:
            return False
        if not workflow.allows("reopen", self.complaint.state):
            return False
        window = [clock_view(clock) for clock in clocks if clock.kind == ClockKind.REOPENING]
        return not window or window[0]["state"] != "late"

    def not_any_more(self, request: HttpRequest, kept: str) -> HttpResponse:
        """The case changed meanwhile: say so, show it as it is now, and give back what was typed."""
        sentence = _("Ce n’est plus possible : votre réclamation a changé d’état entre-temps.")
        return self.give_back(request, sentence, kept)

    def give_back(self, request: HttpRequest, sentence: str, kept: str) -> HttpResponse:
        """The dashboard with a sentence and the text that could not be sent."""
        messages.error(request, sentence)
        self.complaint = Complaint.objects.for_complainant().get(pk=self.complaint.pk)
        return self.show(request, kept=kept)


class DashboardView(CaseView):
    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request)


class ExchangeView(CaseView):
    """A message to the desk, with documents (rows A38–A40)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.back()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ExchangeForm(request.POST)
        if form.is_valid() and (sentence := refuse_message(request, self.complaint)):
            return self.too_many(request, form, sentence)
        documents, problems = receive_all(request) if form.is_valid() else ([], [])
        if form.errors or problems:
            discard_all(documents)
            return self.show(request, problems=problems, exchange_form=form)
        try:
            following.write_to_desk(complaint_id=self.complaint.pk, body=form.cleaned_data["body"], documents=documents)
        except TransitionNotAllowed:
            discard_all(documents)
            return self.not_any_more(request, form.cleaned_data["body"])
        except TooManyMessages:
            discard_all(documents)
            return self.too_many(request, form, no_room_sentence())
        messages.success(request, _("Votre message est envoyé."))
        return self.back()

    def too_many(self, request: HttpRequest, form: ExchangeForm, sentence: str) -> HttpResponse:
        """The form again with its text, a sentence beside the field, and a word about the files that were chosen."""
        form.add_error("body", sentence)
        problems = [(FIELD, files_sentence())] if request.FILES else []
        return self.show(request, problems=problems, exchange_form=form)


def changed_too_often(limit: throttles.LimitReached) -> str:
    """The sentence beside the button, for who closed and reopened a case several times in an hour."""
    minutes = -(-limit.retry_seconds // 60)
    sentence = ngettext(
        "Cette réclamation vient d’être clôturée et rouverte plusieurs fois. "
        "Réessayez dans %(minutes)s minute : votre texte reste sur cette page.",
        "Cette réclamation vient d’être clôturée et rouverte plusieurs fois. "
        "Réessayez dans %(minutes)s minutes : votre texte reste sur cette page.",
        minutes,
    )
    return sentence % {"minutes": minutes}


class WithdrawView(CaseView):
    """« Clôturer ma réclamation » (row A41)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        context = {"complaint": self.complaint, "desk": self.complaint.desk, "form": WithdrawForm()}
        return render_in_zone(request, "complaints/withdraw.html", self.complaint, context)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = WithdrawForm(request.POST)
        if not form.is_valid():
            context = {"complaint": self.complaint, "desk": self.complaint.desk, "form": form}
            return render_in_zone(request, "complaints/withdraw.html", self.complaint, context)
        try:
            following.withdraw_complaint(complaint_id=self.complaint.pk, **form.cleaned_data)
        except TransitionNotAllowed:
            return self.not_any_more(request, form.cleaned_data["comment"])
        except throttles.LimitReached as limit:
            form.add_error("comment", changed_too_often(limit))
            context = {"complaint": self.complaint, "desk": self.complaint.desk, "form": form}
            return render_in_zone(request, "complaints/withdraw.html", self.complaint, context)
        messages.success(request, _("Votre réclamation est clôturée. Merci de nous l’avoir dit."))
        return self.back()


class ReopenView(CaseView):
    """Reopen an answered or closed case, with a reason, while its delay lasts (F5)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.back()

    def post(self, request: HttpRequest) -> HttpResponse:
        form = ReopenForm(request.POST)
        if form.is_valid() and (sentence := refuse_message(request, self.complaint)):
            form.add_error("reason", sentence)
        if not form.is_valid():
            return self.show(request, reopen_form=form)
        try:
            following.reopen_complaint(complaint_id=self.complaint.pk, reason=form.cleaned_data["reason"])
        except TransitionNotAllowed:
            return self.not_any_more(request, form.cleaned_data["reason"])
        except TooManyMessages:
            form.add_error("reason", no_room_sentence())
            return self.show(request, reopen_form=form)
        except throttles.LimitReached as limit:
            form.add_error("reason", changed_too_often(limit))
            return self.show(request, reopen_form=form)
        except following.TooLateToReopen:
            sentence = _("Le délai pour rouvrir est passé. Vous pouvez déposer une nouvelle réclamation.")
            return self.give_back(request, sentence, form.cleaned_data["reason"])
        messages.success(request, _("Votre réclamation est rouverte. Le service en est averti."))
        return self.back()


class DocumentView(CaseView):
    """One document of the case."""

    def get(self, request: HttpRequest, document_id: UUID) -> HttpResponseBase:
        joined = get_object_or_404(
            ComplaintDocument.objects.select_related("document", "event"), pk=document_id, case=self.complaint
        )
        if joined.event is not None and not joined.event.is_public:
            raise Http404
        return document_response(document=joined.document, reader="complainant")


class PrintView(CaseView):
    """A PDF of the case: drawing one costs time, so their number is limited."""

    def pdf(self, request: HttpRequest, draw: Callable[..., bytes], name: str) -> HttpResponse:
        throttles.count("print-address", client_address(request))
        headers = {"Content-Disposition": f'attachment; filename="{name}-{self.complaint.number}.pdf"'}
        return HttpResponse(
            draw(self.complaint, person=person_of(request)), content_type="application/pdf", headers=headers
        )


class ReceiptView(PrintView):
    """The receipt as a PDF (F2)."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.pdf(request, printing.receipt_pdf, "accuse")


class CasePdfView(PrintView):
    """The whole case as a PDF (F28): at once, or a page that offers the parts of a long one."""

    def get(self, request: HttpRequest) -> HttpResponse:
        parts = parts_of(self.complaint)
        chosen = request.GET.get("partie", "")
        if len(parts) > 1 and not chosen:
            context = {"complaint": self.complaint, "desk": self.complaint.desk, "parts": parts}
            return render_in_zone(request, "complaints/case_parts.html", self.complaint, context)
        part = next((part for part in parts if len(parts) == 1 or str(part.number) == chosen), None)
        if part is None:
            raise Http404
        name = "reclamation" if len(parts) == 1 else f"reclamation-partie-{part.number}"
        return self.pdf(request, partial(printing.case_pdf, part=part), name)
