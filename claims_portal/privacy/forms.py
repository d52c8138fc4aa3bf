"""What people type about their data."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.models import Decision
from claims_portal.identifiers import EmailAddressField, MobileField, PersonNameField, ProseField
from claims_portal.organisations.models import Organisation

from .models import ANSWERS, Kind, RightsRequest

DETAILS_MAX = 3000
DONE_MAX = 5000


class OrganisationField(forms.ModelChoiceField):
    """An active organisation, named in the reader's language."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(queryset=Organisation.objects.filter(is_active=True), to_field_name="code", **kwargs)

    def label_from_instance(self, obj: Any) -> str:
        return str(obj.name)


class RightsForm(forms.Form):
    """« Mes données »."""

    organisation = OrganisationField(
        label=_("À quel organisme vous adressez-vous ?"),
        empty_label=_("Choisir dans la liste"),
        error_messages={
            "required": _("Choisissez l’organisme qui a vos données."),
            "invalid_choice": _("Choisissez un organisme de la liste."),
        },
    )
    kind = forms.ChoiceField(
        label=_("Que demandez-vous ?"),
        choices=Kind.choices,
        widget=forms.RadioSelect,
        error_messages={"required": _("Choisissez ce que vous demandez.")},
    )
    name = PersonNameField(
        label=_("Vos nom et prénom"), max_length=160, error_messages={"required": _("Écrivez vos nom et prénom.")}
    )
    email = EmailAddressField(label=_("Adresse e-mail"), required=False)
    mobile = MobileField(
        label=_("Téléphone portable"),
        required=False,
        help_text=_("L’e-mail ou le portable : celui que l’organisme connaît déjà, si possible."),
    )
    details = ProseField(
        label=_("Précisions"),
        required=False,
        max_length=DETAILS_MAX,
        help_text=_("Par exemple ce qui est faux et ce qu’il faut écrire. N’y mettez aucune information médicale."),
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        for name in ("email", "mobile"):
            self.fields[name].widget.one_of = True  # neither is optional by itself

    def clean_organisation(self) -> Organisation:
        """Read « 06… » as a number of the organisation's country: it is cleaned before the mobile."""
        organisation: Organisation = self.cleaned_data["organisation"]
        self.fields["mobile"].region = organisation.country  # type: ignore[attr-defined]
        return organisation

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("email") or cleaned.get("mobile") or {"email", "mobile"} & set(self.errors)):
            self.add_error("email", _("Indiquez une adresse e-mail ou un téléphone portable, pour la réponse."))
        if cleaned.get("kind") == Kind.RECTIFICATION and not cleaned.get("details") and "details" not in self.errors:
            self.add_error("details", _("Écrivez ce qui est faux et ce qu’il faut écrire à la place."))
        return cleaned


class AnswerForm(forms.Form):
    """What the agent decided. A request that is met, even in part, needs the identity to be checked."""

    decision = forms.ChoiceField(
        label=_("Réponse"),
        choices=[
            ("", _("Choisir dans la liste")),
            *((answer, label) for answer, label in ANSWERS.items() if answer != Decision.PENDING),
        ],
        error_messages={"required": _("Choisissez la réponse.")},
    )
    identity_checked = forms.BooleanField(label=_("J’ai vérifié l’identité de la personne"), required=False)
    refusal = forms.ChoiceField(
        label=_("Motif, que la personne lira"),
        help_text=_("Seulement si la demande n’est pas satisfaite en entier."),
        choices=[("", "—"), *RightsRequest.Refusal.choices],
        required=False,
    )
    done = ProseField(
        label=_("Ce qui a été fait"),
        help_text=_("Pour le registre : la personne ne le lit pas."),
        max_length=DONE_MAX,
        error_messages={"required": _("Écrivez ce qui a été fait.")},
    )

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["done"].widget.attrs["rows"] = 4
        for name in ("identity_checked", "refusal"):
            self.fields[name].widget.one_of = True  # the answer says whether they are needed

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        decision = cleaned.get("decision")
        if decision in (Decision.PARTLY, Decision.REFUSED) and not cleaned.get("refusal"):
            self.add_error("refusal", _("Choisissez pourquoi la demande n’est pas satisfaite en entier."))
        if decision in (Decision.GRANTED, Decision.PARTLY) and not cleaned.get("identity_checked"):
            self.add_error("identity_checked", _("Vérifiez l’identité de la personne avant d’accepter."))
        unverified = cleaned.get("refusal") == RightsRequest.Refusal.IDENTITY
        if unverified and decision == Decision.REFUSED and cleaned.get("identity_checked"):
            self.add_error("refusal", _("Ce motif contredit l’identité cochée : décochez-la, ou changez de motif."))
        if unverified and decision == Decision.PARTLY:
            self.add_error("refusal", _("Sans identité vérifiée, la demande se refuse en entier."))
        return cleaned
