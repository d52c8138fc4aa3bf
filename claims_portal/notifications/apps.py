from django.apps import AppConfig


class NotificationsConfig(AppConfig):
    name = "claims_portal.notifications"
    label = "notifications"
    verbose_name = "Messages"
