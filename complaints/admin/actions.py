"""What an agent can do with a case, as the case page offers it: readable as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext_lazy as _

from complaints.models import Complaint
from complaints.services import handling
from complaints.workflow import HANDLE, workflow

Text = str | Promise


@dataclass(frozen=True)
class Action:
    """One transition of the workflow, with its service and the words around it."""

    name: str  # of the transition; the last part of the address
    service: Callable[..., Complaint]
    text_label: Text  # "" when it takes no text
    hint: Text
    done: Text
    needs_text: bool = True
    takes_files: bool = False

    @property
    def takes_text(self) -> bool:
        return bool(self.text_label)

    def do(self, *, complaint_id: int, user: Any, body: str, documents: list[Any]) -> Complaint:
        """Call the service with what it takes."""
        given: dict[str, Any] = {"body": body} if self.takes_text else {}
        given |= {"documents": documents} if self.takes_files else {}
        return self.service(complaint_id=complaint_id, user=user, **given)


ACTIONS = {
    action.name: action
    for action in (
        Action(
            "acknowledge",
            handling.acknowledge_complaint,
            _("Un mot pour la personne (facultatif)"),
            _("La personne apprend que son dossier est pris en charge, et par quel service."),
            _("Le dossier est pris en charge. La personne est prévenue."),
            needs_text=False,
        ),
        Action(
            "ask_complement",
            handling.ask_complement,
            _("Ce qu’il manque, et sous quelle forme"),
            _("Le délai de réponse s’arrête jusqu’à sa réponse."),
            _("Le complément est demandé. La personne est prévenue et le délai est en pause."),
            takes_files=True,
        ),
        Action(
            "message",
            handling.send_message,
            _("Votre message"),
            _("L’état du dossier et ses délais ne changent pas."),
            _("Le message est envoyé. La personne est prévenue."),
            takes_files=True,
        ),
        Action(
            "answer",
            handling.answer_complaint,
            _("La réponse du service"),
            _("Le délai de réponse s’arrête. La personne peut clôturer, ou rouvrir si la réponse ne convient pas."),
            _("La réponse est envoyée. La personne est prévenue."),
            takes_files=True,
        ),
        Action(
            "close",
            handling.close_complaint,
            _("Un dernier mot (facultatif)"),
            _("La personne pourra encore rouvrir sa réclamation pendant le délai prévu."),
            _("Le dossier est clôturé. La personne est prévenue."),
            needs_text=False,
        ),
        Action(
            "assign",
            handling.assign_complaint,
            "",
            _("Vous devenez l’agent de ce dossier. La personne n’en est pas informée."),
            _("Ce dossier vous est attribué."),
        ),
        Action(
            "note",
            handling.add_note,
            _("Votre note"),
            _("Seul le service la lit, jamais la personne."),
            _("La note est ajoutée."),
        ),
    )
}


def label(name: str) -> Text:
    """The words on the button, from the workflow's table."""
    return next(each.label for each in workflow if each.name == name)


def open_actions(complaint: Complaint, user: Any) -> list[Action]:
    """What this agent may do with the case as it is now, in the workflow's order."""
    permissions = {HANDLE} if user.has_perm(HANDLE) else set()
    offered = [ACTIONS[each.name] for each in workflow.open_to(complaint.state, permissions)]
    return [each for each in offered if each.name != "assign" or complaint.assigned_to_id != user.pk]
