"""`manage.py load_demo_claims`: sickness files for a demonstration, after `load_demo`."""

from __future__ import annotations

from argparse import ArgumentParser
from typing import Any

from django.conf import settings
from django.core.management.base import BaseCommand, CommandError
from django.db import transaction
from django.utils.translation import gettext as _

from claims_portal.accounts.models import User
from health_claims.demo import AGENT, MEMBER, POLICY, load_claims
from membership.models import Member

SHOWN = (MEMBER, "100002")  # one whose space is open, one who has not come yet


class Command(BaseCommand):
    help = "Charge les dossiers maladie de démonstration ; sans effet là où il y en a déjà."

    def add_arguments(self, parser: ArgumentParser) -> None:
        parser.add_argument("--refresh", action="store_true", help="Remet les droits des rôles comme à l’origine.")

    @transaction.atomic
    def handle(self, *args: Any, **options: Any) -> None:
        if not settings.DEMO:
            raise CommandError(_("Les dossiers de démonstration ne se créent que sur une démonstration (PORTAL_DEMO)."))
        if not User.objects.filter(email=AGENT).exists():
            raise CommandError(_("Lancez d’abord « manage.py load_demo »."))
        load_claims(refresh=options["refresh"])
        members = Member.objects.filter(policy__number=POLICY, number__in=SHOWN).select_related("policy", "account")
        for member in members.order_by("number"):
            password = settings.DEMO_PASSWORD if hasattr(member, "account") else _("pas encore de mot de passe")
            self.stdout.write(
                _("Espace adhérent (/sante/) : %(policy)s, %(label)s %(number)s, CIN %(cin)s, %(password)s")
                % {
                    "policy": member.policy.number,
                    "label": member.policy.member_number_label,
                    "number": member.number,
                    "cin": member.cin,
                    "password": password,
                }
            )
