"""`manage.py load_reasons`: the coded reasons of rejections, cuts, complements and refusals, once `migrate` has run."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims_portal.catalogue import CatalogueError
from health_claims.models import Reason
from health_claims.services.reasons import load_reasons


class Command(BaseCommand):
    help = "Charge les motifs de rejet, d’abattement, de complément et de refus ; sans effet là où ils existent déjà."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--refresh", action="store_true", help="Remet les motifs comme à l’origine.")

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_reasons(refresh=options["refresh"])
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(Reason.objects.filter(organisation=None).count()))
