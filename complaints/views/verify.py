"""The public page behind the QR code of a receipt: it confirms the paper and shows nothing of the case (N5)."""

from __future__ import annotations

import re

from django.contrib.auth.decorators import login_not_required
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_safe

from claims_portal.accounts import throttles
from claims_portal.deadlines.explanation import spelled_moment
from claims_portal.middleware import client_address
from complaints.models import Complaint
from complaints.pieces import filed_pieces
from complaints.promises import received_on
from complaints.references import spoken

_CODE = re.compile(r"[A-Za-z0-9_-]{10,32}")


@login_not_required
@require_safe
def verify(request: HttpRequest, code: str) -> HttpResponse:
    """Number, date of reception, desk, and the fingerprint of each document filed: no name, label, content or state.

    Of a case that was erased, it says when that was.
    The code is 128 random bits: whoever has it was given the paper. An unknown one is a 404 like any other.
    Only unknown codes count against the limit of an address.
    """
    known = Complaint.objects.select_related("desk__organisation").filter(verification_code=code)
    complaint = known.first() if _CODE.fullmatch(code) else None
    if complaint is None:
        throttles.count("verify-address", client_address(request))
        raise Http404
    context = {
        "number": spoken(complaint.number),
        "received": received_on(complaint),
        "desk": complaint.desk,
        "organisation": complaint.desk.organisation,
        "pieces": filed_pieces(complaint),
        "disposed": spelled_moment(complaint.disposed_at, complaint.desk.organisation.time_zone)
        if complaint.disposed_at
        else "",
    }
    return render(request, "complaints/verify.html", context)
