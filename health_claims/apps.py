"""Health claims: activation of online declaration, declarations, claims and their statements."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthClaimsConfig(AppConfig):
    name = "health_claims"
    verbose_name = _("Assurance maladie complémentaire")

    def ready(self) -> None:
        from claims_portal.cases.kinds import register
        from membership.asked import on_home

        from .asking import asked_by_agents
        from .case_kinds import CLAIM, DECLARATION

        register(DECLARATION)
        register(CLAIM)

        on_home(asked_by_agents)
