"""What agents asked of a member and that still waits for them: identity papers to send again, and complements."""

from __future__ import annotations

from collections.abc import Iterator

from django.urls import reverse
from django.utils.translation import gettext as _

from claims_portal.cases.workflow import WaitingOn
from membership.asked import Asked
from membership.models import Member

from .models import Claim, Declaration
from .services.papers import newest
from .workflow import ClaimState, DeclarationState

MOST = 5  # of each: beyond, the lists say it


def asked_by_agents(member: Member) -> Iterator[Asked]:
    """What holds everything up first, then the oldest. Two queries; `member` with account."""
    if not member.account.is_checked:
        yield from _papers(member)
    yield from _complements(member)


def _papers(member: Member) -> Iterator[Asked]:
    """A copy that was refused; the page that takes it says which, and why. One query."""
    if any(paper.is_to_send for paper in newest(member).values()):
        sentence = _("Il manque une copie pour continuer. Votre mot de passe ne change pas.")
        yield Asked(_("Une copie est à renvoyer"), sentence, reverse("health_claims:papers"))


def _complements(member: Member) -> Iterator[Asked]:
    """Of claims, nothing before the identity is checked."""
    title = _("Un complément vous est demandé")
    sent = Declaration.objects.filter(member=member, state=DeclarationState.CREATED).shown_to_member()
    waiting = sent.filter(waiting_on=WaitingOn.PERSON).order_by("complement_asked_at")
    for number in waiting.values_list("number", flat=True)[:MOST]:
        sentence = _("Demande n° %(number)s : lisez ce qui manque et répondez en ligne.")
        yield Asked(title, sentence % {"number": number}, reverse("health_claims:declaration-detail", args=[number]))
    if not member.account.is_checked:
        return
    opened = Claim.objects.filter(member=member, state=ClaimState.COMPLEMENT).shown_to_member().order_by("pk")
    for number in opened.values_list("number", flat=True)[:MOST]:
        sentence = _("Dossier n° %(number)s : lisez ce qui manque et répondez en ligne.")
        yield Asked(title, sentence % {"number": number}, reverse("health_claims:claim", args=[number]))
