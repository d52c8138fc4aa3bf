"""What an agent types about a prior approval."""

from __future__ import annotations

from typing import Any

from django import forms
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.dates import DayField
from claims_portal.identifiers import ProseField, one_line
from health_claims.models import PriorApproval
from health_claims.offer import MEMBER, Offer
from health_claims.services.approving import Decided
from membership.forms import AffiliationForm

Decision = PriorApproval.Decision
MISSING = {
    "decided_on": _("Indiquez la date de la décision."),
    "number": _("Indiquez le numéro d’accord."),
    "valid_from": _("Indiquez le premier jour de soins accordé."),
}


class FindMemberForm(AffiliationForm):
    """Whose approval it is."""


class DecisionForm(forms.Form):
    """What the insurer decided."""

    decision = forms.ChoiceField(
        label=_("Décision"), choices=[(each, each.label) for each in (Decision.GRANTED, Decision.REFUSED)]
    )
    decided_on = DayField(label=_("Décidé le"), required=False)
    number = forms.CharField(label=_("Numéro d’accord"), max_length=30, required=False)
    valid_from = DayField(label=_("Valable du"), required=False, help_text=_("Premier jour de soins accordé."))
    valid_to = DayField(label=_("Valable jusqu’au"), required=False, help_text=_("Vide : sans fin."))

    answer = ProseField(
        label=_("Réponse à l’adhérent"),
        required=False,
        max_length=500,
        help_text=_("Il la lit avec la décision. Un refus dit pourquoi, et ce qui reste possible."),
        widget=forms.Textarea(attrs={"rows": 3, "dir": "auto"}),
    )

    def __init__(self, *args: Any, is_online: bool = False, **kwargs: Any) -> None:
        """`is_online`: of a quote the member sent, who then reads the answer."""
        super().__init__(*args, **kwargs)
        self.is_online = is_online
        if not is_online:
            del self.fields["answer"]
        for name in {*MISSING, "answer"} & self.fields.keys():
            self.fields[name].widget.one_of = True  # needed or not, as the decision is: « facultatif » says too much

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        decision = given.get("decision")
        needed = {Decision.GRANTED: ("decided_on", "number", "valid_from"), Decision.REFUSED: ("decided_on",)}
        for name in needed.get(Decision(decision), ()) if decision else ():
            if not given.get(name) and name not in self.errors:
                self.add_error(name, str(MISSING[name]))
        if self.is_online and decision == Decision.REFUSED and not given.get("answer"):
            self.add_error("answer", gettext("Dites à l’adhérent pourquoi son devis est refusé."))
        first, last = given.get("valid_from"), given.get("valid_to")
        if first and last and last < first:
            self.add_error("valid_to", gettext("La fin suit le début."))
        asked, decided = given.get("asked_on"), given.get("decided_on")
        if asked and decided and decided < asked:
            self.add_error("decided_on", gettext("La décision suit la demande."))
        return given

    @property
    def decided(self) -> Decided | None:
        """The decision of a valid form; None while there is none."""
        given = self.cleaned_data
        if given["decision"] == Decision.PENDING:
            return None
        dates = {name: given[name] for name in ("decided_on", "valid_from", "valid_to")}
        answer = given.get("answer", "")
        return Decided(given["decision"], number=one_line(given["number"]), answer=answer, **dates)


class CancelForm(forms.Form):
    """Why an approval is cancelled."""

    reason = ProseField(
        label=_("Motif de l’annulation"),
        max_length=500,
        help_text=_("Les agents le lisent avec l’accord."),
        error_messages={"required": _("Dites pourquoi cet accord est annulé.")},
        widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"}),
    )


class ApprovalForm(DecisionForm):
    """The whole: for whom, for what, since when, and the decision if there is one."""

    patient = forms.ChoiceField(label=_("Personne à soigner"))
    prestation = forms.ChoiceField(label=_("Prestation"))
    asked_on = DayField(label=_("Demandé le"))
    note = ProseField(
        label=_("Précision"), required=False, max_length=500, widget=forms.Textarea(attrs={"rows": 2, "dir": "auto"})
    )
    file = forms.FileField(label=_("Document"), required=False, help_text=_("La demande ou l’accord, PDF ou image."))
    field_order = ["patient", "prestation", "asked_on", "note", "file", "decision", *DecisionForm.base_fields]

    def __init__(self, *args: Any, offer: Offer, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.today = offer.today
        people = [(MEMBER, offer.member.full_name), *((str(each.pk), each.full_name) for each in offer.family)]
        self.fields["patient"].choices = people  # type: ignore[attr-defined]
        # Those that need an approval first.
        offered = sorted(offer.guarantees(), key=lambda each: not each.needs_prior_approval)
        choices = [(each.prestation.code, each.prestation.name) for each in offered]
        self.fields["prestation"].choices = choices  # type: ignore[attr-defined]
        self.prestations = {each.prestation.code: each.prestation for each in offered}
        pending = (Decision.PENDING, Decision.PENDING.label)
        self.fields["decision"].choices = [pending, *self.fields["decision"].choices]  # type: ignore[attr-defined]

    def clean_asked_on(self) -> Any:
        asked = self.cleaned_data["asked_on"]
        if asked > self.today:
            raise forms.ValidationError(gettext("Cette date est à venir."))
        return asked
