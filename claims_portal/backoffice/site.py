"""The agents' space: Django's admin with the portal's name and look."""

from django.contrib.admin import AdminSite
from django.utils.translation import gettext_lazy as _


class PortalAdminSite(AdminSite):
    site_title = _("Gestion")
    site_header = _("Gestion des réclamations")
    index_title = _("Vos dossiers")
    site_url = "/"
    enable_nav_sidebar = False
