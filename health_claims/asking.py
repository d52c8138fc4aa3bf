"""What agents asked of a member and that still waits for them: complements of declarations and of claims."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from membership.asked import Asked
from membership.models import Member

from .models import Claim, Declaration
from .workflow import ClaimState, DeclarationState

MOST = 5  # of each: beyond, the lists say it


def complements_asked(member: Member) -> Iterator[Asked]:
    """The oldest first. Two queries; of claims, nothing before the identity is checked."""
    title = _("Un complément vous est demandé")
    sent = Declaration.objects.filter(member=member, state=DeclarationState.CREATED).shown_to_member()
    waiting = sent.exclude(complement_asked_at=None).order_by("complement_asked_at")
    for number in waiting.values_list("reference", flat=True)[:MOST]:
        sentence = _("Demande n° %(number)s : lisez ce qui manque et répondez en ligne.")
        yield Asked(title, sentence % {"number": number}, reverse("health_claims:declaration-detail", args=[number]))
    if not member.account.is_checked:
        return
    opened = Claim.objects.filter(member=member, state=ClaimState.COMPLEMENT).shown_to_member().order_by("pk")
    for number in opened.values_list("number", flat=True)[:MOST]:
        sentence = _("Dossier n° %(number)s : lisez ce qui manque et répondez en ligne.")
        yield Asked(title, sentence % {"number": number}, reverse("health_claims:claim", args=[number]))
