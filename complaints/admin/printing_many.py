"""The whole cases chosen in the list, as one file for the printer (F21). Each leaves a line in the audit log."""

from __future__ import annotations

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils.translation import gettext as _

from claims_portal.accounts import audit
from claims_portal.accounts.confirmation import confirm_first, recently_confirmed
from claims_portal.backoffice.cases.queues import PARAMETER
from claims_portal.backoffice.cases.reading import log_reading
from claims_portal.bounded_processes import BoundReached
from claims_portal.pdf import person_of
from complaints import printing
from complaints.references import MistypedNumber, read_number
from complaints.workflow import HANDLE, SEE_CONTACT

from . import queues
from .letters import pdf_response

MOST = 50  # a case takes some hundreds of milliseconds to draw


def print_view(request: HttpRequest) -> HttpResponse:
    """Print at most MOST cases, in the order of their reception.

    They say how to reach people: that right is needed, and the password again as for an export.
    """
    user = request.user
    if not (user.has_perm(SEE_CONTACT) and (user.has_perm(queues.VIEW) or user.has_perm(HANDLE))):
        raise Http404
    back = queues.address(queues.named(request.POST.get(PARAMETER)))
    if not recently_confirmed(request):
        return confirm_first(request, back=back)
    try:
        numbers = {read_number(text) for text in request.POST.getlist("case")}
    except MistypedNumber:
        raise Http404 from None
    if not 0 < len(numbers) <= MOST:
        messages.error(request, _("Choisissez de 1 à %(most)d dossiers à imprimer.") % {"most": MOST})
        return redirect(back)
    cases = list(queues.openable_cases(user).with_case().filter(number__in=numbers).order_by("opened_at", "pk"))
    if not cases:
        raise Http404
    person = person_of(request)
    try:
        data = printing.joined(paper for case in cases for paper in printing.case_pdfs(case, person=person))
    except BoundReached as reached:
        if reached.code != "too_slow":
            raise
        messages.error(request, _("Ces dossiers sont trop longs pour être imprimés ensemble : choisissez-en moins."))
        return redirect(back)
    for case in cases:
        log_reading(request, audit.Action.CASE_PRINTED, case, case)
    return pdf_response(data, "dossiers.pdf")
