"""What an agent can do with a case, as the case page offers it: readable as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.services.assignment import assign_case
from claims_portal.cases.services.disposal import propose_erasure
from claims_portal.cases.services.exchange import add_note
from claims_portal.cases.services.holds import lift_hold, place_hold
from complaints.models import Complaint, EventKind
from complaints.services import handling
from complaints.services.answers import Decision
from complaints.services.letters import goes_on_paper
from complaints.workflow import DISPOSE, HANDLE, HOLD, workflow

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
    decides: bool = False  # asks for the outcome and its reasons
    on_paper: Text = ""  # done, for somebody who can only be told by letter

    @property
    def takes_text(self) -> bool:
        return bool(self.text_label)

    def told(self, complaint: Complaint) -> str:
        """What the agent reads once it is done."""
        kind = EventKind.ANSWERED if self.decides else ""
        return told(complaint, self.done, self.on_paper, kind) if self.on_paper else str(self.done)

    def do(
        self, *, complaint_id: int, user: Any, body: str, documents: list[Any], decision: Decision | None = None
    ) -> Complaint:
        """Call the service with what it takes."""
        given: dict[str, Any] = {"body": body} if self.takes_text else {}
        given |= {"documents": documents} if self.takes_files else {}
        given |= {"decision": decision} if self.decides else {}
        return self.service(complaint_id=complaint_id, user=user, **given)


def told(complaint: Complaint, done: Text, on_paper: Text, kind: str = "") -> str:
    """`done`, unless the person gave no contact: then they know nothing before a letter is printed, says `on_paper`."""
    if not goes_on_paper(complaint, kind):
        return str(done)
    if complaint.complainant.email or complaint.complainant.mobile:
        return f"{done} {gettext('Un courrier est aussi à imprimer.')}"
    return str(on_paper)


def of_complaints(service: Callable[..., Any]) -> Callable[..., Complaint]:
    """Return a service of every kind of case as one of complaints."""

    def serve(*, complaint_id: int, **given: Any) -> Complaint:
        return service(Complaint, case_id=complaint_id, **given)

    return serve


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
            on_paper=_("Le dossier est pris en charge. Le courrier qui l’annonce est à imprimer."),
        ),
        Action(
            "ask_complement",
            handling.ask_complement,
            _("Ce qu’il manque, et sous quelle forme"),
            _("Le délai de réponse s’arrête jusqu’à sa réponse."),
            _("Le complément est demandé. La personne est prévenue et le délai est en pause."),
            takes_files=True,
            on_paper=_("Le complément est demandé et le délai est en pause. Le courrier est à imprimer."),
        ),
        Action(
            "message",
            handling.send_message,
            _("Votre message"),
            _("L’état du dossier et ses délais ne changent pas."),
            _("Le message est envoyé. La personne est prévenue."),
            takes_files=True,
            on_paper=_("Le message est enregistré. Le courrier est à imprimer."),
        ),
        Action(
            "answer",
            handling.answer_complaint,
            _("La réponse du service"),
            _("Le délai de réponse s’arrête. La personne peut clôturer, ou rouvrir si la réponse ne convient pas."),
            _("La réponse est envoyée. La personne est prévenue."),
            takes_files=True,
            decides=True,
            on_paper=_("La réponse est enregistrée. Le courrier est à imprimer."),
        ),
        Action(
            "close",
            handling.close_complaint,
            _("Un dernier mot (facultatif)"),
            _("La personne pourra encore rouvrir sa réclamation pendant le délai prévu."),
            _("Le dossier est clôturé. La personne est prévenue."),
            needs_text=False,
            on_paper=_("Le dossier est clôturé. Le courrier qui l’annonce est à imprimer."),
        ),
        Action(
            "assign",
            of_complaints(assign_case),
            "",
            _("Vous devenez l’agent de ce dossier. La personne n’en est pas informée."),
            _("Ce dossier vous est attribué."),
        ),
        Action(
            "note",
            of_complaints(add_note),
            _("Votre note"),
            _("Seul le service la lit, jamais la personne."),
            _("La note est ajoutée."),
        ),
        Action(
            "hold",
            of_complaints(place_hold),
            _("Pourquoi ce dossier doit rester"),
            _("Procès, contrôle, enquête : tant que l’interdiction dure, rien ne l’archive ni ne le supprime."),
            _("La suppression de ce dossier est interdite."),
        ),
        Action(
            "release",
            of_complaints(lift_hold),
            _("Pourquoi l’interdiction prend fin"),
            _("La durée de conservation court de nouveau depuis la clôture."),
            _("La suppression de ce dossier est de nouveau permise."),
        ),
        Action(
            "erase",
            of_complaints(propose_erasure),
            _("La demande de la personne, par son numéro ou sa date"),
            _("Avant la fin de la durée de conservation. Une autre personne habilitée devra approuver."),
            _("La suppression est proposée : une autre personne doit l’approuver."),
        ),
    )
}


def label(name: str) -> Text:
    """The words on the button, from the workflow's table."""
    return next(each.label for each in workflow if each.name == name)


def permission(name: str) -> str:
    """What it takes, from the workflow's table."""
    return str(next(each.permission for each in workflow if each.name == name))


def open_actions(complaint: Complaint, user: Any) -> list[Action]:
    """What this agent may do with the case as it is now, in the workflow's order."""
    permissions = {each for each in (HANDLE, HOLD, DISPOSE) if user.has_perm(each)}
    offered = [ACTIONS[each.name] for each in workflow.open_to(complaint.state, permissions) if each.name in ACTIONS]
    held = complaint.held_at is not None
    idle = {"hold", "erase"} if held else {"release"}
    if hasattr(complaint, "disposal"):  # proposed already
        idle.add("erase")
    if complaint.assigned_to_id == user.pk:
        idle.add("assign")
    return [each for each in offered if each.name not in idle]
