"""`manage.py roles`: the groups that an installation gives to its staff, once `migrate` has run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand

from complaints import roles as of_complaints
from health_claims import roles as of_claims


class Command(BaseCommand):
    help = "Crée les rôles du personnel ; sans effet là où ils existent déjà."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--refresh", action="store_true", help="Remet les droits de chaque rôle comme à l’origine.")

    def handle(self, *args: Any, **options: Any) -> None:
        # The topmost app makes them all: those below do not know it.
        for roles in (of_complaints, of_claims):
            roles.ensure_roles(refresh=options["refresh"])
        self.stdout.write(", ".join([*of_complaints.ROLES, *of_claims.ROLES]))
