"""Templates of texts: put into an action's text, seen as the person will read it, and written in the back-office."""

from __future__ import annotations

from collections.abc import Iterable
from typing import Any

from django.contrib import admin
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, render
from django.template.response import TemplateResponse
from django.urls import URLPattern, path
from django.utils import timezone, translation
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy

from claims_portal.cases.models import Actor
from claims_portal.cases.refusals import TransitionNotAllowed
from claims_portal.identifiers import ProseField, printable
from claims_portal.notifications.models import Message
from claims_portal.organisations.desk_parts import DeskPartAdmin
from claims_portal.organisations.models import Desk
from claims_portal.pdf import person_of
from complaints import printing
from complaints.answering import answering_of, recourse, risk_bearer_of
from complaints.models import Answer, AnswerTemplate, Complaint, Event, EventKind
from complaints.placeholders import VARIABLES, waiting
from complaints.services.answers import Decision
from complaints.services.letters import goes_on_paper
from complaints.wording import example_of, text_for
from complaints.workflow import SEE_CONTACT, workflow

from .actions import ComplaintAction
from .letters import pdf_response
from .queues import VIEW, visible_cases

# What each action that reaches the person writes down.
TOLD = {
    "acknowledge": EventKind.ACKNOWLEDGED,
    "ask_complement": EventKind.COMPLEMENT_ASKED,
    "message": EventKind.MESSAGE_FROM_DESK,
    "answer": EventKind.ANSWERED,
    "close": EventKind.CLOSED,
}


def template_named(complaint: Complaint, key: Any) -> AnswerTemplate:
    """A template that the desk of this case may begin from. Http404 for any other."""
    for each in answering_of(complaint.desk).templates:
        if str(each.pk) == str(key):
            return each
    raise Http404


def with_template(complaint: Complaint, user: Any, posted: Any) -> tuple[str, AnswerTemplate]:
    """What was typed, then the chosen template made ready for this case. Http404 without one."""
    template = template_named(complaint, posted.get("template"))
    typed = printable(posted.get("body", "")).rstrip()
    text = text_for(template, complaint, user)
    return (f"{typed}\n\n{text}" if typed else text), template


def preview(request: HttpRequest, complaint: Complaint, action: ComplaintAction) -> HttpResponse:
    """The text as the person will read it: on the tracking page, by e-mail, by SMS, on paper. Nothing is written."""
    # Read as the action reads it: without controls and overrides, which would show another text than it holds.
    body = ProseField(required=False).clean(request.POST.get("body", ""))
    risk_bearer = request.POST.get("risk_bearer", "")
    event = draft_event(complaint, action, body, risk_bearer)
    # A letter says where the person lives.
    on_paper = goes_on_paper(complaint, event.kind) and request.user.has_perm(SEE_CONTACT)
    if request.POST.get("preview") == "letter" and on_paper:
        return pdf_response(printing.letter_pdf(event, person=person_of(request)), f"courrier-{complaint.number}.pdf")
    messages = sent_by(complaint, action, request.user, body, risk_bearer)
    context = {
        **admin.site.each_context(request),
        "opts": Complaint._meta,
        "title": _("Aperçu : %(action)s") % {"action": workflow[action.name].label},
        "complaint": complaint,
        "event": event,
        "waiting": waiting(body),
        "email": next((each for each in messages if each.channel == Message.Channel.EMAIL), None),
        "sms": next((each for each in messages if each.channel == Message.Channel.SMS), None),
        "on_paper": on_paper,
        "posted": [("body", body), ("risk_bearer", risk_bearer)],
    }
    return render(request, "admin/complaints/complaint/preview.html", context)


def sent_by(complaint: Complaint, action: ComplaintAction, user: Any, body: str, risk_bearer: str) -> list[Message]:
    """The messages that the action would send, with the dates it leaves: it is done, they are read, it is undone.

    No message when the case allows it no more. They tell no outcome: any will do; nor what still waits in the text.
    """
    about = Message.objects.about(f"complaint:{complaint.pk}")
    offered = answering_of(complaint.desk)
    decision = Decision(next(iter(offered.outcomes), None), offered.reasons[:1], risk_bearer)
    finished = body.translate(dict.fromkeys(map(ord, "{}"))) or "…"
    with transaction.atomic():
        known = set(about.values_list("pk", flat=True))
        try:
            action.do(
                complaint_id=complaint.pk,
                user=user,
                body=finished,
                documents=[],
                decision=decision if action.decides else None,
            )
            return [each for each in about if each.pk not in known]
        except TransitionNotAllowed:
            return []
        finally:
            transaction.set_rollback(True)


def draft_event(complaint: Complaint, action: ComplaintAction, body: str, risk_bearer: str) -> Event:
    """The event that sending would write, with the mediators it would name; not saved."""
    now = timezone.now()
    event = Event(
        case=complaint, kind=TOLD[action.name], at=now, actor=Actor.STAFF, body=body, to_state=complaint.state
    )
    if action.decides:
        with translation.override(complaint.language):
            paragraph = recourse(complaint.desk, risk_bearer or risk_bearer_of(complaint))
        said = " ".join(paragraph.split()) in " ".join(body.split())
        Answer(complaint=complaint, event=event, recourse="" if said else paragraph)
    return event


@admin.register(AnswerTemplate)
class AnswerTemplateAdmin(DeskPartAdmin):
    """Written by whoever keeps the procedures; `preview/` shows a template on the latest case, or on an example."""

    scope = "organisation"
    change_form_template = "admin/complaints/answertemplate/change_form.html"
    list_display = ["title_fr", "title_ar", "use", "organisation", "desk", "used", "position", "is_active"]
    list_filter = ["use", "is_active", "organisation"]
    list_select_related = ["organisation", "desk"]
    search_fields = ["title_fr", "title_ar", "code"]
    prepopulated_fields = {"code": ["title_fr"]}
    readonly_fields = ["used"]
    fieldsets = [
        (None, {"fields": [("title_fr", "title_ar"), "use", ("organisation", "desk")]}),
        (gettext_lazy("Texte"), {"fields": ["body_fr", "body_ar"]}),
        (gettext_lazy("Présentation"), {"fields": ["code", "position", "is_active", "used"]}),
    ]

    def desks_of(self, part: AnswerTemplate) -> Iterable[Desk]:
        if part.desk is not None:
            return [part.desk]
        every = Desk.objects.all()
        return every if part.organisation_id is None else every.filter(organisation=part.organisation_id)

    def get_urls(self) -> list[URLPattern]:
        view = self.admin_site.admin_view(self.preview_view)
        own = path("<int:template_id>/apercu/", view, name="complaints_answertemplate_preview")
        return [own, *super().get_urls()]

    def render_change_form(self, request: HttpRequest, context: dict[str, Any], *args: Any, **kwargs: Any) -> Any:
        return super().render_change_form(request, context | {"variables": VARIABLES.items()}, *args, **kwargs)

    def preview_view(self, request: HttpRequest, template_id: int) -> HttpResponse:
        """The saved text in both languages. Made-up values for who may see no case."""
        if not self.has_view_permission(request):
            raise Http404
        template = get_object_or_404(self.get_queryset(request).select_related("desk"), pk=template_id)
        shown = []
        for language in ("fr", "ar"):
            case = self.latest_case(request, template, language)
            text = text_for(template, case, request.user) if case else example_of(template, language)  # type: ignore[arg-type]
            shown.append({"language": language, "case": case, "text": text, "waiting": waiting(text)})
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": template.title,
            "template": template,
            "shown": shown,
        }
        return TemplateResponse(request, "admin/complaints/answertemplate/preview.html", context)

    def latest_case(self, request: HttpRequest, template: AnswerTemplate, language: str) -> Complaint | None:
        """The case in this language that arrived last among those this person may see at the template's desks."""
        if not request.user.has_perm(VIEW):
            return None
        cases = visible_cases(request.user).with_case().filter(language=language, desk__in=self.desks_of(template))
        return cases.order_by("-opened_at", "-pk").first()
