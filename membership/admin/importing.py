"""« Importer une liste »: read it, show what it would do line by line, then take it in."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.core.exceptions import ValidationError
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.utils.translation import gettext_lazy as _
from django.utils.translation import ngettext
from django.views import View

from claims_portal.accounts import audit
from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.documents.checks import Refused
from claims_portal.documents.services import allowance
from claims_portal.documents.worker import run_apart
from claims_portal.middleware import client_address
from membership.models import Member, MemberImport, Policy
from membership.services.importing import MissingColumns, plan_import, take_in
from membership.tables import LINES_MAX, UnreadableTable, read_table

IMPORT = "membership.import_members"
FILE_MAX = 10 * 1024 * 1024
SHOWN_MAX = 500  # bad lines on the page; all of them are in the file to save
UNREADABLE = {
    "encoding": _("Les accents de ce fichier ne sont pas lisibles. Enregistrez-le en « CSV UTF-8 » et réessayez."),
    "format": _("Ce fichier n’est ni un CSV ni un classeur XLSX lisible."),
    "empty": _("Ce fichier est vide."),
    "too_long": _("Cette liste est trop longue : %(most)d lignes au plus. Partagez-la en plusieurs fichiers."),
}


class ImportForm(forms.Form):
    policy = forms.ModelChoiceField(queryset=Policy.objects.none(), label=_("Police"))
    list = forms.FileField(
        label=_("Liste"),
        help_text=_("CSV ou XLSX, 10 Mo et 20 000 lignes au plus."),
        error_messages={"required": _("Choisissez le fichier de la liste.")},
    )

    def __init__(self, *args: Any, policies: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["policy"].queryset = policies  # type: ignore[attr-defined]

    def clean_list(self) -> Any:
        upload = self.cleaned_data["list"]
        if upload.size > FILE_MAX:
            raise ValidationError(_("Ce fichier dépasse 10 Mo."), code="too_large")
        return upload

    def clean(self) -> dict[str, Any]:
        """The lines, under « table », read by a process of its own."""
        cleaned = super().clean() or {}
        if upload := cleaned.get("list"):
            try:
                cleaned["table"] = run_apart(read_table, (upload.read(FILE_MAX + 1),), allowance())
            except UnreadableTable as unreadable:
                self.add_error("list", UNREADABLE[unreadable.code] % {"most": LINES_MAX})
            except Refused:  # too slow, too heavy, crashed: a spreadsheet made to harm, or far too large
                self.add_error("list", UNREADABLE["format"])
        return cleaned


class ImportView(View):
    """Without a list: choose one. With one: what it would do, and the button that does it."""

    def dispatch(self, request: HttpRequest, *args: Any, **kwargs: Any) -> Any:
        if not request.user.has_perm(IMPORT):
            raise Http404
        return super().dispatch(request, *args, **kwargs)

    def policies(self, request: HttpRequest) -> Any:
        user: Any = request.user
        return Policy.objects.all() if user.is_superuser else Policy.objects.filter(desk__in=user.desk_ids())

    def waiting(self, request: HttpRequest, import_id: int) -> MemberImport:
        """A list this person has read and not taken in yet; Http404 otherwise."""
        lists = MemberImport.objects.select_related("policy").filter(policy__in=self.policies(request))
        return get_object_or_404(lists, pk=import_id, made_by=request.user, applied_at=None)

    def get(self, request: HttpRequest, import_id: int | None = None) -> HttpResponse:
        if import_id is None:
            return self.show(request, {"form": ImportForm(policies=self.policies(request))})
        waiting = self.waiting(request, import_id)
        plan = plan_import(policy=waiting.policy, table=waiting.table)
        return self.show(
            request,
            {
                "waiting": waiting,
                "plan": plan,
                "problems": plan.problems[:SHOWN_MAX],
                "changes": plan.changes[:SHOWN_MAX],
            },
        )

    def post(self, request: HttpRequest, import_id: int | None = None) -> HttpResponse:
        if import_id is not None:
            waiting = self.waiting(request, import_id)
            changes = plan_import(policy=waiting.policy, table=waiting.table).changes
            if changes and not recently_confirmed(request):
                return confirm_first(request, back=request.path)
            return self.take(request, waiting)
        form = ImportForm(request.POST, request.FILES, policies=self.policies(request))
        if not form.is_valid():
            return self.show(request, {"form": form}, status=422)
        policy, table = form.cleaned_data["policy"], form.cleaned_data["table"]
        try:
            plan_import(policy=policy, table=table[:1])
        except MissingColumns as missing:
            sentence = _("Il manque des colonnes : %(names)s. La première ligne porte leurs noms.")
            form.add_error("list", sentence % {"names": ", ".join(missing.names)})
            return self.show(request, {"form": form}, status=422)
        user: Any = request.user
        made = MemberImport.objects.create(policy=policy, table=table, made_by=user)
        return redirect("admin:membership_member_import_plan", made.pk)

    def take(self, request: HttpRequest, waiting: MemberImport) -> HttpResponse:
        try:
            user: Any = request.user
            plan = take_in(import_id=waiting.pk, user=user, address=client_address(request))
        except MemberImport.DoesNotExist:  # pressed twice: the other press is taking it in
            raise Http404 from None
        audit.record(
            action=audit.Action.IMPORTED,
            user=request.user,  # type: ignore[arg-type]
            about=waiting,
            reference=waiting.policy.number,
            desk=waiting.policy.desk,
            address=client_address(request),
            details={
                "members": len(plan.members),
                "families": len(plan.families),
                "problems": len(plan.problems),
                "sensitive": len(plan.changes),
            },
        )
        said = ngettext("%(count)d personne est à jour.", "%(count)d personnes sont à jour.", plan.taken)
        messages.success(request, said % {"count": plan.taken})
        return redirect("admin:membership_member_changelist")

    def show(self, request: HttpRequest, context: dict[str, Any], status: int = 200) -> HttpResponse:
        whole = {**admin.site.each_context(request), "opts": Member._meta, "title": _("Importer une liste d’adhérents")}
        return render(request, "admin/membership/member/import.html", whole | context, status=status)
