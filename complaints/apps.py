from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = _("Réclamations")

    def ready(self) -> None:
        from claims_portal.deadlines.registry import on_calendar_change
        from claims_portal.notifications.registry import on_refusal
        from claims_portal.privacy.access import on_access

        from .services.access import complaints_of
        from .services.undelivered import message_failed
        from .tasks import calendar_changed

        on_calendar_change(calendar_changed)
        on_access(complaints_of)
        on_refusal(message_failed)
