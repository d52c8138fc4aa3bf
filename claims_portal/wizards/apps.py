from django.apps import AppConfig


class WizardsConfig(AppConfig):
    name = "claims_portal.wizards"
    label = "wizards"
    verbose_name = "Brouillons"
