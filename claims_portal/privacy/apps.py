from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class PrivacyConfig(AppConfig):
    name = "claims_portal.privacy"
    verbose_name = _("Données personnelles")

    def ready(self) -> None:
        from claims_portal.deadlines.registry import on_calendar_change

        from .tasks import calendar_changed

        on_calendar_change(calendar_changed)
