"""`manage.py load_reasons`: the coded reasons of rejections, cuts, complements and refusals, once `migrate` has run."""

from __future__ import annotations

from typing import Any

from django.core.management.base import BaseCommand, CommandError

from claims_portal.catalogue import CatalogueError
from health_claims.models import Reason
from health_claims.services.reasons import load_reasons


class Command(BaseCommand):
    help = "Charge les motifs de rejet, d’abattement, de complément et de refus, comme dans le fichier livré."

    def handle(self, *args: Any, **options: Any) -> None:
        try:
            load_reasons()
        except CatalogueError as error:
            raise CommandError(str(error)) from error
        self.stdout.write(str(Reason.objects.filter(organisation=None).count()))
