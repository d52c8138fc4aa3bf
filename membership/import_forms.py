"""One line of an import, checked like a form: each wrong cell has its sentence."""

from __future__ import annotations

import unicodedata
from datetime import date
from typing import Any, ClassVar

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.identifiers import CinField, PersonNameField, RibField, compact, digits

from .models import Beneficiary, Member, Policy
from .numbers import well_formed

MEMBER = "member"
# As people write it in a list, without accents and in lower case.
RELATIONS = {
    "adherent": MEMBER,
    "assure": MEMBER,
    "conjoint": Beneficiary.Relation.SPOUSE,
    "enfant": Beneficiary.Relation.CHILD,
}
PAYMENTS = {
    "": Member.Payment.TRANSFER,
    "virement": Member.Payment.TRANSFER,
    "cheque": Member.Payment.CHEQUE,
    "employeur": Member.Payment.SUBSCRIBER,
}
OLDEST_YEARS = 120


def plain(text: str) -> str:
    """Lower case, without accents or spaces around: how words of a list are compared."""
    letters = unicodedata.normalize("NFKD", text.strip().lower())
    return "".join(each for each in letters if not unicodedata.combining(each))


class DayField(forms.DateField):
    """A day as « 27/02/1980 » or « 1980-02-27 », in digits of any script."""

    default_error_messages: ClassVar = {
        "required": _("Indiquez la date."),
        "invalid": _("Cette date n’est pas lisible. Écrivez-la comme 27/02/1980."),
    }

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(input_formats=["%d/%m/%Y", "%Y-%m-%d", "%d-%m-%Y"], **kwargs)

    def to_python(self, value: Any) -> date | None:
        return super().to_python(digits(value) if isinstance(value, str) else value)


class LineForm(forms.Form):
    """A person of a list: the member, or somebody of their family."""

    number = forms.CharField(error_messages={"required": _("Indiquez le numéro de l’adhérent.")})
    relation = forms.CharField(error_messages={"required": _("Indiquez « adhérent », « conjoint » ou « enfant ».")})
    last_name = PersonNameField(max_length=80)
    first_name = PersonNameField(max_length=80)
    birth_date = DayField()
    cin = CinField(required=False)
    rib = RibField(required=False)
    payment = forms.CharField(required=False)
    rights_from = DayField()
    rights_to = DayField(required=False)

    def __init__(self, *args: Any, policy: Policy, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.policy = policy

    def clean_number(self) -> str:
        number = compact(self.cleaned_data["number"]).upper()
        if not well_formed(self.policy, number):
            raise ValidationError(_("Ce numéro n’a pas la forme des numéros de cette police."), code="invalid")
        return number

    def clean_relation(self) -> str:
        relation = RELATIONS.get(plain(self.cleaned_data["relation"]))
        if relation is None:
            raise ValidationError(_("Écrivez « adhérent », « conjoint » ou « enfant »."), code="invalid")
        return str(relation)

    def clean_payment(self) -> str:
        payment = PAYMENTS.get(plain(self.cleaned_data["payment"]))
        if payment is None:
            raise ValidationError(_("Écrivez « virement », « chèque » ou « employeur »."), code="invalid")
        return str(payment)

    def clean_birth_date(self) -> date:
        born: date = self.cleaned_data["birth_date"]
        today = timezone.localdate()
        if not today.year - OLDEST_YEARS <= born.year or born > today:
            raise ValidationError(_("Cette date de naissance n’est pas possible."), code="impossible")
        return born

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        begins, ends = cleaned.get("rights_from"), cleaned.get("rights_to")
        if begins and ends and ends < begins:
            self.add_error("rights_to", _("La fin des droits précède leur début."))
        if cleaned.get("relation") == MEMBER and not cleaned.get("cin") and "cin" not in self.errors:
            self.add_error("cin", _("Indiquez la CIN de l’adhérent : il la donne pour se connecter."))
        return cleaned
