"""The steps of filing, and the page that says it is done."""

from __future__ import annotations

from typing import Any
from uuid import UUID

from django.conf import settings
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_portal.accounts import human, throttles
from claims_portal.compiled_query import CompiledQuery
from claims_portal.middleware import client_address
from claims_portal.organisations.models import LegalText
from claims_portal.views import PublicView
from claims_portal.wizards.models import Draft, joined_documents
from claims_portal.wizards.views import SESSION_KEY as OWNED
from claims_portal.wizards.views import CollectionStepView, DocumentsStepView, StepView, joined_view
from complaints import access, steps
from complaints.forms import GateForm
from complaints.models import Complaint, DocumentKind
from complaints.models.case import label_of
from complaints.promises import promises, still_expected
from complaints.questions import questions_of
from complaints.services.filing import IncompleteDraft, already_filed_at, submit_draft

from .zone import render_in_zone

complaint_of_draft = CompiledQuery(lambda draft: Complaint.objects.for_complainant().filter(draft_id=draft), draft=UUID)


class FilingMixin:
    wizard = steps.filing
    draft: Draft

    def submitted_url(self) -> str:
        return reverse("complaints:done", args=[self.draft.pk])

    def kind_label(self, kind: str) -> str:
        return label_of(DocumentKind, kind)


class FilingStepView(FilingMixin, StepView):
    """The steps that are a form and nothing more."""

    def after(self, request: HttpRequest) -> HttpResponse:
        """Who only wants to know something is shown the shorter way, and may still go on (rows C5–C13)."""
        if self.step is steps.GATE:
            kind = steps.GATE.cleaned(self.draft).get("kind")
            if kind != GateForm.COMPLAINT and "continuer" not in request.GET:
                return redirect(reverse("complaints:other-way", args=[self.draft.pk]))
        return super().after(request)


class OtherWayView(FilingMixin, StepView):
    """An information, an explanation or a confirmation is quicker elsewhere; a right is never refused."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, slug=steps.GATE.slug, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        kind = steps.GATE.cleaned(self.draft).get("kind", "")
        context = {"draft": self.draft, "desk": self.draft.desk, "kind": kind}
        context["back_url"] = self.wizard.url(self.draft, steps.GATE)
        context["continue_url"] = self.wizard.url(self.draft, steps.SUBJECT)
        return render(request, "complaints/filing/other_way.html", context)


class FilingDependantsView(FilingMixin, CollectionStepView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, slug=steps.DEPENDANTS.slug, **kwargs)


class FilingDocumentsView(FilingMixin, DocumentsStepView):
    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, slug=steps.DOCUMENTS.slug, **kwargs)

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        return super().show(request, form, mandate_expected=self._mandate_expected(), **context)

    def _mandate_expected(self) -> bool:
        return steps.COMPLAINANT.cleaned(self.draft).get("quality") == "agent"


class ReviewView(FilingMixin, StepView):
    """Read again, consent, send. Pressed twice, in two tabs or after Back: one case."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        return super().dispatch(request, *args, slug=steps.REVIEW.slug, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        unfinished = self.wizard.first_incomplete(self.draft)
        if unfinished is not None:
            return self.lead_back(unfinished)
        return self.show(request, self.step.form(self.draft))

    def lead_back(self, step: Any) -> HttpResponse:
        query = "?corriger&revoir" if step.slug in self.draft.answers else "?revoir"
        return redirect(self.wizard.url(self.draft, step) + query)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.step.form(self.draft, request.POST)
        if form is None or not form.is_valid():
            return self.show(request, form)
        throttles.count("filing-address", client_address(request))
        try:
            self.check_human(request)
        except human.NotYetHuman as wait:
            sentence = ngettext(
                "Attendez encore %(seconds)d seconde, puis appuyez de nouveau sur « Envoyer ma réclamation ».",
                "Attendez encore %(seconds)d secondes, puis appuyez de nouveau sur « Envoyer ma réclamation ».",
                wait.seconds,
            )
            form.add_error(None, sentence % {"seconds": wait.seconds})
            return self.show(request, form)
        try:
            submit_draft(draft_id=self.draft.pk, wants_sms=form.cleaned_data.get("wants_sms", False), seen=self.draft)
        except IncompleteDraft as incomplete:
            return self.lead_back(incomplete.step)
        return redirect(self.submitted_url())

    def check_human(self, request: HttpRequest) -> None:
        proved = human.check(
            subject=str(self.draft.pk),
            proof=request.POST.get("proof", ""),
            waiting=request.POST.get("waiting", ""),
        )
        if not proved:
            throttles.count("filing-patient-address", client_address(request))

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        joined = joined_documents.rows(draft=self.draft.pk)
        subject = str(self.draft.pk)
        return super().show(
            request,
            form,
            sections=self.sections(),
            files=[joined_view(each, self.kind_label(each.kind)) for each in joined],
            documents_url=self.wizard.url(self.draft, steps.DOCUMENTS) + "?revoir",
            cautions=steps.warnings_before_sending(self.draft, [each.kind for each in joined]),
            filed_at=already_filed_at(draft=self.draft),
            consent_text=questions_of(self.draft.desk).texts.get(LegalText.Kind.DATA_PROTECTION),
            challenge=human.challenge(subject),
            waiting=human.patience(subject, kept=request.POST.get("waiting", "")),
            patience=settings.PATIENCE_SECONDS,
            **context,
        )

    def sections(self) -> list[dict[str, Any]]:
        """The check page: each answered step with its rows and the way back to change them."""
        shown = []
        for step in self.wizard:
            rows = step.rows(self.draft)
            url = self.wizard.url(self.draft, step) + "?revoir"
            if rows:
                rows_shown = [{"label": row.label, "value": row.value} for row in rows if row.value not in (None, "")]
                shown.append({"title": step.title, "rows": rows_shown, "url": url})
        return shown


class DoneView(PublicView):
    """The confirmation: the number, large, and what happens next with its dates (F2)."""

    def get(self, request: HttpRequest, draft_id: Any) -> HttpResponse:
        if str(draft_id) not in request.session.get(OWNED, []):
            raise Http404
        complaint = complaint_of_draft.first(draft=draft_id)
        if complaint is None:
            raise Http404
        if (timezone.now() - complaint.created_at).total_seconds() > settings.TRACKING_GRANT_SECONDS:
            return redirect("complaints:track")  # the device may have changed hands since
        if complaint.number not in request.session.get(access.SESSION_KEY, {}):
            # The key was new when the draft began: two tabs may open this page at once, with the same cookie.
            access.grant(request, complaint, new_key=False)
        next_steps = self.receipt_step(complaint) + promises(complaint)
        context = {"complaint": complaint, "desk": complaint.desk, "steps": next_steps}
        context["expected"] = still_expected(complaint)
        return render_in_zone(request, "complaints/filing/done.html", complaint, context)

    def receipt_step(self, complaint: Any) -> list[Any]:
        """What has just left, and where to."""
        email = complaint.complainant.email
        if not email:
            return []
        title = _("Un accusé de réception part vers %(email)s") % {"email": email}
        return [{"title": title, "when": _("maintenant"), "tone": "success"}]
