"""Health claims: activation of online declaration, declarations, claims and their statements."""

from django.apps import AppConfig
from django.utils.translation import gettext_lazy as _


class HealthClaimsConfig(AppConfig):
    name = "health_claims"
    verbose_name = _("Assurance maladie complémentaire")

    def ready(self) -> None:
        from claims_portal.cases.kinds import register
        from claims_portal.privacy.registry import on_copy
        from membership.asked import on_home

        from .access_copy import copy_of_members
        from .asking import asked_by_agents
        from .case_kinds import CLAIM, DECLARATION

        register(DECLARATION)
        register(CLAIM)

        on_copy(copy_of_members)
        on_home(asked_by_agents)
