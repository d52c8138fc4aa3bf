"""What people type about a complaint, and its rules. Nothing here writes."""

from __future__ import annotations

from collections.abc import Collection
from typing import Any, cast

from django import forms
from django.core.exceptions import ValidationError
from django.utils.translation import gettext_lazy as _

from claims_portal.dates import PastDateField
from claims_portal.identifiers import (
    CinField,
    CnssNumberField,
    EmailAddressField,
    MobileField,
    NirField,
    PersonNameField,
    ProseField,
    ReferenceField,
    TrackedMobileField,
)
from claims_portal.wizards.models import Draft

from . import references
from .models import AskedField, Dependant, DocumentKind, Quality
from .questions import OTHER, questions_of

SUBJECT_SLUG = "reclamation"  # the step that asks what it is about
FACTS_MAX, PROSE_MAX = 20_000, 5_000  # characters
Asked = AskedField.Field


def either(sentence: Any) -> dict[str, Any]:
    """The same sentence for a choice that is missing and for one that is not in the list (an old page, a robot)."""
    return {"required": sentence, "invalid_choice": sentence}


class GateForm(forms.Form):
    """Is it a complaint? (rows C4–C13)"""

    COMPLAINT, INFORMATION, CLARIFICATION, CONFIRMATION = "complaint", "information", "clarification", "confirmation"
    kind = forms.ChoiceField(
        label=_("Qu’est-ce qui vous amène ?"),
        choices=[
            (COMPLAINT, _("Je suis mécontent d’un service, d’une décision ou d’un silence")),
            (INFORMATION, _("Je cherche une information, par exemple le montant d’un remboursement")),
            (CLARIFICATION, _("Je voudrais qu’on m’explique un calcul ou un courrier")),
            (CONFIRMATION, _("Je veux vérifier qu’une prestation est prévue dans mon contrat")),
        ],
        widget=forms.RadioSelect,
        error_messages=either(_("Choisissez ce qui ressemble le plus à votre situation.")),
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


class SubjectForm(forms.Form):
    """What the complaint is about, and the references that find the file (rows A23, C26–C31)."""

    category = forms.ChoiceField(
        label=_("Sujet"),
        error_messages={
            "required": _("Choisissez le sujet de votre réclamation."),
            "invalid_choice": _("Choisissez un sujet de la liste."),
        },
    )
    respondent = forms.ChoiceField(
        label=_("Quel organisme est concerné ?"),
        error_messages=either(_("Choisissez l’organisme, ou « Un autre organisme ».")),
    )
    respondent_other = PersonNameField(label=_("Nom de l’autre organisme"), required=False, max_length=160)
    policy_number = ReferenceField(
        label=_("Numéro de police ou de contrat"),
        error_messages={"required": _("Indiquez votre numéro de police ou de contrat.")},
    )
    registration_number = ReferenceField(
        label=_("Numéro d’affiliation ou d’adhérent"),
        error_messages={"required": _("Indiquez votre numéro d’affiliation ou d’adhérent.")},
    )
    subscriber = ReferenceField(
        label=_("Entreprise ou souscripteur du contrat"),
        max_length=160,
        error_messages={"required": _("Indiquez l’entreprise ou la personne qui a souscrit le contrat.")},
    )
    claim_reference = ReferenceField(
        label=_("Référence du dossier ou du sinistre"),
        error_messages={"required": _("Indiquez la référence du dossier ou du sinistre.")},
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        questions = questions_of(draft.desk)
        self._offer("category", questions.category_choices())
        self._offer("respondent", [*questions.respondent_choices(), (OTHER, _("Un autre organisme"))])
        # The reference of a contested decision, known before the journey began, stays whether the desk asks it or not.
        known = {Asked.CLAIM_REFERENCE.value} & set(draft.answers.get(SUBJECT_SLUG, {}))
        ask_only(self, questions.asked, [Asked.RESPONDENT, *REFERENCES], known=known)
        if "respondent" not in self.fields:
            del self.fields["respondent_other"]
        else:
            # Shown and needed once « Un autre organisme » is chosen: « facultatif » would be wrong of it.
            self.fields["respondent_other"].widget.one_of = True

    def _offer(self, name: str, choices: list[Any]) -> None:
        cast(forms.ChoiceField, self.fields[name]).choices = [("", _("Choisir dans la liste")), *choices]

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if cleaned.get("respondent") == OTHER and not cleaned.get("respondent_other", "wrong already"):
            self.add_error("respondent_other", _("Indiquez le nom de l’organisme concerné."))
        elif "respondent_other" in cleaned and cleaned.get("respondent") != OTHER:
            cleaned["respondent_other"] = ""  # left from before an organisation of the list was chosen
        return cleaned


class FactsForm(forms.Form):
    """What happened, what was done about it, and what would be fair (rows C32, F32)."""

    facts = ProseField(
        label=_("Votre récit"),
        help_text=_("Avec vos mots : ce qui est arrivé, avec qui, et ce qui vous pose problème."),
        max_length=FACTS_MAX,
        error_messages={"required": _("Racontez ce qui s’est passé, même en quelques lignes.")},
    )
    event_date = PastDateField(
        label=_("Quand est-ce arrivé ?"),
        required=False,
        help_text=_("Une date approximative suffit, par exemple 14/08/2026 ou 14082026."),
    )
    prior_steps = ProseField(
        label=_("Qu’avez-vous déjà fait ?"),
        help_text=_("Par exemple : un appel, un courrier, une visite, et à quelle date."),
        required=False,
        max_length=PROSE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    prior_answer = ProseField(
        label=_("Que vous a-t-on répondu ?"),
        required=False,
        max_length=PROSE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )
    desired_outcome = ProseField(
        label=_("Quelle solution vous semblerait juste ?"),
        required=False,
        max_length=PROSE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)


REFERENCES = [Asked.POLICY_NUMBER, Asked.REGISTRATION_NUMBER, Asked.SUBSCRIBER, Asked.CLAIM_REFERENCE]
IDENTITIES = [Asked.CIN, Asked.CNSS_NUMBER, Asked.NIR]
ADDRESS = ["address", "postal_code", "city"]


def ask_only(form: forms.Form, asked: dict[str, Any], names: list[Any], *, known: Collection[str] = ()) -> None:
    """Leave out the questions this desk does not ask and whose answer is not known, and give the others its hints."""
    for name in map(str, names):
        if name not in asked:
            if name not in known:
                del form.fields[name]
            continue
        form.fields[name].required = asked[name].required
        if asked[name].hint:
            form.fields[name].help_text = asked[name].hint


def one_is_enough(form: forms.Form) -> None:
    """E-mail and mobile: neither is marked optional, for one of the two is needed."""
    for name in ("email", "mobile"):
        form.fields[name].widget.one_of = True


class ComplainantForm(forms.Form):
    """Who complains, and how to reach them (rows A24, C20–C25)."""

    quality = forms.ChoiceField(
        label=_("À quel titre réclamez-vous ?"),
        choices=[("", _("Choisir dans la liste")), *Quality.choices],
        error_messages=either(_("Choisissez à quel titre vous réclamez.")),
    )
    represented_name = PersonNameField(
        label=_("Nom de la personne pour qui vous réclamez"),
        help_text=_(
            "L’assuré, même décédé, ou la personne que vous représentez. "
            "Le mandat ou l’acte de décès se joint à l’étape des pièces."
        ),
        required=False,
        max_length=160,
    )
    last_name = PersonNameField(label=_("Nom"), error_messages={"required": _("Indiquez votre nom.")})
    first_name = PersonNameField(label=_("Prénom"), error_messages={"required": _("Indiquez votre prénom.")})
    cin = CinField(label=_("Numéro de CIN"))
    cnss_number = CnssNumberField(label=_("Numéro d’immatriculation CNSS"))
    nir = NirField(label=_("Numéro de sécurité sociale de l’adhérent concerné"))
    email = EmailAddressField(
        label=_("Adresse e-mail"), required=False, help_text=_("Pour l’accusé de réception et les nouvelles.")
    )
    mobile = MobileField(
        label=_("Téléphone portable"), required=False, help_text=_("Une adresse e-mail ou un portable suffit.")
    )
    address = ReferenceField(
        label=_("Adresse"), max_length=200, error_messages={"required": _("Indiquez votre adresse.")}
    )
    postal_code = ReferenceField(
        label=_("Code postal"), max_length=12, error_messages={"required": _("Indiquez votre code postal.")}
    )
    city = PersonNameField(label=_("Ville"), error_messages={"required": _("Indiquez votre ville.")})
    needs_contact = True

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        asked = questions_of(draft.desk).asked
        ask_only(self, asked, IDENTITIES)
        # « 06… » means a number of the desk's own country: an SMS must not reach a stranger elsewhere.
        self.fields["mobile"].region = draft.desk.organisation.country  # type: ignore[attr-defined]
        address = asked.get(Asked.ADDRESS)
        for name in ADDRESS:
            if address is not None:
                self.fields[name].required = address.required
            elif self.needs_contact:  # who gives no e-mail may give where letters go
                del self.fields[name]
        if address is not None and address.hint:
            self.fields["address"].help_text = address.hint
        one_is_enough(self)
        self.fields["represented_name"].widget.one_of = True  # shown to heirs and agents, needed of agents
        for name, purpose in AUTOCOMPLETE.items():
            if name in self.fields:
                self.fields[name].widget.attrs["autocomplete"] = purpose
        if "postal_code" in self.fields:
            self.fields["postal_code"].widget.attrs["class"] = "is-short"

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        given = cleaned.get("email") or cleaned.get("mobile") or {"email", "mobile"} & set(self.errors)
        if self.needs_contact and not given:
            self.add_error("email", _("Indiquez une adresse e-mail ou un portable : l’un des deux ouvre le suivi."))
        if cleaned.get("quality") == Quality.AGENT and not cleaned.get("represented_name", "wrong already"):
            self.add_error("represented_name", _("Indiquez le nom de la personne que vous représentez."))
        return cleaned


AUTOCOMPLETE = {
    "last_name": "family-name",
    "first_name": "given-name",
    "mobile": "tel",
    "address": "street-address",
    "postal_code": "postal-code",
    "city": "address-level2",
}


class DependantForm(forms.Form):
    """One « ayant droit » the complaint is also about (row A25)."""

    last_name = PersonNameField(label=_("Nom"), error_messages={"required": _("Indiquez son nom.")})
    first_name = PersonNameField(label=_("Prénom"), error_messages={"required": _("Indiquez son prénom.")})
    relation = forms.ChoiceField(
        label=_("Son lien avec vous"),
        choices=[("", _("Choisir dans la liste")), *Dependant.Relation.choices],
        error_messages=either(_("Choisissez son lien avec vous.")),
    )
    birth_date = PastDateField(
        label=_("Sa date de naissance"), required=False, help_text=_("Par exemple 03/02/2012 ou 03022012.")
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_relation(self) -> Dependant.Relation:
        return Dependant.Relation(self.cleaned_data["relation"])


class DocumentsForm(forms.Form):
    """What the next file shows. The files themselves are checked one by one (rows A15, C33)."""

    kind = forms.ChoiceField(
        label=_("Que montre ce document ?"),
        choices=[each for each in DocumentKind.choices if each[0] not in (DocumentKind.SCAN, DocumentKind.SENT)],
        required=False,
        error_messages=either(_("Choisissez dans la liste ce que montre ce document.")),
    )

    def __init__(self, *args: Any, draft: Draft | None = None, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)

    def clean_kind(self) -> str:
        return self.cleaned_data["kind"] or DocumentKind.EVIDENCE


class ReviewForm(forms.Form):
    """The last page: consent to the text shown above it, and whether to be told by SMS too."""

    wants_sms = forms.BooleanField(label=_("Prévenez-moi aussi par SMS"), required=False)
    consent = forms.BooleanField(
        label=_("J’ai lu comment mes données sont utilisées et j’accepte qu’elles servent à traiter ma réclamation"),
        error_messages={"required": _("Cochez cette case pour pouvoir envoyer votre réclamation.")},
    )

    def __init__(self, *args: Any, draft: Draft, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        if not questions_of(draft.desk).offers_sms:
            del self.fields["wants_sms"]


class TrackingForm(forms.Form):
    """« Suivi de ma réclamation : » the number, and the e-mail or the mobile given when filing (rows A28–A34)."""

    number = ReferenceField(
        label=_("Numéro :"), max_length=40, error_messages={"required": _("Indiquez le numéro de votre réclamation.")}
    )
    email = EmailAddressField(label=_("Email :"), required=False)
    mobile = TrackedMobileField(label=_("Téléphone portable :"), required=False)

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        one_is_enough(self)
        self.fields["number"].widget.attrs |= {"class": "is-medium", "inputmode": "numeric"}

    def clean_number(self) -> str:
        try:
            return references.read_number(self.cleaned_data["number"])
        except references.MistypedNumber as error:
            if error.complete:
                sentence = _("Ce numéro contient une erreur : un chiffre changé, ou deux chiffres inversés.")
            else:
                sentence = _("Ce numéro contient une erreur : il compte 12 chiffres. Vérifiez-le sur votre accusé.")
            raise ValidationError(sentence, code="mistyped") from error

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        if not (cleaned.get("email") or cleaned.get("mobile")) and not {"email", "mobile"} & set(self.errors):
            self.add_error("email", _("Indiquez l’adresse e-mail ou le téléphone portable donné lors du dépôt."))
        return cleaned


class ExchangeForm(forms.Form):
    """A message of the complainant, with or without documents."""

    body = ProseField(
        label=_("Votre message"), max_length=FACTS_MAX, error_messages={"required": _("Écrivez votre message.")}
    )


class WithdrawForm(forms.Form):
    """« Clôturer ma réclamation », with an optional word on how it went (F6)."""

    satisfaction = forms.TypedChoiceField(
        label=_("Comment cela s’est-il passé ?"),
        choices=[(5, _("Très bien")), (4, _("Bien")), (3, _("Moyennement")), (2, _("Mal")), (1, _("Très mal"))],
        coerce=int,
        empty_value=None,
        required=False,
        widget=forms.RadioSelect,
    )
    comment = ProseField(
        label=_("Voulez-vous ajouter un mot ?"),
        required=False,
        max_length=PROSE_MAX,
        widget=forms.Textarea(attrs={"rows": 3}),
    )


class ReopenForm(forms.Form):
    """Why a closed or answered complaint is opened again (F5)."""

    reason = ProseField(
        label=_("Pourquoi rouvrir votre réclamation ?"),
        max_length=PROSE_MAX,
        error_messages={"required": _("Dites en quelques mots pourquoi la réponse ne convient pas.")},
    )


class MineForm(forms.Form):
    """« Mes réclamations »: where to send the link."""

    email = EmailAddressField(label=_("Votre adresse e-mail"), help_text=_("Celle que vous avez donnée lors du dépôt."))
