"""The six steps of activating online declaration, and the one at which a member goes on (rows D44–D63)."""

from __future__ import annotations

from typing import Any

from django.db import models
from django.urls import reverse
from django.utils.translation import gettext_lazy as _
from django.utils.translation import pgettext_lazy

from membership.models import MemberAccount


class ActivationStep(models.TextChoices):
    """In the order of the guide. The value is the step's address."""

    RULES = "regles", _("Règles du contrat")
    MOBILE = "gsm", _("Numéro de GSM")
    CODE = "code", _("Code de vérification")
    EMAIL = "email", pgettext_lazy("activation", "Email")  # Django's own « Email » is « Courriel »
    LINK = "lien", _("Lien d’activation")
    DONE = "compte", _("Compte activé")

    @property
    def position(self) -> int:
        """From 1 to 6."""
        return ORDER.index(self) + 1

    @property
    def url(self) -> str:
        return reverse("health_claims:activation-step", args=[self.value])


ORDER = list(ActivationStep)


def due(account: MemberAccount) -> ActivationStep:
    """Where the member goes on. The account says it alone: any browser, any day."""
    if account.is_activated:
        return ActivationStep.DONE
    if not account.certified_at:
        return ActivationStep.RULES
    if account.pending_mobile:
        return ActivationStep.CODE
    if not account.mobile:
        return ActivationStep.MOBILE
    return ActivationStep.LINK if account.pending_email else ActivationStep.EMAIL


def may_open(account: MemberAccount, step: ActivationStep) -> bool:
    """One may go back to what was answered, never ahead, nor to a code that was given: it is not asked again.

    Once activated only the last step is left.
    """
    reached = due(account)
    if step == ActivationStep.CODE:
        return step == reached
    return step == reached or (not account.is_activated and step.position < reached.position)


def before(account: MemberAccount, step: ActivationStep) -> ActivationStep | None:
    """Where « Précédent » leads."""
    earlier = [each for each in ORDER[: step.position - 1] if may_open(account, each)]
    return earlier[-1] if earlier else None


def progress(account: MemberAccount, current: ActivationStep) -> list[dict[str, Any]]:
    """The six steps for `components/step_header.html`: label, state (done, current, todo) and address (row D42)."""
    reached = due(account)
    shown = []
    for step in ORDER:
        state = "current" if step == current else "done" if step.position < reached.position else "todo"
        shown.append({"label": step.label, "state": state, "url": step.url if may_open(account, step) else ""})
    return shown
