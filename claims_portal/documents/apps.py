from django.apps import AppConfig


class DocumentsConfig(AppConfig):
    name = "claims_portal.documents"
    label = "documents"
    verbose_name = "Documents"
