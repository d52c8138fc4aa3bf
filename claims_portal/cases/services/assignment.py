"""Who handles a case."""

from __future__ import annotations

from typing import Any

from django.db import transaction
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.cases.models import Case
from claims_portal.cases.refusals import CaseRefused

from .changes import apply_transition, lock_case


@transaction.atomic
def assign_case(model: type[Case], *, case_id: int, user: User, to: User | None = None) -> Any:
    """Give the case to a colleague (`to`), or to the agent who asks. The person concerned is not told.

    Raise TransitionNotAllowed once it is closed, CaseRefused when the colleague does not handle cases of that desk.
    """
    case = lock_case(model, case_id)
    agent = to or user
    permission = model.workflow["assign"].permission
    able = agent.has_perm(permission) and agent.desks.filter(pk=case.desk_id).exists()
    if agent.pk != user.pk and not able:
        raise CaseRefused(_("Cette personne ne traite pas les dossiers de ce guichet : choisissez-en une autre."))
    apply_transition(
        case,
        "assign",
        user=user,
        body="" if agent.pk == user.pk else _("Attribuée à %(agent)s.") % {"agent": agent},
        assigned_to_id=agent.pk,
    )
    return case


def addresses_of_agents(case: Case) -> list[str]:
    """Return the e-mail address of the agent of a case while they work at its desk, else of every agent of the desk."""
    agents = User.objects.filter(desks=case.desk_id, is_active=True, is_staff=True).order_by("pk")
    found = dict(agents.values_list("pk", "email"))
    if case.assigned_to_id in found:
        return [found[case.assigned_to_id]]
    return list(found.values())
