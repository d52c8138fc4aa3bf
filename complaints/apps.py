from django.apps import AppConfig


class ComplaintsConfig(AppConfig):
    name = "complaints"
    verbose_name = "Réclamations"

    def ready(self) -> None:
        from claims_portal.deadlines.registry import on_calendar_change

        from .tasks import calendar_changed

        on_calendar_change(calendar_changed)
