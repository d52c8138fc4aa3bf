"""What an agent can do with a declaration or a claim, as its page offers it: readable as two tables."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.services.assignment import assign_case
from claims_portal.cases.workflow import Workflow
from claims_portal.identifiers import ProseField
from health_claims.models import Claim, Declaration, Reason
from health_claims.services import claims, deciding, reviewing, settling
from health_claims.workflow import HANDLE

Text = str | Promise
Use = Reason.Use
NOTE_MAX = 500  # what the column of a declaration holds


@dataclass(frozen=True)
class Action:
    """One transition of the workflow, with its service and the words around it."""

    name: str  # of the transition
    route: str  # the last part of the address
    do: Callable[[int, Any, Reason | None, str], Any]  # the row's key, the agent, the reason, the text
    hint: Text
    done: Text
    key: str = ""  # on the keyboard
    reasons: str = ""  # the use of the reasons to choose among
    text_label: Text = ""  # "" when it takes no text
    needs: str = ""  # « reason », « text », or « either »
    longest: int = 2000


DECLARATION_ACTIONS = {
    action.name: action
    for action in (
        Action(
            "validate",
            "valider",
            lambda key, user, reason, text: deciding.validate_declaration(declaration_id=key, user=user),
            _("Un dossier est ouvert. L’adhérent reçoit son numéro par e-mail."),
            _("Déclaration %(number)s validée : le dossier est ouvert."),
            key="v",
        ),
        Action(
            "reject",
            "rejeter",
            lambda key, user, reason, text: deciding.reject_declaration(
                declaration_id=key, user=user, reason=_given(reason), note=text
            ),
            _("Aucun dossier n’est ouvert. L’adhérent lit le motif et la précision, avec ce qu’il peut faire."),
            _("Déclaration %(number)s rejetée. L’adhérent est prévenu."),
            key="r",
            reasons=Use.REJECTION,
            text_label=_("Précision (facultatif)"),
            needs="reason",
            longest=NOTE_MAX,
        ),
        Action(
            "ask_complement",
            "complement",
            lambda key, user, reason, text: deciding.ask_declaration_complement(
                declaration_id=key, user=user, reason=reason, note=text
            ),
            _("La déclaration reste « Créée » et revient dans la file avec la réponse de l’adhérent."),
            _("Complément demandé pour la déclaration %(number)s. L’adhérent est prévenu."),
            key="c",
            reasons=Use.COMPLEMENT,
            text_label=_("Ce qu’il manque, dans vos mots"),
            needs="either",
            longest=NOTE_MAX,
        ),
        Action(
            "assign",
            "attribuer",
            lambda key, user, reason, text: assign_case(Declaration, case_id=key, user=user),
            _("Vous devenez l’agent de cette déclaration. L’adhérent n’en est pas informé."),
            _("La déclaration %(number)s vous est attribuée."),
        ),
    )
}
CLAIM_ACTIONS = {
    action.name: action
    for action in (
        Action(
            "ask_complement",
            "complement",
            lambda key, user, reason, text: claims.ask_claim_complement(
                claim_id=key, user=user, reason=_given(reason), body=text
            ),
            _("Le dossier attend la réponse de l’adhérent."),
            _("Complément demandé. L’adhérent est prévenu."),
            key="c",
            reasons=Use.COMPLEMENT,
            text_label=_("Ce qu’il manque, dans vos mots (facultatif)"),
            needs="reason",
        ),
        Action(
            "ask_counter_visit",
            "contre-visite",
            lambda key, user, reason, text: claims.ask_counter_visit(claim_id=key, user=user, body=text),
            _("L’adhérent lit ce texte dans son espace ; le message qui le prévient n’en dit rien."),
            _("Contre-visite demandée. L’adhérent est prévenu."),
            text_label=_("Médecin, lieu, date et heure du rendez-vous"),
            needs="text",
        ),
        Action(
            "record_counter_visit",
            "avis",
            lambda key, user, reason, text: claims.record_counter_visit(claim_id=key, user=user, body=text),
            _("Seul le service lit cet avis. L’étude du dossier reprend."),
            _("L’avis est enregistré."),
            text_label=_("Avis du médecin"),
            needs="text",
        ),
        Action(
            "refuse",
            "refuser",
            lambda key, user, reason, text: claims.refuse_claim(
                claim_id=key, user=user, reason=_given(reason), body=text
            ),
            _("L’adhérent lit le motif et la précision, et peut contester."),
            _("Dossier refusé. L’adhérent est prévenu."),
            key="r",
            reasons=Use.REFUSAL,
            text_label=_("Précision (facultatif)"),
            needs="reason",
        ),
        Action(
            "leave_batch",
            "sortir-du-lot",
            lambda key, user, reason, text: settling.leave_batch(claim_id=key, user=user, body=text),
            _("Le total du lot est recalculé. Établissez ensuite un nouveau décompte : un prochain lot le prendra."),
            _("Le dossier est sorti du lot. Établissez un nouveau décompte."),
            text_label=_("Pourquoi ? L’adhérent ne le lit pas."),
            needs="text",
            longest=NOTE_MAX,
        ),
        Action(
            "review",
            "controle",
            lambda key, user, reason, text: reviewing.record_review(claim_id=key, user=user, body=text),
            _("Seul le service lit ce constat. Le dossier peut ensuite entrer dans un lot de règlement."),
            _("Le contrôle est enregistré."),
            text_label=_("Ce que montre le contrôle"),
            needs="text",
        ),
        Action(
            "assign",
            "attribuer",
            lambda key, user, reason, text: assign_case(Claim, case_id=key, user=user),
            _("Vous devenez l’agent de ce dossier. L’adhérent n’en est pas informé."),
            _("Ce dossier vous est attribué."),
        ),
    )
}
Actions = dict[str, Action]
Reasons = dict[str, list[Reason]]


def _given(reason: Reason | None) -> Reason:
    if reason is None:
        raise ValueError("The form lets nothing through without a reason.")
    return reason


def label(workflow: Workflow, name: str) -> Text:
    """The words on the button, from the workflow's table."""
    return next(each.label for each in workflow if each.name == name)


def open_actions(workflow: Workflow, actions: Actions, row: Any, user: Any) -> list[Action]:
    """What this agent may do with the row as it is now, in the workflow's order."""
    if not user.has_perm(HANDLE):
        return []
    mine = row.assigned_to_id == user.pk
    offered = [actions[each.name] for each in workflow.open_to(row.state, {HANDLE}) if each.name in actions]
    return [each for each in offered if not (mine and each.name == "assign")]


class ActionForm(forms.Form):
    """One action: its reason and words, and the file as the agent saw it (`seen`: its last event)."""

    seen = forms.IntegerField(min_value=0, widget=forms.HiddenInput)
    reason = forms.ChoiceField(required=False)
    body = ProseField(required=False)

    def __init__(self, action: Action, reasons: Reasons, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.action = action
        self.offered = {str(each.pk): each for each in reasons.get(action.reasons, [])}
        self.fields["reason"].choices = [("", "—"), *self.offered.items()]  # type: ignore[attr-defined]
        self.fields["body"] = ProseField(required=False, max_length=action.longest)
        if not action.reasons:
            del self.fields["reason"]
        if not action.text_label:
            del self.fields["body"]

    def clean(self) -> dict[str, Any]:
        given = self.cleaned_data
        reason, text = given.get("reason"), given.get("body")
        if self.action.needs == "reason" and not reason and "reason" not in self.errors:
            self.add_error("reason", gettext("Choisissez un motif."))
        if self.action.needs == "text" and not text and "body" not in self.errors:
            self.add_error("body", gettext("Écrivez votre texte."))
        if self.action.needs == "either" and not (reason or text or self.errors):
            self.add_error("body", gettext("Choisissez un motif, ou écrivez ce qu’il manque."))
        return given

    @property
    def given(self) -> tuple[Reason | None, str]:
        """The reason and the text of a valid form."""
        return self.offered.get(self.cleaned_data.get("reason", "")), self.cleaned_data.get("body", "")
