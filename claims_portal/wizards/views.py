"""HTTP for step-by-step forms. An app subclasses these views and gives them its wizard."""

from __future__ import annotations

from collections.abc import Collection
from contextlib import suppress
from typing import Any, ClassVar
from uuid import UUID

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseBase
from django.shortcuts import redirect, render
from django.urls import reverse
from django.utils import timezone
from django.utils.translation import get_language
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.accounts.links import LinkUnusable, peek_link, use_link
from claims_portal.accounts.sessions import remove_rights, renew_key
from claims_portal.documents.services import DocumentRefused, advice_sentences, receive_document
from claims_portal.documents.uploads import sender_of
from claims_portal.middleware import client_address
from claims_portal.views import PublicView, error_page

from . import services
from .forms import ResumeForm
from .models import Draft, DraftDocument, joined_documents, live_draft
from .steps import CollectionStep, Step, Wizard, as_typed

SESSION_KEY = "drafts"
RESUMED_KEY = "resumed-drafts"  # those that a link opened here: perhaps on a shared computer
SESSION_MAX = 20


def own(request: HttpRequest, draft: Draft) -> None:
    """Make this browser session, under a new key, an owner of the draft."""
    mine = [each for each in request.session.get(SESSION_KEY, []) if each != str(draft.pk)]
    request.session[SESSION_KEY] = [*mine, str(draft.pk)][-SESSION_MAX:]
    renew_key(request.session)


def forget_drafts(request: HttpRequest, draft_ids: Collection[str]) -> None:
    """Make this browser session own these drafts no more. They stay until they expire, for a resume link to open."""
    for name in (SESSION_KEY, RESUMED_KEY):
        held = request.session.get(name, [])
        left = [draft_id for draft_id in held if draft_id not in draft_ids]
        if left != held:
            request.session[name] = left
    remove_rights(request.session, [name for name in (SESSION_KEY, RESUMED_KEY) if not request.session.get(name)])


def forget_sent_drafts(request: HttpRequest) -> None:
    """Make this session own its sent drafts no more: the page of a sent draft opens its case."""
    sent = Draft.objects.filter(pk__in=request.session.get(SESSION_KEY, []), submitted_at__isnull=False)
    forget_drafts(request, {str(draft_id) for draft_id in sent.values_list("pk", flat=True)})


def resume_url(draft: Draft) -> str:
    """The step at which its owner goes on."""
    wizard = Wizard.of(draft)
    return wizard.url(draft, wizard.first_incomplete(draft) or list(wizard)[-1])


class DraftView(PublicView):
    """A page of a draft that this visitor owns; a draft of somebody else does not exist (404)."""

    wizard: ClassVar[Wizard]
    draft: Draft

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        draft_id: UUID = kwargs.pop("draft_id")
        draft = self.owned(request, draft_id)
        if draft is None:
            return error_page(request, 404, draft=True)
        self.draft = draft
        if draft.submitted_at:
            return redirect(self.submitted_url())
        try:
            return super().dispatch(request, *args, **kwargs)
        except services.AlreadySubmitted:
            return redirect(self.submitted_url())
        except Draft.DoesNotExist:  # erased in another tab, while a file was on its way for instance
            return error_page(request, 404, draft=True)

    def owned(self, request: HttpRequest, draft_id: UUID) -> Draft | None:
        """The draft, when it is this visitor's: their browser session holds it."""
        if str(draft_id) not in request.session.get(SESSION_KEY, []):
            return None
        draft = live_draft.first(pk=draft_id, now=timezone.now())
        return draft if draft is not None and (draft.wizard, draft.owner) == (self.wizard.key, "") else None

    def leave(self) -> HttpResponse:
        """Where « continuer plus tard » leads."""
        return redirect(reverse("later", args=[self.draft.pk]))

    def submitted_url(self) -> str:
        """Where a person goes whose draft was sent."""
        raise NotImplementedError


class StepView(DraftView):
    """One step: show it, keep what was typed, go on."""

    step: Step

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        slug = kwargs.pop("slug")
        if slug not in self.wizard.steps:
            raise Http404
        self.step = self.wizard.steps[slug]
        return super().dispatch(request, *args, **kwargs)

    def get(self, request: HttpRequest) -> HttpResponse:
        if "corriger" in request.GET:
            return self.show(request, self.step.stored(self.draft))
        return self.show(request, self.step.shown(self.draft))

    def post(self, request: HttpRequest) -> HttpResponse:
        form = self.step.form(self.draft, request.POST)
        valid = form is None or form.is_valid()
        later = request.POST.get("action") == "later"
        if valid or later:
            typed = as_typed(request.POST, form) if form else {}
            language = get_language() or settings.LANGUAGE_CODE
            self.draft = services.save_answers(
                draft_id=self.draft.pk, step=self.step, typed=typed, language=language, seen=self.draft
            )
        if later:
            return self.leave()
        if not valid:
            return self.show(request, form)
        return self.after(request)

    def after(self, request: HttpRequest) -> HttpResponse:
        """The next step, or the check page for who came from there."""
        following = self.wizard.neighbours(self.step)[1]
        if "revoir" in request.GET:
            following = list(self.wizard)[-1]
        return redirect(self.wizard.url(self.draft, following or self.step))

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        order = list(self.wizard)
        before, _after = self.wizard.neighbours(self.step)
        return render(
            request,
            self.step.template,
            {
                "draft": self.draft,
                "desk": self.draft.desk,
                "step": self.step,
                "steps": self.wizard.progress(self.draft, self.step),
                "step_number": order.index(self.step) + 1,
                "step_total": len(order),
                "step_label": self.step.title,
                "previous_url": self.wizard.url(self.draft, before) if before else "",
                "reviewing": "revoir" in request.GET,
                "resumed_here": str(self.draft.pk) in request.session.get(RESUMED_KEY, []),
                "form": form,
            }
            | context,
        )


class CollectionStepView(StepView):
    """A step that collects several of one form: add one, take one out, or go on."""

    step: CollectionStep

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            position = request.POST["remove"]
            if position.isascii() and position.isdigit():
                services.remove_from_collection(draft_id=self.draft.pk, step=self.step, position=int(position[:4]))
            return redirect(request.get_full_path())
        form = self.step.form(self.draft, request.POST)
        adding = request.POST.get("action") == "add"
        if form is not None and (adding or self._something_typed(request, form)):
            return self._add(request, form, stay=adding)
        services.add_to_collection(draft_id=self.draft.pk, step=self.step, typed=None)
        return self._leave(request)

    def _something_typed(self, request: HttpRequest, form: Any) -> bool:
        return any(value.strip() for values in as_typed(request.POST, form).values() for value in values)

    def _add(self, request: HttpRequest, form: Any, *, stay: bool) -> HttpResponse:
        if not form.is_valid():
            return self.show(request, form)
        try:
            services.add_to_collection(draft_id=self.draft.pk, step=self.step, typed=as_typed(request.POST, form))
        except services.DraftFull as full:
            form.add_error(None, _("Vous pouvez en ajouter %(limit)d au plus.") % {"limit": full.limit})
            return self.show(request, form)
        return redirect(request.get_full_path()) if stay else self._leave(request)

    def _leave(self, request: HttpRequest) -> HttpResponse:
        if request.POST.get("action") == "later":
            return self.leave()
        return self.after(request)

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        collected = [each.cleaned_data for each in self.step.stored_all(self.draft) if each.is_valid()]
        return super().show(request, form, collected=collected, **context)


def joined_view(joined: DraftDocument, kind: str = "") -> dict[str, Any]:
    """A joined document for `components/file_list.html`; `kind` says what its sender says it shows."""
    document = joined.document
    return {
        "id": joined.document_id,
        "label": document.label,
        "kind": kind,
        "size": document.received_size,  # as the person's own device says it
        "content_type": document.content_type,
        "state": document.state,
        "advice": advice_sentences(document),
    }


class DocumentsStepView(StepView):
    """The step that collects files: each is checked at once, kept at once, and may be taken out again."""

    def get(self, request: HttpRequest) -> HttpResponse:
        return self.show(request, self.step.form(self.draft))

    def post(self, request: HttpRequest) -> HttpResponse:
        if "remove" in request.POST:
            try:
                document_id = UUID(request.POST["remove"])
            except ValueError:
                raise Http404 from None
            services.detach_document(draft_id=self.draft.pk, document_id=document_id)
            return redirect(request.get_full_path())
        uploads = request.FILES.getlist("files")
        if uploads or request.POST.get("action") == "upload":
            return self._receive(request, uploads)
        services.save_answers(
            draft_id=self.draft.pk, step=self.step, typed={}, language=get_language() or settings.LANGUAGE_CODE
        )
        if request.POST.get("action") == "later":
            return self.leave()
        return self.after(request)

    def _receive(self, request: HttpRequest, uploads: list[Any]) -> HttpResponse:
        form = self.step.form(self.draft, request.POST)
        if form is None or not form.is_valid():
            return self.show(request, form)
        if not uploads:
            return self.show(request, form, problems=[("id_files", _("Choisissez un fichier, puis chargez-le."))])
        throttles.count("upload-address", client_address(request), weight=len(uploads))
        problems = []
        for upload in uploads:
            try:
                document = receive_document(upload=upload, sender=sender_of(request))
            except DocumentRefused as refusal:
                problems.append(("id_files", refusal.about(upload)))
                continue
            try:
                services.attach_document(
                    draft_id=self.draft.pk, document=document, kind=form.cleaned_data.get("kind") or ""
                )
            except services.DraftFull as full:
                services.discard_document(document=document)
                sentence = _("Vous pouvez joindre %(limit)d fichiers au plus. Supprimez-en un pour ajouter celui-ci.")
                problems.append(("id_files", sentence % {"limit": full.limit}))
                break
        if problems:
            return self.show(request, form, problems=problems)
        return redirect(request.get_full_path())

    def show(self, request: HttpRequest, form: Any, **context: Any) -> HttpResponse:
        joined = joined_documents.rows(draft=self.draft.pk)
        files = [joined_view(each, self.kind_label(each.kind)) | {"removable": True} for each in joined]
        return super().show(request, form, files=files, limits=settings.DOCUMENT_LIMITS, **context)

    def kind_label(self, kind: str) -> str:
        """What a document shows, where this wizard asks for it."""
        return ""


class LaterView(PublicView):
    """« Enregistrer et continuer plus tard »: say that nothing is lost, and offer a link by e-mail."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> HttpResponseBase:
        draft_id = kwargs["draft_id"]
        mine = str(draft_id) in request.session.get(SESSION_KEY, [])
        draft = Draft.objects.live().filter(pk=draft_id, submitted_at__isnull=True).first() if mine else None
        if draft is None:
            return error_page(request, 404, draft=True)
        return super().dispatch(request, draft)

    def get(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        return self.show(request, draft, ResumeForm())

    def post(self, request: HttpRequest, draft: Draft) -> HttpResponse:
        if request.POST.get("action") == "leave":
            forget_drafts(request, [str(draft.pk)])
            return render(request, "wizards/left.html", {"draft": draft, "desk": draft.desk})
        if request.POST.get("action") == "destroy":
            try:
                with suppress(Draft.DoesNotExist):  # pressed twice
                    services.erase_draft(draft_id=draft.pk)
            except services.AlreadySubmitted:  # from another tab: its page says the number
                return redirect(resume_url(draft))
            messages.success(request, _("Votre brouillon est effacé."))
            return redirect("home")
        form = ResumeForm(request.POST)
        if not form.is_valid():
            return self.show(request, draft, form)
        email = form.cleaned_data["email"]
        throttles.count("link-address", client_address(request))
        throttles.count("link-recipient", f"resume-draft:{email}")
        services.send_resume_link(draft=draft, email=email, language=get_language() or settings.LANGUAGE_CODE)
        messages.success(request, _("Le lien est parti. Il arrive en général en moins d’une minute."))
        return redirect(reverse("later", args=[draft.pk]))

    def show(self, request: HttpRequest, draft: Draft, form: ResumeForm) -> HttpResponse:
        context = {"draft": draft, "desk": draft.desk, "form": form, "resume_url": resume_url(draft)}
        return render(request, "wizards/later.html", context)


class ResumeView(PublicView):
    """A resume link: opening it only shows a button (mail scanners open links), the button opens the draft."""

    def get(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            peek_link(purpose="resume-draft", token=token)
        except LinkUnusable:
            return render(request, "wizards/resume.html", {"usable": False}, status=404)
        return render(request, "wizards/resume.html", {"usable": True})

    def post(self, request: HttpRequest, token: str) -> HttpResponse:
        try:
            subject = use_link(purpose="resume-draft", token=token)
        except LinkUnusable:
            return render(request, "wizards/resume.html", {"usable": False}, status=404)
        draft = Draft.objects.live().filter(pk=subject).first()
        if draft is None:
            return render(request, "wizards/resume.html", {"usable": False}, status=404)
        resumed = [draft_id for draft_id in request.session.get(RESUMED_KEY, []) if draft_id != str(draft.pk)]
        request.session[RESUMED_KEY] = [*resumed, str(draft.pk)][-SESSION_MAX:]
        own(request, draft)
        return redirect(resume_url(draft))
