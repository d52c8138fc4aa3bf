from django.apps import AppConfig


class PrivacyConfig(AppConfig):
    name = "claims_portal.privacy"
    verbose_name = "Données personnelles"

    def ready(self) -> None:
        from claims_portal.deadlines.registry import on_calendar_change

        from .tasks import calendar_changed

        on_calendar_change(calendar_changed)
