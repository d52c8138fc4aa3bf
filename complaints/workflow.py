"""The states of a complaint and who may change them: readable as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.workflow import Transition, Workflow


class State(models.TextChoices):
    RECEIVED = "received", _("Reçue")
    IN_PROGRESS = "in-progress", _("En cours d’examen")
    COMPLEMENT = "complement", _("Complément demandé")
    ANSWERED = "answered", _("Réponse apportée")
    CLOSED = "closed", _("Clôturée")


class Turn(models.TextChoices):
    """Whose turn it is to act."""

    DESK = "desk", _("Au service")
    COMPLAINANT = "complainant", _("À vous")
    NOBODY = "nobody", _("À personne")


TURN_IN = {
    State.RECEIVED: Turn.DESK,
    State.IN_PROGRESS: Turn.DESK,
    State.COMPLEMENT: Turn.COMPLAINANT,
    State.ANSWERED: Turn.COMPLAINANT,
    State.CLOSED: Turn.NOBODY,
}

HANDLE = "complaints.handle"
SEE_CONTACT = "complaints.see_contact"  # e-mail, mobile, address, CIN, CNSS and NIR of a complainant
SEE_ARCHIVES = "complaints.see_archives"
HOLD = "complaints.hold"
DISPOSE = "complaints.dispose"
PERSON = ""  # the complainant, whose right is the tracking grant

# The desk's own housekeeping: the complainant neither reads it nor waits for it.
INTERNAL = frozenset({"assign", "note", "link", "hold", "release", "erase"})

R, P, C, A, X = State.RECEIVED, State.IN_PROGRESS, State.COMPLEMENT, State.ANSWERED, State.CLOSED

workflow = Workflow(
    # name, from, to (None: unchanged), permission, label of the button
    Transition("acknowledge", frozenset({R}), P, HANDLE, _("Accuser réception")),
    Transition("ask_complement", frozenset({R, P}), C, HANDLE, _("Demander un complément")),
    Transition("message", frozenset({R, P, C, A}), None, HANDLE, _("Envoyer un message")),
    Transition("answer", frozenset({R, P, C}), A, HANDLE, _("Répondre")),
    Transition("close", frozenset({A}), X, HANDLE, _("Clôturer")),
    Transition("assign", frozenset({R, P, C, A}), None, HANDLE, _("M’attribuer ce dossier")),
    Transition("note", frozenset({R, P, C, A, X}), None, HANDLE, _("Ajouter une note interne")),
    Transition("hold", frozenset({R, P, C, A, X}), None, HOLD, _("Interdire la suppression")),
    Transition("release", frozenset({R, P, C, A, X}), None, HOLD, _("Permettre de nouveau la suppression")),
    Transition("erase", frozenset({X}), None, DISPOSE, _("Proposer la suppression")),
    Transition("link", frozenset({R, P, C, A, X}), None, HANDLE, _("Relier à un autre dossier")),
    Transition("transfer", frozenset({R, P, C}), None, HANDLE, _("Transmettre à un autre guichet")),
    Transition("refer", frozenset({R, P, C}), X, HANDLE, _("Transmettre à un autre organisme")),
    Transition("merge", frozenset({R, P, C, A}), X, HANDLE, _("Réunir à un autre dossier")),
    Transition("absorb", frozenset({R, P, C, A}), None, HANDLE, _("Réunir un autre dossier à celui-ci")),
    Transition("supply", frozenset({C}), P, PERSON, _("Envoyer le complément")),
    Transition("write", frozenset({R, P, A}), None, PERSON, _("Écrire au service")),
    Transition("withdraw", frozenset({R, P, C, A}), X, PERSON, _("Clôturer ma réclamation")),
    Transition("reopen", frozenset({A, X}), P, PERSON, _("Rouvrir ma réclamation")),
)
