"""The copy of somebody's data that they have a right to (law 09-08, art. 7; GDPR, art. 15)."""

from __future__ import annotations

import io
import zipfile

from claims_portal.accounts.models import User
from claims_portal.cases.services.access_copy import copy_of_cases

from .models import RightsRequest
from .registry import sources


def copy_of_data(request: RightsRequest, user: User) -> bytes:
    """Return a ZIP of what the portal holds about the contact of a request, as far as this member of staff may see it.

    b"" when there is nothing. It is made on demand and kept nowhere.
    """
    email, mobile, organisation = request.email, str(request.mobile or ""), request.organisation
    files = [
        file
        for source in (copy_of_cases, *sources())
        for file in source(email=email, mobile=mobile, organisation=organisation, user=user)
    ]
    if not files:
        return b""
    buffer = io.BytesIO()
    with zipfile.ZipFile(buffer, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, content in files:
            archive.writestr(name, content)
    return buffer.getvalue()
