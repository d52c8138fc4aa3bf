"""« Courriers à imprimer »: letters wait here until an agent prints them, several at once (row C38)."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claims_portal.accounts import audit
from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.cases.reading import log_reading
from claims_portal.backoffice.panels import counted
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.identifiers import is_key
from claims_portal.pdf import person_of
from complaints import printing
from complaints.models import Event, Letter
from complaints.models.paper import LetterQuerySet
from complaints.services.letters import BATCH, take_letters
from complaints.workflow import HANDLE, SEE_ARCHIVES, SEE_CONTACT

RECENT = 10


@admin.register(Letter)
class LetterAdmin(ReadOnlyAdmin):
    """Letters of the agent's desks: those to print, the oldest first, and those this agent printed last."""

    scope = BY_QUERYSET

    def get_urls(self) -> list[URLPattern]:
        """Only what exists: no adding, no editing, no deleting."""
        pages: list[tuple[str, Any, str]] = [
            ("", self.waiting_view, "changelist"),
            ("imprimer/", require_POST(self.print_view), "print"),
            ("<int:letter_id>.pdf", self.letter_view, "pdf"),
        ]
        wrap = self.admin_site.admin_view
        return [path(route, wrap(view), name=f"complaints_letter_{name}") for route, view, name in pages]

    def has_view_permission(self, request: HttpRequest, obj: Letter | None = None) -> bool:
        return bool(request.user.has_perm(HANDLE))

    def visible(self, request: HttpRequest) -> LetterQuerySet:
        """The letters this agent may see; Http404 for who may not handle complaints."""
        if not self.has_view_permission(request):
            raise Http404
        letters = Letter.objects.visible_to(request.user)
        return letters if request.user.has_perm(SEE_ARCHIVES) else letters.filter(complaint__archived_at=None)

    def printable(self, request: HttpRequest) -> LetterQuerySet:
        """The letters this agent may print: they bear an address, which has a right of its own."""
        letters = self.visible(request)
        if not request.user.has_perm(SEE_CONTACT):
            raise Http404
        return letters

    def waiting_view(self, request: HttpRequest) -> HttpResponse:
        letters = self.visible(request)
        recent = letters.filter(printed_by=request.user.pk).order_by("-printed_at")
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": _("Courriers à imprimer"),
            "waiting": list(letters.to_print().with_case()[:BATCH]),
            "total": counted(letters.to_print()),
            "recent": list(recent.with_case()[:RECENT]),
        }
        return render(request, "admin/complaints/letter/waiting.html", context)

    def print_view(self, request: HttpRequest) -> HttpResponse:
        """The chosen letters as one PDF, marked as printed by this agent; when drawing fails, they still wait."""
        self.printable(request)
        if not recently_confirmed(request):
            return confirm_first(request, back=reverse("admin:complaints_letter_changelist"))
        chosen = [int(key) for key in request.POST.getlist("letter") if is_key(key)]
        with transaction.atomic():
            taken = take_letters(letter_ids=chosen, user=request.user)  # type: ignore[arg-type]
            data = printing.letters_pdf(_events(taken), person=person_of(request)) if taken else b""
            for letter in taken:
                log_reading(request, audit.Action.LETTER_PRINTED, letter.complaint, letter)
        if not taken:
            messages.warning(request, _("Rien à imprimer : choisissez des courriers que personne n’a imprimés."))
            return redirect("admin:complaints_letter_changelist")
        return pdf_response(data, "courriers.pdf")

    def letter_view(self, request: HttpRequest, letter_id: int) -> HttpResponse:
        """One letter again; who printed it first stays written."""
        letter = get_object_or_404(self.printable(request).with_case(), pk=letter_id)
        log_reading(request, audit.Action.LETTER_PRINTED, letter.complaint, letter)
        return pdf_response(
            printing.letters_pdf(_events([letter]), person=person_of(request)),
            f"courrier-{letter.complaint.number}.pdf",
        )


def _events(letters: list[Letter]) -> list[Event]:
    """Their events, each with the case the letter has loaded."""
    for letter in letters:
        letter.event.case = letter.complaint
    return [letter.event for letter in letters]


def pdf_response(data: bytes, name: str) -> HttpResponse:
    headers = {"Content-Disposition": f'attachment; filename="{name}"'}
    return HttpResponse(data, content_type="application/pdf", headers=headers)


def letters_of(complaint: Any) -> list[dict[str, Any]]:
    """The letters of a case, for its page. One query."""
    letters = complaint.letters.select_related("event", "printed_by").order_by("-pk")
    return [{"letter": each, "url": reverse("admin:complaints_letter_pdf", args=[each.pk])} for each in letters]
