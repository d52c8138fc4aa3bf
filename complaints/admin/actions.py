"""What an agent can do with a complaint, as its page offers it: readable as a table."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any

from django.utils.functional import Promise
from django.utils.translation import gettext
from django.utils.translation import gettext_lazy as _

from claims_portal.backoffice.cases.actions import Action, actions_by_name, standard_actions
from complaints.models import Complaint, EventKind
from complaints.services import handling
from complaints.services.answers import Decision
from complaints.services.letters import goes_on_paper

Text = str | Promise


@dataclass(frozen=True)
class ComplaintAction(Action):
    """An action that may decide about the complaint, and that may reach the person by letter alone."""

    decides: bool = False  # asks for the outcome and its reasons
    on_paper: Text = ""  # done, for somebody who can only be told by letter

    def told(self, complaint: Complaint) -> str:
        """Return what the agent reads once it is done."""
        kind = EventKind.ANSWERED if self.decides else ""
        return told(complaint, self.done, self.on_paper, kind) if self.on_paper else str(self.done)

    def do(
        self, *, complaint_id: int, user: Any, body: str, documents: list[Any], decision: Decision | None = None
    ) -> Complaint:
        """Call the service with what it takes."""
        given: dict[str, Any] = {"body": body} if self.takes_text else {}
        given |= {"documents": documents} if self.takes_files else {}
        given |= {"decision": decision} if self.decides else {}
        done: Complaint = self.service(case_id=complaint_id, user=user, **given)
        return done


def told(complaint: Complaint, done: Text, on_paper: Text, kind: str = "") -> str:
    """Return `done`; `on_paper` for a person without a contact, who knows nothing before a letter is printed."""
    if not goes_on_paper(complaint, kind):
        return str(done)
    if complaint.complainant.email or complaint.complainant.mobile:
        return f"{done} {gettext('Un courrier est aussi à imprimer.')}"
    return str(on_paper)


def of_complaints(service: Callable[..., Complaint]) -> Callable[..., Complaint]:
    """Return a service of complaints as one of cases."""
    return lambda *, case_id, **given: service(complaint_id=case_id, **given)


STANDARD = standard_actions(Complaint)
ACTIONS = actions_by_name(
    ComplaintAction(
        "acknowledge",
        of_complaints(handling.acknowledge_complaint),
        _("La personne apprend que son dossier est pris en charge, et par quel service."),
        _("Le dossier est pris en charge. La personne est prévenue."),
        text_label=_("Un mot pour la personne (facultatif)"),
        on_paper=_("Le dossier est pris en charge. Le courrier qui l’annonce est à imprimer."),
    ),
    ComplaintAction(
        "ask_complement",
        of_complaints(handling.ask_complement),
        _("Le délai de réponse s’arrête jusqu’à sa réponse."),
        _("Le complément est demandé. La personne est prévenue et le délai est en pause."),
        text_label=_("Ce qu’il manque, et sous quelle forme"),
        needs="text",
        takes_files=True,
        on_paper=_("Le complément est demandé et le délai est en pause. Le courrier est à imprimer."),
    ),
    ComplaintAction(
        "message",
        of_complaints(handling.send_message),
        _("L’état du dossier et ses délais ne changent pas."),
        _("Le message est envoyé. La personne est prévenue."),
        text_label=_("Votre message"),
        needs="text",
        takes_files=True,
        on_paper=_("Le message est enregistré. Le courrier est à imprimer."),
    ),
    ComplaintAction(
        "answer",
        of_complaints(handling.answer_complaint),
        _("Le délai de réponse s’arrête. La personne peut clôturer, ou rouvrir si la réponse ne convient pas."),
        _("La réponse est envoyée. La personne est prévenue."),
        text_label=_("La réponse du service"),
        needs="text",
        takes_files=True,
        decides=True,
        on_paper=_("La réponse est enregistrée. Le courrier est à imprimer."),
    ),
    ComplaintAction(
        "close",
        of_complaints(handling.close_complaint),
        _("La personne pourra encore rouvrir sa réclamation pendant le délai prévu."),
        _("Le dossier est clôturé. La personne est prévenue."),
        text_label=_("Un dernier mot (facultatif)"),
        on_paper=_("Le dossier est clôturé. Le courrier qui l’annonce est à imprimer."),
    ),
    *(ComplaintAction(**vars(STANDARD[name])) for name in ("assign", "note", "hold", "release", "erase")),
)
