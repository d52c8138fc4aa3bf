"""What the frame of the member space shows on every page."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from django import template
from django.template import Context
from django.urls import NoReverseMatch, reverse
from django.utils.translation import get_language

from claims_portal.organisations.models import LegalText, Organisation
from membership.menu import Tab, tabs_for

register = template.Library()


@register.simple_tag(takes_context=True)
def member_tabs(context: Context) -> list[tuple[str, Any, bool]]:
    """(address, label, is it this page) of each tab. A tab whose app is not installed is left out."""
    request = context["request"]
    here = request.resolver_match.view_name if request.resolver_match else ""
    return _addressed(tuple(tabs_for(getattr(request, "member", None))), here, get_language() or "")


@lru_cache(maxsize=200)
def _addressed(shown: tuple[Tab, ...], here: str, _language: str) -> list[tuple[str, Any, bool]]:
    """The addresses of tabs in the active language, which is given so that each has its own."""
    tabs = []
    for tab in shown:
        try:
            tabs.append((reverse(tab.url_name), tab.label, here == tab.url_name or here in tab.also))
        except NoReverseMatch:
            continue
    return tabs


@register.simple_tag(takes_context=True)
def space_organisation(context: Context) -> Organisation | None:
    """Whose space this page is: the insurer of the member, or of the policies that a visitor may choose."""
    member = getattr(context["request"], "member", None)
    return member.policy.organisation if member else context.get("organisation")


@register.simple_tag
def legal_notice(organisation: Organisation) -> LegalText | None:
    """The legal notice in force of an organisation (row D154)."""
    return LegalText.objects.in_force().filter(organisation=organisation, kind=LegalText.Kind.LEGAL_NOTICE).first()
