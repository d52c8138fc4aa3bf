"""Prior approvals: the list, entering one for a member, deciding, cancelling."""

from __future__ import annotations

from typing import Any

from django.contrib import admin, messages
from django.db.models import QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.http.response import HttpResponseBase
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path
from django.utils import timezone
from django.utils.translation import gettext as _
from django.utils.translation import gettext_lazy
from django.views.decorators.http import require_POST

from claims_portal.accounts import audit
from claims_portal.backoffice.keyset import KeysetAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.deadlines.explanation import written_date
from claims_portal.documents.models import Document
from claims_portal.documents.services import DocumentRefused, receive_document
from claims_portal.documents.serving import document_response
from claims_portal.identifiers import compact
from claims_portal.middleware import client_address
from claims_portal.templatetags.portal import money
from health_claims.models import PriorApproval
from health_claims.offer import read_offer
from health_claims.services.approving import (
    ApprovalSettled,
    Asked,
    cancel_approval,
    decide_approval,
    enter_approval,
)
from health_claims.workflow import HANDLE, READ_MEDICAL
from membership.models import Member, Policy

from .approval_forms import ApprovalForm, CancelForm, DecisionForm, FindMemberForm
from .declaration_page import APPROVAL_TONES, known

Decision = PriorApproval.Decision
NAME = "health_claims_priorapproval"
PAGE = f"admin:{NAME}_change"


@admin.register(PriorApproval)
class PriorApprovalAdmin(KeysetAdmin):
    """For the agents who handle files, at their desks."""

    scope = BY_QUERYSET
    keyset = ("pk",)
    list_display = ("person", "prestation", "asked_on", "decision", "number", "valid_from", "valid_to")
    list_filter = ("decision",)
    list_select_related = ("member", "patient", "prestation")
    search_fields = ("number",)
    search_help_text = gettext_lazy("Numéro d’accord, numéro d’adhérent ou CIN, en entier.")
    actions = None
    show_facets = admin.ShowFacets.NEVER

    @admin.display(description=gettext_lazy("personne à soigner"))
    def person(self, approval: PriorApproval) -> str:
        return approval.person.full_name

    def get_urls(self) -> list[URLPattern]:
        """Only what exists: an approval is decided or cancelled, neither edited nor deleted."""
        wrap = self.admin_site.admin_view
        return [
            path("", wrap(self.changelist_view), name=f"{NAME}_changelist"),
            path("ajouter/", wrap(self.find_view), name=f"{NAME}_add"),
            path("ajouter/<int:key>/", wrap(self.enter_view), name=f"{NAME}_enter"),
            path("<int:key>/", wrap(self.approval_view), name=f"{NAME}_change"),
            path("<int:key>/annuler/", wrap(require_POST(self.cancel_view)), name=f"{NAME}_cancel"),
            path("<int:key>/document/", wrap(self.document_view), name=f"{NAME}_document"),
        ]

    # --- Who may

    def has_view_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return bool(request.user.has_perm(HANDLE))

    def has_add_permission(self, request: HttpRequest) -> bool:
        return self.has_view_permission(request)

    def has_change_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def has_delete_permission(self, request: HttpRequest, obj: Any = None) -> bool:
        return False

    def get_queryset(self, request: HttpRequest) -> QuerySet[PriorApproval]:
        return PriorApproval.objects.visible_to(request.user)

    def get_search_results(
        self, request: HttpRequest, queryset: QuerySet[PriorApproval], search_term: str
    ) -> tuple[QuerySet[PriorApproval], bool]:
        """Whole numbers: indexes, never a scan."""
        wanted = compact(search_term).upper()
        if not wanted:
            return queryset, False
        of_member = Member.objects.filter(number=wanted) | Member.objects.filter(cin=wanted)
        return queryset.filter(number=search_term.strip()) | queryset.filter(member__in=of_member), False

    def visible(self, request: HttpRequest, key: int) -> PriorApproval:
        """The approval, for who may handle files at its desk; Http404 otherwise."""
        self.only_handlers(request)
        related = (
            "member__policy__organisation",
            "member__policy__desk",
            "patient",
            "prestation",
            "document",
            "entered_by",
            "cancelled_by",
        )
        return get_object_or_404(self.get_queryset(request).select_related(*related), pk=key)

    def only_handlers(self, request: HttpRequest) -> None:
        if not self.has_view_permission(request):
            raise Http404

    # --- Entering

    def find_view(self, request: HttpRequest) -> HttpResponse:
        """Whose it is: the policy and the member's number, which do not go into an address."""
        self.only_handlers(request)
        members = Member.objects.visible_to(request.user)
        policies = list(Policy.objects.filter(pk__in=members.values("policy")).order_by("position", "number"))
        form = FindMemberForm(request.POST or None, policies=policies)
        if request.method == "POST" and form.is_valid():
            given = form.cleaned_data
            found = members.filter(policy__number=given["policy"], number=given["number"]).first()
            if found is not None:
                return redirect(f"admin:{NAME}_enter", found.pk)
            form.add_error("number", _("Aucun adhérent de cette police n’a ce numéro."))
        return self.page(request, "enter", _("Saisir un accord préalable"), form=form, verb=_("Continuer"))

    def enter_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """For a member who was found, or whose file is open (`?patient=…&prestation=…`)."""
        self.only_handlers(request)
        member = get_object_or_404(
            Member.objects.visible_to(request.user).select_related("policy__organisation"), pk=key
        )
        offer = read_offer(member=member, today=member.policy.organisation.today())
        initial = {name: request.GET[name] for name in ("patient", "prestation") if name in request.GET}
        sent = (request.POST, request.FILES) if request.method == "POST" else (None, None)
        form = ApprovalForm(*sent, offer=offer, initial={"asked_on": offer.today, **initial})
        document = self.received(form) if request.method == "POST" and form.is_valid() else None
        if request.method == "POST" and form.is_valid():
            given, user = form.cleaned_data, request.user
            asked = Asked(
                member=member,
                prestation=form.prestations[given["prestation"]],
                asked_on=given["asked_on"],
                patient=offer.patient(given["patient"]),
                note=given["note"],
                document=document,
            )
            approval = enter_approval(asked=asked, user=user, decided=form.decided)  # type: ignore[arg-type]
            self.log_addition(request, approval, [{"added": {}}])
            messages.success(request, _("L’accord préalable est enregistré."))
            return redirect(PAGE, approval.pk)
        title = _("Accord préalable pour %(name)s") % {"name": member.full_name}
        return self.page(request, "enter", title, form=form, verb=_("Enregistrer"))

    def received(self, form: ApprovalForm) -> Document | None:
        """The file, checked; what is wrong with it is said beside its field."""
        upload = form.cleaned_data.get("file")
        if upload is None:
            return None
        try:
            return receive_document(upload=upload)
        except DocumentRefused as refusal:
            form.add_error("file", str(refusal.message))
            return None

    # --- One approval

    def approval_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """What is known of it, and the decision while it is awaited."""
        approval = self.visible(request, key)
        is_online = approval.entered_by is None
        initial = {"decided_on": approval.member.policy.organisation.today()}
        form = DecisionForm(request.POST or None, initial=initial, is_online=is_online)
        if request.method == "POST" and form.is_valid() and form.decided:
            try:
                decide_approval(approval_id=approval.pk, decided=form.decided)
            except ApprovalSettled:
                messages.warning(request, _("Cet accord vient d’être décidé par quelqu’un d’autre."))
            else:
                self.log_change(request, approval, [{"changed": {"fields": [str(_("décision"))]}}])
                messages.success(request, _("La décision est enregistrée."))
            return redirect(PAGE, approval.pk)
        return self.approval_page(request, approval, form, CancelForm())

    def approval_page(
        self, request: HttpRequest, approval: PriorApproval, form: DecisionForm, cancel_form: CancelForm
    ) -> HttpResponse:
        return self.page(
            request,
            "approval",
            str(approval),
            approval=approval,
            chip={"label": approval.get_decision_display(), "tone": APPROVAL_TONES[approval.decision]},
            facts=known(facts(approval)),
            form=form if approval.decision == Decision.PENDING else None,
            cancel_form=cancel_form if approval.decision != Decision.CANCELLED else None,
            may_read=approval.document is not None and request.user.has_perm(READ_MEDICAL),
        )

    def cancel_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Cancel an approval for the reason that was typed."""
        approval = self.visible(request, key)
        cancel_form = CancelForm(request.POST)
        if not cancel_form.is_valid():
            decision_form = DecisionForm(is_online=approval.entered_by is None)
            return self.approval_page(request, approval, decision_form, cancel_form)
        user: Any = request.user
        reason, address = cancel_form.cleaned_data["reason"], client_address(request)
        try:
            cancel_approval(approval_id=approval.pk, user=user, reason=reason, address=address)
        except ApprovalSettled:
            messages.info(request, _("Cet accord est déjà annulé."))
        else:
            self.log_change(request, approval, [{"changed": {"fields": [str(_("décision"))]}}])
            messages.success(request, _("L’accord est annulé. Les décomptes déjà établis ne changent pas."))
        return redirect(PAGE, approval.pk)

    def document_view(self, request: HttpRequest, key: int) -> HttpResponseBase:
        """The document, for who may read medical pieces; its reading is logged."""
        approval = self.visible(request, key)
        if approval.document is None or not request.user.has_perm(READ_MEDICAL):
            raise Http404
        user: Any = request.user
        if approval.document.is_clean:
            audit.record(
                action=audit.Action.DOCUMENT_READ,
                user=user,
                about=approval,
                reference=approval.number,
                desk=approval.member.policy.desk,
                address=client_address(request),
            )
        return document_response(document=approval.document, reader="agent", user=user)

    def page(self, request: HttpRequest, template: str, title: str, **context: Any) -> HttpResponse:
        forms = [context.get("form"), context.get("cancel_form")]
        whole = {**self.admin_site.each_context(request), "opts": self.opts, "title": title}
        status = 422 if any(form is not None and form.errors for form in forms) else 200
        return render(request, f"admin/health_claims/priorapproval/{template}.html", whole | context, status=status)


def entered_by(approval: PriorApproval) -> str:
    """The agent, or the member who sent a quote."""
    return str(approval.entered_by) if approval.entered_by else _("l’adhérent, en ligne")


def cancelled_by(approval: PriorApproval) -> str:
    """Return who cancelled an approval and on which day; "" when nobody did, or nobody knows."""
    if approval.cancelled_by is None or approval.cancelled_at is None:
        return ""
    return f"{approval.cancelled_by}, {written_date(timezone.localdate(approval.cancelled_at))}"


def facts(approval: PriorApproval) -> list[dict[str, Any]]:
    """Who, what, and since when it holds."""
    member = approval.member
    dates = {name: getattr(approval, name) for name in ("asked_on", "decided_on", "valid_from", "valid_to")}
    entered = timezone.localdate(approval.entered_at)
    said = {name: written_date(day) if day else "" for name, day in dates.items()}
    return [
        {"label": _("Personne à soigner"), "value": approval.person.full_name},
        {"label": _("Adhérent"), "value": member.full_name},
        {"label": member.policy.member_number_label, "value": member.number, "code": True},
        {"label": _("Prestation"), "value": approval.prestation.name},
        {"label": _("Demandé le"), "value": said["asked_on"]},
        {"label": _("Décidé le"), "value": said["decided_on"]},
        {"label": _("Numéro d’accord"), "value": approval.number, "code": True},
        {"label": _("Valable du"), "value": said["valid_from"]},
        {"label": _("Valable jusqu’au"), "value": said["valid_to"]},
        {"label": _("Montant du devis"), "value": "" if approval.amount is None else money(approval.amount)},
        {"label": _("Soins prévus le"), "value": written_date(approval.planned_on) if approval.planned_on else ""},
        {"label": _("Estimation donnée"), "value": "" if approval.estimated is None else money(approval.estimated)},
        {"label": _("Précision"), "value": approval.note},
        {"label": _("Réponse à l’adhérent"), "value": approval.answer},
        {"label": _("Saisi par"), "value": f"{entered_by(approval)}, {written_date(entered)}"},
        {"label": _("Annulé par"), "value": cancelled_by(approval)},
        {"label": _("Motif de l’annulation"), "value": approval.cancel_reason},
    ]
