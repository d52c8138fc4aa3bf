from django.apps import AppConfig


class OrganisationsConfig(AppConfig):
    name = "claims_portal.organisations"
    label = "organisations"
    verbose_name = "Organisations"
