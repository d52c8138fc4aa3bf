from django.apps import AppConfig


class ToyConfig(AppConfig):
    name = "tests.toy"

    def ready(self) -> None:
        from claims_portal.cases.kinds import register

        from .kind import KIND

        register(KIND)
