"""The online account of a member: what stands in it, and « Rendre le compte à l’adhérent »."""

from __future__ import annotations

from typing import Any

from django import forms
from django.contrib import admin, messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import get_object_or_404, redirect, render
from django.urls import URLPattern, path, reverse
from django.utils.translation import gettext, ngettext
from django.utils.translation import gettext_lazy as _
from django.views.decorators.http import require_POST

from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.lists import PortalAdmin
from claims_portal.identifiers import ProseField
from claims_portal.middleware import client_address
from health_claims.models import Reason
from health_claims.services.giving_back import NothingToGiveBack, give_back
from health_claims.services.reasons import offered_reasons
from health_claims.workflow import GIVE_BACK
from membership.models import Member, MemberAccount
from membership.presentation import masked_email, masked_mobile

from .actions import NOTE_MAX
from .declaration_page import known

PAGE = "admin:membership_memberaccount_change"
LISTED = 20  # declarations still to be attached


class GiveBackForm(forms.Form):
    """Why: a coded reason, words, or both."""

    reason = forms.ChoiceField(label=_("Motif"), required=False)
    note = ProseField(
        label=_("Précision"),
        required=False,
        max_length=NOTE_MAX,
        help_text=_("Ce que la personne vous a dit, comment vous l’avez reconnue. L’adhérent ne le lit pas."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, reasons: list[Reason], *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.offered = {str(each.pk): each for each in reasons}
        self.fields["reason"].choices = [("", "—"), *self.offered.items()]  # type: ignore[attr-defined]
        for field in self.fields.values():
            field.widget.one_of = True  # one of them is needed: neither is « facultatif »

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        if not (given.get("reason") or given.get("note") or self.errors):
            self.add_error("reason", gettext("Choisissez un motif, ou écrivez-le."))
        return given

    @property
    def given(self) -> dict[str, Any]:
        """What a valid form says, as the service takes it."""
        return {"reason": self.offered.get(self.cleaned_data["reason"]), "note": self.cleaned_data["note"]}


@admin.register(MemberAccount)
class MemberAccountAdmin(PortalAdmin):
    """One page a member, found by the member's key: there may be no account yet. Nothing in it is typed by staff."""

    scope = "member__policy__desk"

    def get_urls(self) -> list[URLPattern]:
        """Only what exists: accounts are reached through their member, and are neither listed nor edited."""
        wrap = self.admin_site.admin_view
        give = require_POST(self.give_back_view)
        return [
            path("<int:key>/", wrap(self.account_view), name="membership_memberaccount_change"),
            path("<int:key>/rendre/", wrap(give), name="membership_memberaccount_give_back"),
        ]

    def has_module_permission(self, request: HttpRequest) -> bool:
        return False

    def found(self, request: HttpRequest, key: int) -> Member:
        """The member, for who may give accounts back at their desk; Http404 otherwise."""
        user: Any = request.user
        if not user.has_perm(GIVE_BACK):
            raise Http404
        members = Member.objects.visible_to(user).select_related("policy__organisation", "account__terms")
        return get_object_or_404(members, pk=key)

    def account_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """Who confirmed lately sees the page; the others do first, so that nothing they type is lost."""
        member = self.found(request, key)
        if not recently_confirmed(request):
            return confirm_first(request, back=request.path)
        return self.show(request, member, GiveBackForm(self.reasons(member)))

    def give_back_view(self, request: HttpRequest, key: int) -> HttpResponse:
        """The account begins anew, once."""
        member = self.found(request, key)
        account = account_of(member)
        here = reverse(PAGE, args=[key])
        if account is None:
            raise Http404
        if not recently_confirmed(request):
            return confirm_first(request, back=here)
        form = GiveBackForm(self.reasons(member), request.POST)
        if not form.is_valid():
            return self.show(request, member, form, status=422)
        user: Any = request.user
        try:
            give_back(account_id=account.pk, user=user, address=client_address(request), **form.given)
        except NothingToGiveBack:
            messages.info(request, gettext("Ce compte est déjà prêt : l’adhérent peut l’activer."))
        else:
            said = gettext("Le compte est rendu. L’adhérent l’active de nouveau avec son numéro et sa CIN.")
            messages.success(request, said)
        return redirect(here)

    def reasons(self, member: Member) -> list[Reason]:
        return offered_reasons(organisation=member.policy.organisation, uses=[Reason.Use.ACCOUNT])[Reason.Use.ACCOUNT]

    def show(self, request: HttpRequest, member: Member, form: GiveBackForm, status: int = 200) -> HttpResponse:
        account = account_of(member)
        context = {
            **self.admin_site.each_context(request),
            "opts": self.opts,
            "title": gettext("Compte en ligne de %(name)s") % {"name": member.full_name},
            "member": member,
            "facts": known(facts(member, account)),
            "may_give_back": account is not None and not account.is_untouched,
            "consequences": consequences(member),
            "set_aside": list(member.declarations.exclude(set_aside_at=None).order_by("-pk")[:LISTED]),
            "returns": list(member.account_returns.select_related("user", "reason")),
            "form": form,
        }
        return render(request, "admin/membership/memberaccount/account.html", context, status=status)


def account_of(member: Member) -> MemberAccount | None:
    """The member's account, read with them; None before the first sign-in."""
    return getattr(member, "account", None)


def facts(member: Member, account: MemberAccount | None) -> list[dict[str, Any]]:
    """How far the account is, without a whole number or address: who calls says theirs, and the agent compares."""
    rows: list[dict[str, Any]] = [
        {"label": _("Adhérent"), "value": member.full_name},
        {"label": member.policy.member_number_label, "value": member.number, "code": True},
        {"label": _("Police"), "value": member.policy.number, "code": True},
    ]
    if account is None:
        return rows
    return [
        *rows,
        {"label": _("Première connexion"), "value": account.created_at},
        {"label": _("Activé le"), "value": account.activated_at or _("Pas encore")},
        {"label": _("Mot de passe"), "value": _("Choisi") if account.password else _("Pas encore")},
        {"label": _("Mobile vérifié"), "value": masked_mobile(account.mobile), "code": True},
        {"label": _("E-mail vérifié"), "value": masked_email(account.email), "code": True},
        {"label": _("Identité vérifiée le"), "value": account.identity_checked_at or _("Pas encore")},
    ]


def consequences(member: Member) -> list[str]:
    """What giving back does, said before it is done; one query."""
    sent = member.declarations.shown_to_member().count()
    said: list[Any] = [
        _("Le mot de passe, le mobile, l’e-mail et l’activation sont effacés ; toutes les sessions se ferment."),
        _("Les codes, les liens et les brouillons en cours ne servent plus."),
        _("Les deux pièces d’identité sont mises de côté : l’adhérent en envoie de nouvelles."),
    ]
    if sent:
        sentence = ngettext(
            "%(count)d déclaration lui est cachée, jusqu’à ce qu’un agent la lui rattache.",
            "%(count)d déclarations lui sont cachées, jusqu’à ce qu’un agent les lui rattache.",
            sent,
        )
        said.append(sentence % {"count": sent})
    said.append(_("L’ancien mobile et l’ancien e-mail reçoivent un message neutre."))
    return [str(each) for each in said]
