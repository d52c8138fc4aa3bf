"""One action on several cases of the list: each through its service, and what could not be done is named."""

from __future__ import annotations

from collections.abc import Callable
from functools import partial
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _
from django.utils.translation import ngettext

from claims_portal.accounts.models import User
from claims_portal.backoffice.cases.queues import PARAMETER
from claims_portal.cases.refusals import CaseRefused, TransitionNotAllowed
from claims_portal.cases.services.assignment import assign_case
from claims_portal.cases.services.exchange import close_case
from claims_portal.compiled_query import CompiledQuery
from complaints.models import Complaint
from complaints.references import MistypedNumber, read_number
from complaints.services.routing import at_work
from complaints.workflow import HANDLE

from . import queues

MOST = 100


def colleagues(user: Any) -> list[tuple[int, str]]:
    """Who else handles cases at the desks of this person, by name. One query."""
    found = at_work().exclude(pk=user.pk) if user.is_superuser else _beside.rows(user=user.pk)
    return [(each.pk, str(each)) for each in found]


_beside = CompiledQuery(lambda user: at_work().filter(desks__agents=user).exclude(pk=user), user=int)


def bulk_view(request: HttpRequest) -> HttpResponse:
    """Take, give or close the chosen cases, among those this agent may see; then back to the queue."""
    user: Any = request.user
    if not user.has_perm(HANDLE):
        raise Http404
    back = redirect(queues.address(queues.named(request.POST.get(PARAMETER))))
    chosen = request.POST.getlist("case")
    if not 0 < len(chosen) <= MOST:
        messages.error(request, _("Choisissez de 1 à %(most)d dossiers.") % {"most": MOST})
        return back
    service = _service(request.POST, user)
    if service is None:
        messages.error(request, _("Choisissez à qui attribuer ces dossiers."))
        return back
    done, left = _each(service, chosen, user)
    if done:
        told = ngettext("C’est fait pour %(count)d dossier.", "C’est fait pour %(count)d dossiers.", done)
        messages.success(request, told % {"count": done})
    if left:
        told = ngettext(
            "Rien n’a changé pour %(numbers)s : son état ou son guichet ne le permet pas.",
            "Rien n’a changé pour %(numbers)s : leur état ou leur guichet ne le permet pas.",
            len(left),
        )
        messages.warning(request, told % {"numbers": ", ".join(left)})
    return back


def _service(given: Any, user: Any) -> Callable[..., Complaint] | None:
    """What the pressed button does; None when it lacks somebody to give the cases to."""
    match given.get("action"):
        case "take":
            return partial(assign_case, Complaint, user=user)
        case "close":
            return partial(close_case, Complaint, user=user)
        case "give":
            allowed = {str(key) for key, _name in colleagues(user)}
            if given.get("agent") in allowed:
                return partial(assign_case, Complaint, user=user, to=User.objects.get(pk=given["agent"]))
            return None
    raise Http404


def _each(service: Callable[..., Complaint], chosen: list[str], user: Any) -> tuple[int, list[str]]:
    """How many went through, and the numbers of those that did not. What cannot be seen does not exist."""
    numbers = []
    for text in chosen:
        try:
            numbers.append(read_number(text))
        except MistypedNumber:
            raise Http404 from None
    done, left = 0, []
    for case in queues.visible_cases(user).filter(number__in=numbers).only("number").order_by("pk"):
        try:
            service(case_id=case.pk)
            done += 1
        except (TransitionNotAllowed, CaseRefused):
            left.append(str(case))
    return done, left
