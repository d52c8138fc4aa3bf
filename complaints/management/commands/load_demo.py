"""`manage.py load_demo`: the five institutions and the people who work for them, for a demonstration."""

from __future__ import annotations

from argparse import ArgumentParser
from pathlib import Path
from typing import Any

from django.conf import settings
from django.contrib.auth.hashers import make_password
from django.contrib.auth.models import Group
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from claims_portal.catalogue import CatalogueError
from claims_portal.organisations.models import Desk, Organisation
from complaints.demo import load_cases, load_routing
from complaints.roles import AGENTS, ensure_roles
from complaints.services.catalogue import load_catalogue
from membership.demo import load_membership

CATALOGUE = Path(__file__).resolve().parents[2] / "catalogue"
SUPERVISOR = "superviseur@demo.invalid"
# Helps at two desks, so that teams have somebody to share with.
HELPER, HELPED = "renfort@demo.invalid", ("cnss", "saham")
# One agent a desk, as agent.<desk>@demo.invalid, plainly fictitious.
DESKS = ["acaps", "acaps-prevoyance", "cnss", "cnss-recours", "saham", "allianz", "cpms"]


class Command(BaseCommand):
    help = "Charge les institutions et les comptes de démonstration ; sans effet là où ils existent déjà."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument(
            "--refresh",
            action="store_true",
            help="Remet les institutions et les mots de passe comme dans les fichiers, même modifiés depuis.",
        )

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("Les comptes de démonstration ne se créent que sur une démonstration (PORTAL_DEMO)."))
        load_institutions(refresh=options["refresh"])
        load_staff(refresh=options["refresh"])
        load_routing()
        load_cases()
        load_membership(refresh=options["refresh"])
        self.stdout.write(f"superviseur@demo.invalid, {', '.join(f'agent.{code}@demo.invalid' for code in DESKS)}")
        self.stdout.write(_("Mot de passe : %(password)s") % {"password": settings.DEMO_PASSWORD})


def load_institutions(*, refresh: bool) -> None:
    """The catalogue, once: what staff have changed since then stays, unless it is asked for again."""
    codes = {path.stem for path in CATALOGUE.glob("*.toml")} - {"common"}
    if not refresh and Organisation.objects.filter(code__in=codes).count() == len(codes):
        return
    try:
        load_catalogue(folder=CATALOGUE)
    except CatalogueError as error:
        raise CommandError(str(error)) from error


def load_staff(*, refresh: bool) -> None:
    """One agent a desk, and a supervisor who may do everything."""
    ensure_roles(refresh=refresh)
    known = {} if refresh else {user.email: user for user in User.objects.filter(email__endswith="@demo.invalid")}
    desks = Desk.objects.filter(code__in=DESKS)
    addresses = {f"agent.{desk.code}@demo.invalid": desk for desk in desks}
    if known.keys() >= {*addresses, HELPER, SUPERVISOR}:
        return
    group = Group.objects.get(name=AGENTS)
    password = make_password(settings.DEMO_PASSWORD)  # slow on purpose: one for all
    for email, desk in addresses.items():
        values = {"first_name": "Agent", "last_name": f"Exemple {desk.code}", "is_staff": True, "password": password}
        agent, _created = User.objects.update_or_create(email=email, defaults=values)
        agent.groups.add(group)
        agent.desks.add(desk)
    values = {"first_name": "Renfort", "last_name": "Exemple", "is_staff": True, "password": password}
    helper, _created = User.objects.update_or_create(email=HELPER, defaults=values)
    helper.groups.add(group)
    helper.desks.add(*desks.filter(code__in=HELPED))
    values = {"first_name": "Superviseur", "last_name": "Exemple", "is_staff": True, "is_superuser": True}
    User.objects.update_or_create(email=SUPERVISOR, defaults=values | {"password": password})
