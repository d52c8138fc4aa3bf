"""Settlement: what waits for its payment, batches, the file of transfers for the bank, and marking them as paid."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Iterable
from decimal import Decimal
from typing import Any
from urllib.parse import urlencode

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Count, QuerySet
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, re_path, reverse
from django.utils import timezone
from django.utils.formats import date_format
from django.utils.translation import gettext as _
from django.views.decorators.http import require_POST

from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.exports import Table, table_file
from claims_portal.backoffice.keyset import NEWER, OLDER, KeysetAdmin, KeysetChangeList, page_by_key
from claims_portal.backoffice.readonly import ReadOnlyAdmin
from claims_portal.backoffice.scope import BY_QUERYSET
from claims_portal.organisations.models import Desk, Organisation
from health_claims.models import Claim, SettlementBatch
from health_claims.roles import VIEW_BATCHES
from health_claims.services.settling import (
    NothingToPay,
    held,
    held_changes,
    make_batch,
    mark_exported,
    order_payment,
    pay_batch,
    payable,
    with_amount,
    without_rib,
)
from health_claims.tasks import pay_soon
from health_claims.workflow import SETTLE, ClaimState
from membership.models import Member, SensitiveChange
from membership.presentation import masked_rib

AT_ONCE = 40  # claims marked as paid while the page waits; a task does more than that
SHOWN = 100
MISSING_SHOWN = 50
LIST = "admin:health_claims_settlementbatch_changelist"
PAGE = "admin:health_claims_settlementbatch_change"


def state_chip(batch: SettlementBatch) -> dict[str, Any]:
    """Where a batch stands."""
    if batch.paid_at:
        return {"label": _("Réglé"), "tone": "success"}
    if batch.paying_at:
        return {"label": _("Règlement en cours"), "tone": "info"}
    return {"label": _("Exporté"), "tone": "info"} if batch.exported_at else {"label": _("Établi"), "tone": "turn"}


class BatchChangeList(KeysetChangeList):
    """Batches with their states in words."""

    def get_results(self, request: HttpRequest) -> None:
        super().get_results(request)
        self.rows = [
            {"batch": each, "chip": state_chip(each), "url": reverse(PAGE, args=[each.pk])} for each in self.result_list
        ]


@admin.register(SettlementBatch)
class SettlementBatchAdmin(ReadOnlyAdmin, KeysetAdmin):
    """Batches as those who settle see them."""

    scope = BY_QUERYSET
    keyset = ("made_at", "pk")
    change_list_template = "admin/health_claims/settlementbatch/change_list.html"
    actions = None

    def get_urls(self) -> list[URLPattern]:
        """Only what exists."""
        wrap = self.admin_site.admin_view
        name = "health_claims_settlementbatch"
        return [
            path("", wrap(self.changelist_view), name=f"{name}_changelist"),
            path("etablir/", wrap(require_POST(self.make_view)), name=f"{name}_make"),
            path("<int:key>/", wrap(self.batch_view), name=f"{name}_change"),
            re_path(
                r"^(?P<key>[0-9]{1,18})/virements/(?P<kind>csv|xlsx)/$",
                wrap(require_POST(self.export_view)),
                name=f"{name}_export",
            ),
            path("<int:key>/regler/", wrap(require_POST(self.pay_view)), name=f"{name}_pay"),
        ]

    # --- Who may

    def has_view_permission(self, request: HttpRequest, obj: SettlementBatch | None = None) -> bool:
        return bool(request.user.has_perm(VIEW_BATCHES) or request.user.has_perm(SETTLE))

    def get_queryset(self, request: HttpRequest) -> QuerySet[SettlementBatch]:
        return SettlementBatch.objects.visible_to(request.user).select_related("organisation", "made_by")

    def visible(self, request: HttpRequest, key: int | str) -> SettlementBatch:
        """The batch, when this person may see it; Http404 otherwise."""
        if not self.has_view_permission(request):
            raise Http404
        return get_object_or_404(self.get_queryset(request), pk=key)

    def to_settle(self, request: HttpRequest, key: int | str) -> SettlementBatch:
        """The same, for who may settle it."""
        if not request.user.has_perm(SETTLE):
            raise Http404
        return self.visible(request, key)

    def get_changelist(self, request: HttpRequest, **kwargs: Any) -> type[BatchChangeList]:
        return BatchChangeList

    # --- Pages

    def changelist_view(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> HttpResponse:
        """What waits, by insurer, with the button that makes a batch; what misses a RIB; the batches."""
        context: dict[str, Any] = {}
        if self.has_view_permission(request):
            claims = Claim.objects.visible_to(request.user)
            rows = payable(claims).order_by("desk__organisation").values_list("desk__organisation")
            counts = dict(rows.annotate(number=Count("pk")))
            organisations = Organisation.objects.in_bulk(counts)
            missing = with_amount(without_rib(claims)).select_related("member")[: MISSING_SHOWN + 1]
            context = {
                "waiting": [(organisations[key], number) for key, number in counts.items()],
                "missing": list(missing),
                "missing_shown": MISSING_SHOWN,
                "held": held_rows(claims),
            }
        return super().changelist_view(request, context | (extra_context or {}))

    def batch_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """A batch with its claims, a hundred a page, and what goes which way."""
        batch = self.visible(request, key)
        claims = with_amount(Claim.objects.filter(batch=batch)).select_related("member", "prestation")
        try:
            page = page_by_key(
                claims, keyset=("pk",), size=SHOWN, older=request.GET.get(OLDER, ""), newer=request.GET.get(NEWER, "")
            )
        except ValueError:
            raise Http404 from None
        request.current_app = self.admin_site.name
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": str(batch),
            "batch": batch,
            "chip": state_chip(batch),
            "ways": ways(claims),
            "left": Claim.objects.filter(batch=batch, state=ClaimState.COMPUTED).count() if batch.paying_at else 0,
            "rows": [{"claim": each, "rib": masked_rib(each.member.rib)} for each in page.rows],
            "newer_url": f"?{urlencode({NEWER: page.newer})}" if page.newer else "",
            "older_url": f"?{urlencode({OLDER: page.older})}" if page.older else "",
            "may_settle": request.user.has_perm(SETTLE),
        }
        return render(request, "admin/health_claims/settlementbatch/batch.html", context)

    # --- What is done

    def make_view(self, request: HttpRequest) -> HttpResponse:
        """« Établir un lot » for one insurer, of the claims this person sees."""
        user: Any = request.user
        if not user.has_perm(SETTLE):
            raise Http404
        given = request.POST.get("organisation", "")
        if not (given.isascii() and given.isdigit() and len(given) < 10):
            raise Http404
        desks = Desk.objects.filter(organisation=int(given))
        desks = desks if user.is_superuser else desks.filter(pk__in=user.desk_ids())
        desk_ids = list(desks.values_list("pk", flat=True))
        organisation = get_object_or_404(Organisation, pk=int(given) if desk_ids else 0)
        try:
            batch = make_batch(organisation=organisation, desk_ids=desk_ids, user=user)
        except NothingToPay:
            messages.warning(
                request, _("Plus aucun dossier n’attend de règlement : un autre lot vient de les prendre.")
            )
            return redirect(LIST)
        messages.success(request, _("Le lot %(number)s est établi.") % {"number": batch.number})
        return redirect(PAGE, batch.pk)

    def export_view(self, request: HttpRequest, key: str, kind: str) -> HttpResponse:
        """The file of transfers for the bank. It leaves a line in the audit log, and a date on the batch."""
        batch = self.to_settle(request, key)
        if not recently_confirmed(request):
            return confirm_first(request, back=reverse(PAGE, args=[batch.pk]))
        with transaction.atomic():
            mark_exported(batch_id=batch.pk)  # first: from here on no claim leaves the batch
            table = transfers(batch)
        return table_file(
            request,
            kind=kind,
            name=f"virements-{batch.number}",
            table=table,
            reference=batch.number,
            about=batch,
            details={"what": "transfers"},
        )

    def pay_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """« Marquer comme réglé »: a few claims at once, many through a task."""
        batch = self.to_settle(request, key)
        order_payment(batch_id=batch.pk, user=request.user)  # type: ignore[arg-type]
        if Claim.objects.filter(batch=batch, state=ClaimState.COMPUTED).count() <= AT_ONCE:
            pay_batch(batch_id=batch.pk)
            messages.success(request, _("Les dossiers du lot sont réglés. Les adhérents sont prévenus."))
        else:
            pay_soon(batch.pk)
            messages.success(request, _("Le règlement est en cours : cette page dit où il en est."))
        return redirect(PAGE, batch.pk)


def held_rows(claims: QuerySet[Claim]) -> list[dict[str, Any]]:
    """The claims that wait because of a change of their member, each with why. Two queries."""
    waiting = list(with_amount(held(claims)).select_related("member")[: MISSING_SHOWN + 1])
    changes: dict[int, list[SensitiveChange]] = defaultdict(list)
    for change in held_changes().filter(member__in=[claim.member_id for claim in waiting]):
        changes[change.member_id].append(change)
    return [{"claim": claim, "reasons": [why_held(change) for change in changes[claim.member_id]]} for claim in waiting]


def why_held(change: SensitiveChange) -> str:
    """Return why a change holds payments, in a sentence."""
    if change.is_disputed or change.payable_from is None:
        return _("L’adhérent dit que ce changement n’est pas de lui : à vérifier avec lui.")
    return _("RIB modifié le %(changed)s, payable à partir du %(day)s.") % {
        "changed": date_format(timezone.localtime(change.at), "d/m/Y"),
        "day": date_format(change.payable_from, "d/m/Y"),
    }


def ways(claims: Iterable[Any]) -> list[dict[str, Any]]:
    """How many claims and how much go by transfer, by cheque and through employers."""
    numbers: dict[str, int] = defaultdict(int)
    totals: dict[str, Decimal] = defaultdict(Decimal)
    for claim in claims:
        numbers[claim.member.payment] += 1
        totals[claim.member.payment] += claim.to_pay or 0
    return [
        {"label": way.label, "number": numbers[way], "total": totals[way]}
        for way in Member.Payment
        if numbers[way.value]
    ]


def transfers(batch: SettlementBatch) -> Table:
    """What the bank needs: account, name, amount in dirhams, number of the claim. One query."""
    claims = with_amount(Claim.objects.filter(batch=batch, member__payment=Member.Payment.TRANSFER))
    claims = claims.exclude(member__rib="").select_related("member").order_by("pk")
    head = [_("N° déclaration"), _("Bénéficiaire"), _("RIB"), _("Montant (MAD)")]
    return head, [[each.number, each.member.full_name, each.member.rib, each.to_pay] for each in claims if each.to_pay]
