"""The declaration, étape by étape (rows D75–D126)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from decimal import Decimal
from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_portal.wizards.models import Draft
from claims_portal.wizards.steps import Row, Step, Wizard
from membership.models import Beneficiary, Guarantee

from .forms import CareForm, NatureForm, PatientForm, PiecesForm, SendForm
from .offer import joined_to, offer_of


class NatureStep(Step):
    slug = "nature"
    title = _("Nature du dossier")
    question = _("Choisissez la nature du dossier")
    form_class = NatureForm
    template = "health_claims/declaration/nature.html"


class PiecesStep(Step):
    slug = "pieces"
    title = _("Pièces du dossier")
    question = _(
        "Prière de vous assurer que vous avez bien en votre possession les documents suivants "
        "pour pouvoir déclarer votre dossier"
    )
    form_class = PiecesForm
    template = "health_claims/declaration/pieces.html"

    def is_complete(self, draft: Draft) -> bool:
        """One file at least: nobody can study a declaration without any."""
        return bool(joined_to(draft))

    def rows(self, draft: Draft) -> list[Row]:
        return []  # the last step lists the files


class PatientStep(Step):
    slug = "personne"
    title = _("Personne traitée")
    question = _("Prière de choisir le membre de votre famille à charge concerné par le dossier")
    form_class = PatientForm
    template = "health_claims/declaration/patient.html"


class CareStep(Step):
    slug = "donnees"
    title = _("Date et frais")
    question = _("Prière de compléter les données suivantes")
    form_class = CareForm
    template = "health_claims/declaration/care.html"

    def form(
        self, draft: Draft, data: Mapping[str, Any] | None = None, initial: dict[str, Any] | None = None, **kwargs: Any
    ) -> forms.Form | None:
        guarantee = chosen_today(draft)
        date_help = guarantee.prestation.date_help if guarantee else ""
        return super().form(draft, data, initial, date_help=date_help, **kwargs)


class SendStep(Step):
    slug = "validation"
    title = _("Validation")
    question = _("Prière de valider les éléments du dossier que vous voulez déclarer")
    form_class = SendForm
    template = "health_claims/declaration/send.html"

    def is_complete(self, draft: Draft) -> bool:
        return True


NATURE, PIECES, PATIENT, CARE, SEND = NatureStep(), PiecesStep(), PatientStep(), CareStep(), SendStep()
declaring = Wizard("declaration", "health_claims:declaration", [NATURE, PIECES, PATIENT, CARE, SEND])


@dataclass(frozen=True)
class Answers:
    """What a draft whose steps are all in order says."""

    guarantee: Guarantee  # the version on the date of care; today's when there was none then
    guaranteed_then: bool
    patient: Beneficiary | None  # None: the member
    care_date: date
    amount: Decimal


def chosen_today(draft: Draft) -> Guarantee | None:
    """Today's guarantee of the chosen prestation; None when none is chosen, or it is guaranteed no longer."""
    code = NATURE.cleaned(draft).get("prestation")
    offer = offer_of(draft)
    return offer.guarantee_on(code, offer.today) if code else None


def care_day(draft: Draft) -> date | None:
    """The day of care, once it was given: who comes back to an earlier étape has said it."""
    day: date | None = CARE.cleaned(draft).get("care_date")
    return day


def answers_of(draft: Draft) -> Answers:
    """The answers together; KeyError while a step is not in order."""
    offer = offer_of(draft)
    care = CARE.cleaned(draft)
    code = NATURE.cleaned(draft)["prestation"]
    then = offer.guarantee_on(code, care["care_date"])
    now = offer.guarantee_on(code, offer.today)
    guarantee = then or now
    if guarantee is None:
        raise KeyError(code)
    return Answers(
        guarantee=guarantee,
        guaranteed_then=then is not None,
        patient=offer.patient(PATIENT.cleaned(draft)["patient"]),
        care_date=care["care_date"],
        amount=care["amount"],
    )
