from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class CasesConfig(AppConfig):
    name = "claims_portal.cases"
    verbose_name = _("Dossiers")

    def ready(self) -> None:
        from claims_portal.deadlines.registry import on_calendar_change
        from claims_portal.notifications.registry import on_refusal

        from .services.undelivered import message_failed
        from .tasks import recompute_after_calendar_change

        on_calendar_change(recompute_after_calendar_change)
        on_refusal(message_failed)
