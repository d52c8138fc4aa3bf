from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "claims_portal.notifications"
    label = "notifications"
    verbose_name = "Messages"

    def ready(self) -> None:
        from . import checks  # noqa: F401 -- registers itself
