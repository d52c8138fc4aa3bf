"""The tabs of the member space, in the order of the guide (rows D33–D40; which shows when: T7)."""

from __future__ import annotations

from dataclasses import dataclass

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from .models import Member


@dataclass(frozen=True)
class Tab:
    """One tab: its label, its page, the other pages that belong to it, and whether it waits for the e-mail step."""

    label: str | Promise
    url_name: str
    also: tuple[str, ...] = ()
    once_email_asked: bool = False


# « Déconnexion » comes last: it is a button, for it changes something.
TABS: tuple[Tab, ...] = (
    Tab(_("Accueil"), "membership:home"),
    Tab(_("Téléchargement"), "membership:downloads"),
    Tab(_("Données pratiques"), "membership:practical"),
    Tab(
        _("Consulter mon adhésion"),
        "membership:membership",
        also=(
            "membership:change-mobile",
            "membership:change-mobile-code",
            "membership:change-email",
            "membership:change-password",
            "membership:card",
            "membership:family-card",
        ),
    ),
    Tab(
        _("Consulter mes dossiers"),
        "health_claims:claims",
        also=(
            "health_claims:claim",
            "health_claims:claim-complement",
            "health_claims:claim-feedback",
            "health_claims:statement",
            "health_claims:readings",
            "health_claims:estimate",
            "health_claims:complaints",
        ),
    ),
    Tab(_("Point de dépôt"), "membership:deposit-points"),
    Tab(
        _("Suivi dossiers"),
        "health_claims:follow-up",
        also=("health_claims:declaration-detail", "health_claims:declaration-complement"),
        once_email_asked=True,
    ),
    Tab(
        _("Envoi Dossier"),
        "health_claims:send",
        also=(
            "health_claims:activation",
            "health_claims:activation-step",
            "health_claims:papers",
            "health_claims:begin",
            "health_claims:declaration",
            "health_claims:declaration-pieces",
            "health_claims:declaration-send",
            "health_claims:declaration-sent",
        ),
    ),
)
VISITOR_TABS: tuple[Tab, ...] = (
    Tab(
        _("Accueil"),
        "membership:sign-in",
        also=("membership:identity", "membership:password", "membership:browser-code", "membership:code-first"),
    ),
    Tab(_("Téléchargement"), "membership:downloads"),
)


def tabs_for(member: Member | None) -> list[Tab]:
    """The tabs a person sees now: a visitor's two (row D14), or a member's."""
    if member is None:
        return list(VISITOR_TABS)
    return [tab for tab in TABS if member.account.email_asked_at or not tab.once_email_asked]
