from django.apps import AppConfig


class DeadlinesConfig(AppConfig):
    name = "claims_portal.deadlines"
    label = "deadlines"
    verbose_name = "Délais"
