"""« Envoi Dossier », and what it asks for once: a password and two identity papers (rows D44, D64–D74)."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.core.files.uploadedfile import UploadedFile
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils.translation import gettext as _

from claims_portal.accounts import throttles
from claims_portal.documents.services import DocumentRefused, advice_sentences, discard_document, receive_document
from claims_portal.documents.uploads import sender_of
from claims_portal.middleware import client_address
from health_claims.models import IdentityPaper
from health_claims.paper_forms import PapersForm
from health_claims.services import papers
from membership.access import MemberView, renew


class SendView(MemberView):
    """Where sending a file goes on: activation, then the papers, then the declaration itself."""

    def get(self, request: HttpRequest) -> HttpResponse:
        if not self.member.account.is_activated:
            return redirect("health_claims:activation")
        if not papers.is_complete(self.member):
            return redirect("health_claims:papers")
        return redirect("health_claims:begin")


class PapersView(MemberView):
    """One page. Each file is checked and kept at once: a password that is refused loses nothing that was uploaded."""

    needs_activation = True

    def get(self, request: HttpRequest) -> HttpResponse:
        kept = papers.newest(self.member)
        if self.member.account.password and not papers.missing(kept):
            return redirect("health_claims:send")
        return self.show(request, PapersForm(member=self.member, papers=kept), kept)

    def post(self, request: HttpRequest) -> HttpResponse:
        form = PapersForm(request.POST, request.FILES, member=self.member, papers=papers.newest(self.member))
        valid = form.is_valid()
        self._keep_files(request, form)
        if form.cleaned_data.get("confirmation") and form.cleaned_data.get("password"):
            self.member.account = papers.set_first_password(
                account_id=self.member.account.pk, password=form.cleaned_data["password"]
            )
            renew(request, self.member.account)
        if valid and not form.errors:
            return redirect("health_claims:send")
        if self.member.account.password and "password" in form.fields:
            messages.success(request, _("Votre mot de passe est enregistré."))
            del form.fields["password"], form.fields["confirmation"]
        return self.show(request, form, papers.newest(self.member))

    def _keep_files(self, request: HttpRequest, form: PapersForm) -> None:
        """Receive what was chosen; a refusal is said beside its field."""
        files = {kind: request.FILES.get(kind) for kind in form.fields}
        chosen = {kind: upload for kind, upload in files.items() if isinstance(upload, UploadedFile)}
        if chosen:
            throttles.count("upload-address", client_address(request), weight=len(chosen))
        for kind, upload in chosen.items():
            try:
                document = receive_document(upload=upload, sender=sender_of(request))
            except DocumentRefused as refusal:
                form.add_error(kind, refusal.about(upload))
                continue
            try:
                papers.keep_paper(member_id=self.member.pk, kind=kind, document=document)
            except papers.PaperSettled:
                discard_document(document=document)

    def show(self, request: HttpRequest, form: PapersForm, kept: dict[str, IdentityPaper]) -> HttpResponse:
        fields = [(field, row_of(kept.get(field.name))) for field in form]
        context = {"member": self.member, "form": form, "fields": fields, "first": not self.member.account.password}
        return render(request, "health_claims/papers.html", context)


def row_of(paper: IdentityPaper | None) -> dict[str, Any] | None:
    """What the page shows of a paper that was sent: its file, and why it is asked for again."""
    if paper is None:
        return None
    document = paper.document
    file = {
        "label": document.label,
        "size": document.size,
        "content_type": document.content_type,
        "state": "refused" if paper.is_to_send else document.state,
        "advice": advice_sentences(document),
    }
    return {"files": [file], "to_send": paper.is_to_send, "reason": paper.reason, "note": paper.reason_note}
