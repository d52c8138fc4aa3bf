"""What an agent can do with a case, as its page offers it: a table of actions, one a transition."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import partial
from typing import Any, TypeVar

from django import forms
from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.files import FilesField
from claims_portal.cases.models import Case
from claims_portal.cases.services import assignment, disposal, exchange, holds
from claims_portal.cases.workflow import Workflow
from claims_portal.identifiers import ProseField

Text = str | Promise
Reasons = Mapping[str, list[Any]]  # by use: the coded reasons offered at the desk of the case
LONGEST = 4000


@dataclass(frozen=True)
class Action:
    """One transition of the workflow, with its service and the words around it.

    `service` is called with the key of the case, the agent, and what the form gave: `body`, `documents`, `reason`,
    whichever the action takes.
    """

    name: str  # of the transition
    service: Callable[..., Any]
    hint: Text
    done: Text  # may hold %(number)s
    route: str = ""  # the last part of the address, the name when blank
    key: str = ""  # on the keyboard
    text_label: Text = ""  # "" when it takes no text
    reasons: str = ""  # the use of the coded reasons to choose from
    needs: str = ""  # « text », « reason », « either » or nothing
    takes_files: bool = False
    longest: int = LONGEST

    @property
    def address(self) -> str:
        return self.route or self.name

    @property
    def takes_text(self) -> bool:
        return bool(self.text_label)


Actions = Mapping[str, Action]
AnyAction = TypeVar("AnyAction", bound=Action)


def actions_by_name(*actions: AnyAction) -> Mapping[str, AnyAction]:
    return {action.name: action for action in actions}


# What every kind of case has; each service takes the model of its kind first.
STANDARD = (
    Action(
        "ask_complement",
        exchange.ask_for_complement,
        _("Les délais s’arrêtent jusqu’à la réponse de la personne."),
        _("Le complément est demandé. La personne est prévenue."),
        text_label=_("Ce qu’il manque, et sous quelle forme"),
        needs="text",
        takes_files=True,
    ),
    Action(
        "message",
        exchange.send_message,
        _("L’état du dossier et ses délais ne changent pas."),
        _("Le message est envoyé. La personne est prévenue."),
        text_label=_("Votre message"),
        needs="text",
        takes_files=True,
    ),
    Action(
        "close",
        exchange.close_case,
        _("La personne est prévenue que son dossier est clôturé."),
        _("Le dossier est clôturé. La personne est prévenue."),
        text_label=_("Un dernier mot (facultatif)"),
    ),
    Action(
        "assign",
        assignment.assign_case,
        _("Vous devenez l’agent de ce dossier. La personne n’en est pas informée."),
        _("Ce dossier vous est attribué."),
    ),
    Action(
        "note",
        exchange.add_note,
        _("Seul le service la lit, jamais la personne."),
        _("La note est ajoutée."),
        text_label=_("Votre note"),
        needs="text",
    ),
    Action(
        "hold",
        holds.place_hold,
        _("Procès, contrôle, enquête : tant que l’interdiction dure, rien ne l’archive ni ne le supprime."),
        _("La suppression de ce dossier est interdite."),
        text_label=_("Pourquoi ce dossier doit rester"),
        needs="text",
    ),
    Action(
        "release",
        holds.lift_hold,
        _("La durée de conservation court de nouveau depuis la clôture."),
        _("La suppression de ce dossier est de nouveau permise."),
        text_label=_("Pourquoi l’interdiction prend fin"),
        needs="text",
    ),
    Action(
        "erase",
        disposal.propose_erasure,
        _("Avant la fin de la durée de conservation. Une autre personne habilitée devra approuver."),
        _("La suppression est proposée : une autre personne doit l’approuver."),
        text_label=_("La demande de la personne, par son numéro ou sa date"),
        needs="text",
    ),
)


def standard_actions(model: type[Case]) -> Actions:
    """Return the actions that every kind of case has; each is offered where the workflow has its transition."""
    return actions_by_name(*(replace(action, service=partial(action.service, model)) for action in STANDARD))


def open_actions(workflow: Workflow, actions: Mapping[str, AnyAction], case: Any, user: Any) -> list[AnyAction]:
    """Return what this agent may do with the case as it is now, in the order of the workflow."""
    permissions = {step.permission for step in workflow if step.permission and user.has_perm(step.permission)}
    offered = [actions[step.name] for step in workflow.open_to(case.state, permissions) if step.name in actions]
    idle = {"hold", "erase"} if case.is_held else {"release"}
    if any(action.name == "erase" for action in offered) and hasattr(case, "disposal"):  # proposed already
        idle.add("erase")
    if case.assigned_to_id == user.pk:
        idle.add("assign")
    return [action for action in offered if action.name not in idle]


class ActionForm(forms.Form):
    """What an agent sends with an action, and the case as they saw it (`seen`: its last event)."""

    seen = forms.IntegerField(min_value=0, max_value=2**62, widget=forms.HiddenInput)
    reason = forms.ChoiceField(required=False)
    body = ProseField(required=False)
    documents = FilesField(required=False)

    def __init__(self, action: Action, reasons: Reasons, data: Any = None, files: Any = None) -> None:
        super().__init__(data, files, auto_id=f"{action.name}-%s")
        self.action = action
        self.offered = {str(reason.pk): reason for reason in reasons.get(action.reasons, [])}
        self.fields["reason"].choices = [("", "—"), *self.offered.items()]  # type: ignore[attr-defined]
        self.fields["body"] = ProseField(required=False, max_length=action.longest)
        for name, is_taken in (
            ("reason", action.reasons),
            ("body", action.text_label),
            ("documents", action.takes_files),
        ):
            if not is_taken:
                del self.fields[name]

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
    def given(self) -> dict[str, Any]:
        """Return what a valid form gives to the service, but for its files."""
        found: dict[str, Any] = {}
        if "reason" in self.fields:
            found["reason"] = self.offered.get(self.cleaned_data.get("reason", ""))
        if "body" in self.fields:
            found["body"] = self.cleaned_data.get("body", "")
        return found
