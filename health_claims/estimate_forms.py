"""What a member types to estimate a reimbursement (row F42). Nothing here is kept."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims_portal.dates import DayField

from .forms import DATE_EXAMPLE, AmountField, ZeroAmountField
from .offer import MEMBER, Offer

AROUND = timedelta(days=366)  # how far from today: rules beyond a year are not known


class PlannedDateField(DayField):
    """A day around today; `today` is the insurer's."""

    default_error_messages = {
        "required": _("Indiquez la date prévue des soins."),
        "far": _("Choisissez une date à moins d’un an d’aujourd’hui."),
    }
    today: date

    def to_python(self, value: Any) -> date | None:
        day = super().to_python(value)
        if day and abs(day - self.today) > AROUND:
            raise ValidationError(self.error_messages["far"], code="far")
        return day


class EstimateForm(forms.Form):
    """Who, what, when, and the amounts of the quote."""

    patient = forms.ChoiceField(
        label=_("Personne à soigner"),
        initial=MEMBER,
        error_messages={"invalid_choice": _("Choisissez une personne de la liste.")},
    )
    prestation = forms.ChoiceField(
        label=_("Type de soins"),
        error_messages={
            "required": _("Choisissez le type de soins."),
            "invalid_choice": _("Choisissez un type de soins de la liste."),
        },
    )
    care_date = PlannedDateField(label=_("Date prévue des soins"), help_text=DATE_EXAMPLE)
    spent = AmountField(
        label=_("Montant du devis (MAD)"),
        help_text=_("Le total que vous auriez à payer, comme 2 100,50."),
        error_messages={"required": _("Indiquez le montant du devis, en dirhams.")},
    )
    base_paid = ZeroAmountField(
        label=_("Ce que le régime de base devrait payer (MAD)"),
        help_text=_("D’après sa prise en charge, ou un décompte de soins semblables. Écrivez 0 s’il ne paie rien."),
        error_messages={"required": _("Indiquez ce que le régime de base devrait payer, ou 0.")},
    )
    base = AmountField(
        label=_("Tarif de référence du régime de base (MAD)"),
        required=False,
        help_text=_("La base sur laquelle il rembourse, si vous la connaissez."),
    )

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        people = [(MEMBER, offer.member.full_name), *((str(each.pk), each.full_name) for each in offer.family)]
        offered = [(each.prestation.code, str(each.prestation)) for each in offer.guarantees()]
        cast(forms.ChoiceField, self.fields["patient"]).choices = people
        cast(forms.ChoiceField, self.fields["prestation"]).choices = [("", _("Choisir…")), *offered]
        cast(PlannedDateField, self.fields["care_date"]).today = offer.today

    def clean(self) -> dict[str, Any]:
        given = super().clean() or {}
        spent, base_paid = given.get("spent"), given.get("base_paid")
        if spent is not None and base_paid is not None and base_paid > spent:
            self.add_error("base_paid", _("Le régime de base ne paie pas plus que le montant du devis."))
        return given
