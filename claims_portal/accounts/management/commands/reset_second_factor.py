"""`manage.py reset_second_factor EMAIL`: for the administrator who lost the telephone and the recovery codes."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.core.management.base import BaseCommand, CommandError
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.accounts.second_factor import reset
from claims_portal.accounts.sign_in import sign_in_name


class Command(BaseCommand):
    help = "Oublie le second facteur d’un compte et termine ses sessions."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("email")

    def handle(self, *args: Any, **options: Any) -> None:
        person = User.objects.filter(email=sign_in_name(options["email"])).first()
        if person is None:
            raise CommandError(_("Aucun compte ne porte cette adresse."))
        reset(user=person, by=None)
        self.stdout.write(_("Ce compte choisira un nouveau second facteur à sa prochaine connexion."))
