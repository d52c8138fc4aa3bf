from django.apps import AppConfig
from django.contrib.admin.apps import AdminConfig


class BackofficeConfig(AppConfig):
    name = "claims_portal.backoffice"
    label = "backoffice"
    verbose_name = "Gestion"


class PortalAdminConfig(AdminConfig):
    """Django's admin, as the agents' space at /gestion/."""

    default_site = "claims_portal.backoffice.site.PortalAdminSite"
