from django.apps import AppConfig


class AccountsConfig(AppConfig):
    name = "claims_portal.accounts"
    label = "accounts"
    verbose_name = "Comptes et accès"
