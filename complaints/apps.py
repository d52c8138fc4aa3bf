from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("Réclamations")

    def ready(self) -> None:
        from claims_portal.cases.kinds import register

        from .case_kind import COMPLAINT

        register(COMPLAINT)
