"""The agents' space: Django's admin with the portal's name and look."""

from __future__ import annotations

from typing import Any

from django.contrib.admin import AdminSite
from django.http import HttpRequest
from django.template.response import TemplateResponse
from django.utils.translation import gettext_lazy as _

from . import panels


class PortalAdminSite(AdminSite):
    site_title = _("Gestion")
    site_header = _("Gestion des réclamations")
    index_title = _("Vos dossiers")
    site_url = "/"
    enable_nav_sidebar = False

    def index(self, request: HttpRequest, extra_context: dict[str, Any] | None = None) -> TemplateResponse:
        """What waits for this person first, the lists of the administration below."""
        return super().index(request, {"panels": panels.panels(request), **(extra_context or {})})
