"""The states of a declaration and of a claim, and who may change them: readable as two tables."""

from django.db import models
from django.utils.translation import gettext_lazy as _

from claims_portal.cases.workflow import PERSON, Transition, WaitingOn, Workflow

HANDLE = "health_claims.handle"  # decide declarations, compute statements
SETTLE = "health_claims.settle"  # make and export settlement batches
GIVE_BACK = "membership.give_back_account"  # have the account of a member begin anew
READ_MEDICAL = "health_claims.read_medical"  # open the pieces of a file


class DeclarationState(models.TextChoices):
    """Exactly one of three (row D145)."""

    CREATED = "created", _("Créée")
    VALIDATED = "validated", _("Validée")
    REJECTED = "rejected", _("Rejetée")


class ClaimState(models.TextChoices):
    """Where a claim opened by a validated declaration stands."""

    OPENED = "opened", _("En cours de traitement")
    COMPLEMENT = "complement", _("Complément demandé")
    COUNTER_VISIT = "counter-visit", _("Contre-visite demandée")
    COMPUTED = "computed", _("Décompte établi")
    PAID = "paid", _("Réglé")
    REFUSED = "refused", _("Refusé")


C, V, J = DeclarationState.CREATED, DeclarationState.VALIDATED, DeclarationState.REJECTED

declaration_workflow = Workflow(
    # name, from, to (None: unchanged), permission, label of the button
    Transition("validate", frozenset({C}), V, HANDLE, _("Valider")),
    Transition("reject", frozenset({C}), J, HANDLE, _("Rejeter")),
    # It stays « Créée » (row D145), and waits for the member.
    Transition(
        "ask_complement", frozenset({C}), None, HANDLE, _("Demander un complément"), waiting_on=WaitingOn.PERSON
    ),
    Transition("assign", frozenset({C}), None, HANDLE, _("M’attribuer cette déclaration"), is_internal=True),
    Transition("attach", frozenset({C, V, J}), None, HANDLE, _("Rattacher à l’adhérent"), is_internal=True),
    Transition("supply", frozenset({C}), None, PERSON, _("Envoyer le complément")),
    waiting_on={C: WaitingOn.DESK, V: WaitingOn.NOBODY, J: WaitingOn.NOBODY},
)

O, K, T, D, P, F = (  # noqa: E741
    ClaimState.OPENED,
    ClaimState.COMPLEMENT,
    ClaimState.COUNTER_VISIT,
    ClaimState.COMPUTED,
    ClaimState.PAID,
    ClaimState.REFUSED,
)

claim_workflow = Workflow(
    Transition("ask_complement", frozenset({O}), K, HANDLE, _("Demander un complément")),
    Transition("ask_counter_visit", frozenset({O}), T, HANDLE, _("Demander une contre-visite")),
    Transition("record_counter_visit", frozenset({T}), O, HANDLE, _("Enregistrer l’avis de la contre-visite")),
    Transition("compute", frozenset({O, D}), D, HANDLE, _("Établir le décompte")),
    Transition("refuse", frozenset({O, K, T}), F, HANDLE, _("Refuser")),
    Transition("leave_batch", frozenset({D}), O, HANDLE, _("Sortir du lot et remettre à l’étude")),
    Transition("review", frozenset({O, K, T, D, P}), None, HANDLE, _("Contrôle fait"), is_internal=True),
    Transition("pay", frozenset({D}), P, SETTLE, _("Marquer comme réglé")),
    Transition("assign", frozenset({O, K, T, D}), None, HANDLE, _("M’attribuer ce dossier"), is_internal=True),
    Transition("supply", frozenset({K}), O, PERSON, _("Envoyer le complément")),
    Transition("feedback", frozenset({P}), None, PERSON, _("Envoyer ma réponse")),
    waiting_on={
        O: WaitingOn.DESK,
        K: WaitingOn.PERSON,
        T: WaitingOn.PERSON,
        D: WaitingOn.DESK,
        P: WaitingOn.NOBODY,
        F: WaitingOn.NOBODY,
    },
)
