"""What an agent types for somebody else: the public forms, in which paper may lack what online is asked for."""

from __future__ import annotations

import datetime
from typing import Any
from zoneinfo import ZoneInfo

from django import forms
from django.core.exceptions import ValidationError
from django.utils import timezone
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.files import FilesField
from claims_portal.dates import PastDateField
from claims_portal.organisations.models import Desk
from claims_portal.wizards.models import Draft
from complaints.forms import (
    ADDRESS,
    IDENTITIES,
    REFERENCES,
    ComplainantForm,
    DependantForm,
    FactsForm,
    SubjectForm,
)
from complaints.models import Channel

from .forms import problems

DEPENDANTS = 4
NOON = datetime.time(12)  # of a day whose hour nobody noted


class ReceptionForm(forms.Form):
    """How and when the complaint reached the desk: its delays run from there, not from the day it is typed."""

    channel = forms.ChoiceField(
        label=_("Arrivée par"),
        choices=[("", _("Choisir dans la liste")), *(each for each in Channel.choices if each[0] != Channel.WEB)],
        error_messages={"required": _("Choisissez comment la réclamation est arrivée.")},
    )
    received_on = PastDateField(
        label=_("Reçue le"),
        help_text=_("Le jour où le service l’a reçue : les délais partent de ce jour."),
        error_messages={"required": _("Indiquez le jour de réception.")},
    )
    received_time = forms.TimeField(
        label=_("À quelle heure ?"),
        required=False,
        widget=forms.TimeInput(attrs={"type": "time"}, format="%H:%M"),
        error_messages={"invalid": _("Écrivez l’heure comme 14:30.")},
    )
    language = forms.ChoiceField(
        label=_("Langue de la personne"),
        choices=[("fr", _("Français")), ("ar", _("Arabe"))],
        help_text=_("Celle des messages et des courriers qu’elle recevra."),
    )

    def __init__(self, *args: Any, desk: Desk, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.zone = ZoneInfo(desk.organisation.time_zone)

    def clean(self) -> dict[str, Any]:
        cleaned = super().clean() or {}
        day = cleaned.get("received_on")
        if day:
            cleaned["opened_at"] = self.moment(day, cleaned.get("received_time"))
        return cleaned

    def moment(self, day: datetime.date, at: datetime.time | None) -> datetime.datetime:
        """That day and hour at the desk, never in the future; today without an hour is now."""
        now = timezone.now()
        received = datetime.datetime.combine(day, at or NOON, self.zone)
        if received <= now:
            return received
        if at is not None:
            raise ValidationError({"received_time": _("Cette heure est dans le futur : vérifiez le jour et l’heure.")})
        return now


class PaperSubjectForm(SubjectForm):
    """The subject, chosen by the agent; the references the person did not give stay empty."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        not_needed(self, ["respondent", *REFERENCES])
        self.fields["category"].error_messages["required"] = _("Choisissez le sujet de la réclamation.")


class PaperFactsForm(FactsForm):
    """The story as it was written or told."""

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(
            self,
            facts=(_("Récit de la personne"), _("Ses mots, ou un résumé fidèle quand le courrier est joint.")),
            event_date=(_("Date des faits"), _("Une date approximative suffit.")),
            prior_steps=(_("Ce qu’elle a déjà fait"), ""),
            prior_answer=(_("Ce qu’on lui a répondu"), ""),
            desired_outcome=(_("La solution qu’elle souhaite"), ""),
        )
        self.fields["facts"].error_messages["required"] = _("Écrivez ce que la personne raconte.")


class PaperComplainantForm(ComplainantForm):
    """Who complains; identifiers, address and contact only as far as they were given."""

    needs_contact = False

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.order_fields(["quality", "last_name", "first_name"])
        not_needed(self, [*IDENTITIES, *ADDRESS])
        unknown = _("Laissez vide si elle n’est pas communiquée : les courriers seront remis au guichet.")
        reword(
            self,
            quality=(_("À quel titre réclame-t-elle ?"), ""),
            represented_name=(_("Personne qu’elle représente"), ""),
            email=(
                _("Adresse e-mail"),
                _("Laissez vide si elle n’est pas communiquée : des courriers seront imprimés."),
            ),
            mobile=(_("Téléphone portable"), _("Laissez vide s’il n’est pas communiqué.")),
            address=(_("Adresse"), unknown),
        )
        for name, example in IDENTITY_EXAMPLES.items():
            if name in self.fields:
                self.fields[name].help_text = example
        for name, sentence in PERSON_REQUIRED.items():
            self.fields[name].error_messages["required"] = sentence
        for name in ("email", "mobile"):
            self.fields[name].widget.one_of = False
        for field in self.fields.values():
            field.widget.attrs["autocomplete"] = "off"  # it is somebody else's


# The desk's own hints speak to the person.
IDENTITY_EXAMPLES = {
    "cin": _("Par exemple BK123456."),
    "cnss_number": _("9 chiffres."),
    "nir": _("13 chiffres, ou 15 avec la clé."),
}
PERSON_REQUIRED = {
    "quality": _("Choisissez à quel titre la personne réclame."),
    "last_name": _("Indiquez le nom de la personne."),
    "first_name": _("Indiquez le prénom de la personne."),
}


class PaperDependantForm(DependantForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        reword(self, relation=(_("Lien avec le réclamant"), ""), birth_date=(_("Date de naissance"), ""))


class AttachmentsForm(forms.Form):
    """The letter itself, scanned, and what came with it."""

    scans = FilesField(label=_("Scan du courrier"), required=False)
    documents = FilesField(label=_("Autres pièces"), required=False)


DependantFormSet = forms.formset_factory(
    PaperDependantForm, extra=DEPENDANTS, max_num=DEPENDANTS, absolute_max=DEPENDANTS
)


def not_needed(form: forms.Form, names: list[Any]) -> None:
    """Paper may lack it: « non communiqué ». What is given is judged as strictly as online."""
    for name in map(str, names):
        if name in form.fields:
            form.fields[name].required = False


def reword(form: forms.Form, **words: tuple[Any, Any]) -> None:
    """Labels and hints that speak to the agent about the person."""
    for name, (label, hint) in words.items():
        if name in form.fields:
            form.fields[name].label, form.fields[name].help_text = label, hint


class IntakeForms:
    """The whole page as one: its forms in their order, valid together, one set of cleaned data."""

    def __init__(self, desk: Desk, data: Any = None, files: Any = None) -> None:
        draft = Draft(desk=desk)  # never saved: what the public forms read the desk's questions from
        self.reception = ReceptionForm(data, desk=desk, prefix="reception")
        self.subject = PaperSubjectForm(data, draft=draft, prefix="sujet")
        self.facts = PaperFactsForm(data, draft=draft, prefix="faits")
        self.complainant = PaperComplainantForm(data, draft=draft, prefix="personne")
        self.dependants = DependantFormSet(data, form_kwargs={"draft": draft}, prefix="ayants-droit")
        self.attachments = AttachmentsForm(data, files, prefix="pieces")

    @property
    def forms(self) -> list[forms.Form]:
        return [self.reception, self.subject, self.facts, self.complainant, *self.dependants, self.attachments]

    def is_valid(self) -> bool:
        """Every form is judged, so that everything wrong is said at once."""
        return not any([*(form.errors for form in self.forms), self.dependants.non_form_errors()])

    @property
    def problems(self) -> list[tuple[str, str]]:
        """(id of the field, sentence) for the summary on top of the page."""
        return problems(*self.forms)

    @property
    def people_open(self) -> bool:
        """Somebody was typed there: the block stays open."""
        return self.dependants.is_bound and any(form.has_changed() for form in self.dependants)

    @property
    def people(self) -> list[dict[str, Any]]:
        """The dependants that were filled in."""
        return [form.cleaned_data for form in self.dependants if form.has_changed()]
