"""What a member types about a declaration, and its rules. Nothing here writes."""

from __future__ import annotations

import re
import unicodedata
from decimal import Decimal
from typing import Any, cast

from django import forms
from django.utils.text import format_lazy
from django.utils.translation import gettext_lazy as _

from claims_portal.dates import PastDateField
from claims_portal.identifiers import NormalisedField, ProseField, digits
from claims_portal.wizards.models import Draft
from membership.models import Beneficiary, Prestation
from membership.presentation import name_shown

from .offer import MEMBER, offer_of

LARGEST_AMOUNT = Decimal("99999999.99")
LONGEST_AMOUNT = 25  # characters
ANSWER_MAX = 5_000
# « 2100 », « 2 100,50 », « 2.100,50 », « 2,100.50 »; what stands between thousands is told apart by its place.
_PLAIN = re.compile(r"([0-9]{1,3}(?:[ ’'][0-9]{3})+|[0-9]+)(?:[.,]([0-9]{1,2}))?")
_COMMA_LAST = re.compile(r"([0-9]{1,3}(?:\.[0-9]{3})+),([0-9]{1,2})")
_POINT_LAST = re.compile(r"([0-9]{1,3}(?:,[0-9]{3})+)\.([0-9]{1,2})")
_MORE_THAN_CENTIMES = re.compile(r"[0-9 ]+[.,][0-9]{3,}")
_CURRENCY = re.compile(r" ?(?:mad|dhs?|dirhams?|درهم|د\.م\.?)$", re.IGNORECASE)
_ARABIC_SEPARATORS = str.maketrans({"\u066b": ",", "\u066c": " "})


def read_amount(text: str) -> Decimal | None:
    """An amount in dirhams as people write it, to the centime; None when it is none, or could be read two ways."""
    amount = "".join(" " if unicodedata.category(each) == "Zs" else each for each in digits(text))
    amount = "".join(each for each in amount if unicodedata.category(each) not in ("Cc", "Cf", "Cs"))
    amount = _CURRENCY.sub("", amount.translate(_ARABIC_SEPARATORS).strip())
    for form in (_PLAIN, _COMMA_LAST, _POINT_LAST):
        if found := form.fullmatch(amount):
            return Decimal(f"{re.sub('[^0-9]', '', found[1])}.{found[2] or '0'}").quantize(Decimal("0.01"))
    return None


class AmountField(NormalisedField):
    """Money spent, in dirhams: more than nothing, to the centime (row D113). Cleans to a Decimal."""

    default_error_messages = {
        "required": _("Indiquez les frais engagés, en dirhams."),
        "invalid": _("Écrivez ce montant en chiffres, comme 2100 ou 2 100,50."),
        "centimes": _("Un montant a deux chiffres au plus après la virgule, comme 2 100,50."),
        "negative": _("Un montant ne peut pas être négatif : retirez le signe moins."),
        "zero": _("Les frais engagés sont plus grands que zéro."),
        "large": _("Ce montant est trop grand : vérifiez le nombre de chiffres."),
    }

    def widget_attrs(self, widget: forms.Widget) -> dict[str, Any]:
        return super().widget_attrs(widget) | {
            "inputmode": "decimal",
            "dir": "ltr",
            "autocomplete": "off",
            "class": "is-short",
        }

    def normalise(self, text: str) -> Any:
        if len(text) > LONGEST_AMOUNT:
            raise self.refuse("large")
        amount = read_amount(text)
        if amount is None:
            raise self.refuse(self._what_is_wrong(text.strip()))
        if amount == 0:
            raise self.refuse("zero")
        if amount > LARGEST_AMOUNT:
            raise self.refuse("large")
        return amount

    def _what_is_wrong(self, text: str) -> str:
        if text[:1] in "-\u2212\u2013" and read_amount(text[1:]) is not None:
            return "negative"
        return "centimes" if _MORE_THAN_CENTIMES.fullmatch(digits(text)) else "invalid"


class ZeroAmountField(AmountField):
    """An amount that may be nothing."""

    def normalise(self, text: str) -> Any:
        nothing = len(text) <= LONGEST_AMOUNT and read_amount(text) == 0
        return Decimal("0.00") if nothing else super().normalise(text)


class CareDateField(PastDateField):
    """A day of care, typed in digits of any script (row D109)."""

    default_error_messages = {
        "required": _("Indiquez la date de consultation."),
        "invalid": _("Écrivez la date comme 27/02/2026 : le jour, le mois, l’année."),
        "future": _("Cette date est dans le futur : les soins se déclarent une fois reçus."),
    }


class NatureForm(forms.Form):
    """Étape 1: only what the policy guarantees today (rows D75–D87)."""

    prestation = forms.ChoiceField(
        label=_("Type de dossier"),
        widget=forms.RadioSelect,
        error_messages={
            "required": _("Choisissez le type de votre dossier."),
            "invalid_choice": _("Ce type de dossier n’est pas garanti par votre contrat : choisissez dans la liste."),
        },
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offered = [(each.prestation.code, str(each.prestation)) for each in offer_of(draft).guarantees()]
        cast(forms.ChoiceField, self.fields["prestation"]).choices = offered


class PiecesForm(forms.Form):
    """Étape 2 asks for nothing but files, which are checked one by one as they arrive."""

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class PatientForm(forms.Form):
    """Étape 3: the member, selected beforehand, or somebody of their family in charge (rows D102–D106)."""

    patient = forms.ChoiceField(
        label=_("Personne traitée"),
        widget=forms.RadioSelect,
        initial=MEMBER,
        error_messages={
            "required": _("Choisissez la personne qui a reçu les soins."),
            "invalid_choice": _(
                "Cette personne ne fait pas partie de votre famille à charge : choisissez dans la liste."
            ),
        },
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        offer = offer_of(draft)
        people = [(str(each.pk), name_shown(each, member=offer.member)) for each in offer.family]
        cast(forms.ChoiceField, self.fields["patient"]).choices = [(MEMBER, _("L'assuré lui-même")), *people]


DATE_EXAMPLE = _("Par exemple 27/02/2026 ou 27022026.")
DATE_HELPS = {
    Prestation.DateHelp.CONSULTATION: _(
        "La date que votre médecin traitant a écrite sur le dossier et sur l’ordonnance."
    ),
    Prestation.DateHelp.ADMISSION: _(
        "La date de votre entrée à la clinique ou à l’hôpital. La facture l’appelle « Date d’entrée » "
        "ou « Date début hospitalisation »."
    ),
    Prestation.DateHelp.HALF_YEAR: _("La date d’exécution du semestre, inscrite sur la facture de l’orthodontiste."),
}


class CareForm(forms.Form):
    """Étape 4: when, and how much was spent (rows D108–D113)."""

    care_date = CareDateField(label=_("Date de consultation de médecin"))
    amount = AmountField(label=_("Frais engagés (MAD)"), help_text=_("Le total payé pour ces soins, comme 2 100,50."))

    def __init__(self, *args: Any, draft: Draft, date_help: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        help_text = DATE_HELPS.get(cast(Any, date_help), DATE_HELPS[Prestation.DateHelp.CONSULTATION])
        self.fields["care_date"].help_text = format_lazy("{} {}", help_text, DATE_EXAMPLE)


class SendForm(forms.Form):
    """Étape 5 asks nothing more: reading and sending."""

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class ComplementForm(forms.Form):
    """What the insurer asked for: a text, files, or both."""

    body = ProseField(label=_("Votre réponse"), required=False, max_length=ANSWER_MAX)


RELATION_TITLES = {Beneficiary.Relation.SPOUSE: _("Conjoint"), Beneficiary.Relation.CHILD: _("Enfants")}
