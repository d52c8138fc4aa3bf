"""What is typed to follow online a complaint that came on paper (rows A43, A44, K1)."""

from __future__ import annotations

from typing import Any

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims_portal.identifiers import EmailAddressField, MobileField, PersonNameField, ReferenceField
from claims_portal.organisations.models import Desk

from . import references
from .forms import one_is_enough


class DeskField(forms.ModelChoiceField):
    """An open desk, named with its organisation in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Desk.objects.open(), to_field_name="code", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return f"{obj.organisation.short_name} · {obj.name}"


class ContactForm(forms.Form):
    """An e-mail address, a mobile, or both. `region` is the country of the organisation of the case."""

    email = EmailAddressField(label=_("Adresse e-mail"), required=False)
    mobile = MobileField(label=_("Téléphone portable"), required=False)
    nothing_given = _("Indiquez une adresse e-mail ou un téléphone portable : l’un des deux ouvre le suivi.")

    def __init__(self, *args: Any, region: str = "", **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["mobile"].region = region  # type: ignore[attr-defined]
        one_is_enough(self)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = cleaned.get("email") or cleaned.get("mobile") or {"email", "mobile"} & set(self.errors)
        if not given:
            self.add_error("email", self.nothing_given)
        return cleaned


class OnlineTrackingForm(ContactForm):
    """« Suivre en ligne une réclamation envoyée par courrier »: what finds the case, and where to reach the person."""

    desk = DeskField(
        label=_("À qui avez-vous écrit ?"),
        empty_label=_("Choisir dans la liste"),
        error_messages={
            "required": _("Choisissez le service auquel vous avez écrit."),
            "invalid_choice": _("Choisissez un service de la liste."),
        },
    )
    number = ReferenceField(
        label=_("Numéro de réclamation"),
        required=False,
        max_length=40,
        help_text=_("Il figure sur nos courriers. Si vous ne l’avez pas, remplissez les deux cases suivantes."),
    )
    name = PersonNameField(
        label=_("Nom et prénom"),
        required=False,
        max_length=160,
        help_text=_("Le nom d’abord, comme sur votre courrier."),
    )
    letter_reference = ReferenceField(
        label=_("Référence de votre courrier"),
        required=False,
        help_text=_("Le numéro du recommandé, la date d’envoi ou la référence que vous y avez écrite."),
    )
    field_order = ["desk", "number", "name", "letter_reference", "email", "mobile"]

    def clean_desk(self) -> Desk:
        """Read « 06… » as a number of the desk's country: the desk is cleaned before the mobile."""
        desk: Desk = self.cleaned_data["desk"]
        self.fields["mobile"].region = desk.organisation.country  # type: ignore[attr-defined]
        return desk

    def clean_number(self) -> str:
        if not self.cleaned_data["number"]:
            return ""
        try:
            return references.read_number(self.cleaned_data["number"])
        except references.MistypedNumber as error:
            sentence = _("Ce numéro contient une erreur : il compte 12 chiffres. Vérifiez-le sur notre courrier.")
            raise ValidationError(sentence, code="mistyped") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean()
        found = cleaned.get("number") or (cleaned.get("name") and cleaned.get("letter_reference"))
        if not found and not {"number", "name", "letter_reference"} & set(self.errors):
            sentence = _("Indiquez le numéro de la réclamation, ou votre nom et la référence de votre courrier.")
            self.add_error("number", sentence)
        return cleaned
