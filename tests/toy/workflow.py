from django.db import models

from claims_portal.cases.workflow import PERSON, Transition, WaitingOn, Workflow

HANDLE = "toy.handle"


class State(models.TextChoices):
    RECEIVED = "received", "Reçue"
    COMPLEMENT = "complement", "Complément demandé"
    CLOSED = "closed", "Clôturée"


R, C, X = State
workflow = Workflow(
    Transition("ask_complement", frozenset({R}), C, HANDLE, "Demander un complément", event="complement-asked"),
    Transition("message", frozenset({R, C}), None, HANDLE, "Écrire", event="message-out"),
    Transition("close", frozenset({R, C}), X, HANDLE, "Clôturer", event="closed"),
    Transition("assign", frozenset({R, C}), None, HANDLE, "M’attribuer", event="assigned", is_internal=True),
    Transition("note", frozenset({R, C, X}), None, HANDLE, "Noter", is_internal=True),
    Transition("hold", frozenset({X}), None, HANDLE, "Interdire la suppression", is_internal=True),
    Transition("release", frozenset({X}), None, HANDLE, "Permettre la suppression", is_internal=True),
    Transition("erase", frozenset({X}), None, HANDLE, "Proposer la suppression", is_internal=True),
    Transition("write", frozenset({R}), None, PERSON, "Écrire au service", event="message-in", waiting_on="desk"),
    Transition("supply", frozenset({C}), R, PERSON, "Envoyer le complément", event="message-in"),
    waiting_on={R: WaitingOn.DESK, C: WaitingOn.PERSON, X: WaitingOn.NOBODY},
)
