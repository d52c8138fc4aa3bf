from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "claims_portal.cases"
    verbose_name = _("Dossiers")
