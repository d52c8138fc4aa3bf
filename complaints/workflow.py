"""The states of a complaint and who may change them: readable as a table."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.workflow import PERSON, Transition, WaitingOn, Workflow


class State(models.TextChoices):
    RECEIVED = "received", _("Reçue")
    IN_PROGRESS = "in-progress", _("En cours d’examen")
    COMPLEMENT = "complement", _("Complément demandé")
    ANSWERED = "answered", _("Réponse apportée")
    CLOSED = "closed", _("Clôturée")


HANDLE = "complaints.handle"
SEE_CONTACT = "complaints.see_contact"  # e-mail, mobile, address, CIN, CNSS and NIR of a complainant
SEE_ARCHIVES = "complaints.see_archives"
HOLD = "complaints.hold"
DISPOSE = "complaints.dispose"

R, P, C, A, X = State.RECEIVED, State.IN_PROGRESS, State.COMPLEMENT, State.ANSWERED, State.CLOSED
OPEN, ALL = frozenset({R, P, C, A}), frozenset({R, P, C, A, X})

workflow = Workflow(
    # name, from, to (None: unchanged), permission, label of the button, kind of the event
    Transition("acknowledge", frozenset({R}), P, HANDLE, _("Accuser réception"), "acknowledged"),
    Transition("ask_complement", frozenset({R, P}), C, HANDLE, _("Demander un complément"), "complement-asked"),
    Transition("message", OPEN, None, HANDLE, _("Envoyer un message"), "message-out"),
    Transition("answer", frozenset({R, P, C}), A, HANDLE, _("Répondre"), "answered"),
    Transition("close", frozenset({A}), X, HANDLE, _("Clôturer"), "closed"),
    Transition("assign", OPEN, None, HANDLE, _("M’attribuer ce dossier"), "assigned", is_internal=True),
    Transition("note", ALL, None, HANDLE, _("Ajouter une note interne"), is_internal=True),
    Transition("hold", ALL, None, HOLD, _("Interdire la suppression"), "hold-placed", is_internal=True),
    Transition("release", ALL, None, HOLD, _("Permettre de nouveau la suppression"), "hold-lifted", is_internal=True),
    Transition("erase", frozenset({X}), None, DISPOSE, _("Proposer la suppression"), "disposal-proposed", True),
    Transition("link", ALL, None, HANDLE, _("Relier à un autre dossier"), "linked", is_internal=True),
    Transition("transfer", frozenset({R, P, C}), None, HANDLE, _("Transmettre à un autre guichet"), "transferred"),
    Transition("refer", frozenset({R, P, C}), X, HANDLE, _("Transmettre à un autre organisme"), "referred"),
    Transition("merge", OPEN, X, HANDLE, _("Réunir à un autre dossier"), "merged"),
    Transition("absorb", OPEN, None, HANDLE, _("Réunir un autre dossier à celui-ci"), "absorbed"),
    Transition("supply", frozenset({C}), P, PERSON, _("Envoyer le complément"), "message-in"),
    Transition(
        "write", frozenset({R, P, A}), None, PERSON, _("Écrire au service"), "message-in", waiting_on=WaitingOn.DESK
    ),
    Transition("withdraw", OPEN, X, PERSON, _("Clôturer ma réclamation"), "closed"),
    Transition("reopen", frozenset({A, X}), P, PERSON, _("Rouvrir ma réclamation"), "reopened"),
    waiting_on={
        R: WaitingOn.DESK,
        P: WaitingOn.DESK,
        C: WaitingOn.PERSON,
        A: WaitingOn.PERSON,
        X: WaitingOn.NOBODY,
    },
)
