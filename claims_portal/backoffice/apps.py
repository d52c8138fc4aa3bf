from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig
from django.utils.translation import gettext_lazy as _


class BackofficeConfig(AppConfig):
    name = "claims_portal.backoffice"
    label = "backoffice"
    verbose_name = _("Gestion")


class PortalAdminConfig(AdminConfig):
    """Django's admin, as the agents' space at /gestion/."""

    default_site = "claims_portal.backoffice.site.PortalAdminSite"
