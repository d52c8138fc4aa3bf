"""What an agent sends with an action."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.files import FilesField
from claims_portal.identifiers import ProseField
from complaints.answering import answering_of, risk_bearer_of
from complaints.forms import FACTS_MAX
from complaints.models import Complaint
from complaints.services.answers import Decision, Unfinished, check_text
from complaints.workflow import workflow

from .actions import ComplaintAction


def problems(*judged: forms.Form) -> list[tuple[str, str]]:
    """The errors of forms for the summary of their page, each with the field it leads to."""
    return [
        (form[name].id_for_label if name in form.fields else "", str(each))
        for form in judged
        for name, errors in form.errors.items()
        for each in errors
    ]


class ActionForm(forms.Form):
    """One action: the words and files it takes, and the case as the agent saw it (`seen`: its last event).

    `begun` is the template the text began with; an answer also says how it ends the complaint (F37).
    """

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    begun = forms.IntegerField(min_value=1, max_value=2**31, required=False, widget=forms.HiddenInput)
    body = ProseField(max_length=FACTS_MAX, error_messages={"required": _("Écrivez votre texte.")})
    documents = FilesField(required=False)

    def __init__(self, action: ComplaintAction, complaint: Complaint, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id=f"{action.name}-%s")
        self.action = action
        self.fields["body"].required = action.needs == "text"
        if not action.takes_text:
            del self.fields["body"]
        if not action.takes_files:
            del self.fields["documents"]
        if action.decides:
            self._ask_decision(complaint)

    def _ask_decision(self, complaint: Complaint) -> None:
        offered = answering_of(complaint.desk)
        self.outcomes = {str(each.pk): each for each in offered.outcomes}
        self.reasons = {str(each.pk): each for each in offered.reasons}
        if self.outcomes:
            choices = [("", _("Choisissez")), *((key, each.name) for key, each in self.outcomes.items())]
            chosen = {"required": _("Choisissez l’issue de la réclamation.")}
            self.fields["outcome"] = forms.ChoiceField(label=_("Issue"), choices=choices, error_messages=chosen)
        if self.outcomes and self.reasons:
            self.fields["reasons"] = forms.MultipleChoiceField(
                label=_("Motifs, si la réponse ne donne pas tout ce qui était demandé"),
                choices=[(key, each.name) for key, each in self.reasons.items()],
                widget=forms.CheckboxSelectMultiple,
                required=False,
            )
        if bearers := offered.risk_bearers():
            self.fields["risk_bearer"] = forms.ChoiceField(
                label=_("Porteur de risque du contrat : il dit quel médiateur est nommé"),
                choices=[("", _("Pas connu : les nommer tous")), *bearers],
                initial=risk_bearer_of(complaint),
                required=False,
            )

    def clean_body(self) -> str:
        """The text, unless a variable of a template waits in it. An internal note reaches nobody."""
        body = str(self.cleaned_data["body"])
        if not workflow[self.action.name].is_internal:
            try:
                check_text(body)
            except Unfinished as missing:
                raise forms.ValidationError(str(missing)) from None
        return body

    @property
    def decision(self) -> Decision:
        """What a valid form of an answer decides."""
        given = self.cleaned_data
        return Decision(
            outcome=self.outcomes.get(given.get("outcome", "")),
            reasons=[self.reasons[key] for key in given.get("reasons", [])],
            risk_bearer=given.get("risk_bearer", ""),
        )
