"""Sectors, organisations, desks and texts, in French and Arabic."""

from __future__ import annotations

from datetime import timedelta
from typing import Any

import factory
from django.utils import timezone
from factory.django import DjangoModelFactory

from claims_portal.organisations.models import Desk, LegalText, Organisation, Sector


class SectorFactory(DjangoModelFactory[Sector]):
    class Meta:
        model = Sector

    code = factory.Sequence(lambda number: f"secteur-{number}")
    name_fr = "E-réclamation Assurance"
    name_ar = "شكاية إلكترونية: التأمين"
    summary_fr = "Un contrat auprès d’une compagnie ou d’un intermédiaire."


class OrganisationFactory(DjangoModelFactory[Organisation]):
    class Meta:
        model = Organisation

    code = factory.Sequence(lambda number: f"organisme-{number}")
    kind = Organisation.Kind.INSURER
    name_fr = factory.Sequence(lambda number: f"Mutuelle des Oliviers {number}")
    name_ar = "تعاضدية الزيتون"
    short_name_fr = "Oliviers"
    short_name_ar = "الزيتون"
    tagline_fr = "Chaque réclamation a sa réponse."


class DeskFactory(DjangoModelFactory[Desk]):
    """A desk open to complaints; `sectors=[…]` names where it is offered."""

    class Meta:
        model = Desk
        skip_postgeneration_save = True

    organisation = factory.SubFactory(OrganisationFactory)
    code = factory.Sequence(lambda number: f"guichet-{number}")
    name_fr = factory.Sequence(lambda number: f"Service réclamations {number}")
    name_ar = "مصلحة الشكايات"
    email = "reclamations@oliviers.example"

    @factory.post_generation
    def sectors(self: Desk, create: bool, extracted: list[Sector] | None, **_: Any) -> None:
        if extracted:
            self.sectors.set(extracted)


class LegalTextFactory(DjangoModelFactory[LegalText]):
    class Meta:
        model = LegalText

    organisation = factory.SubFactory(OrganisationFactory)
    kind = LegalText.Kind.DATA_PROTECTION
    version = factory.Sequence(lambda number: f"{number}.0")
    title_fr = "Protection de vos données"
    body_fr = "Vos données servent à traiter votre réclamation.\n\nElles sont ensuite effacées."
    valid_from = factory.LazyFunction(lambda: timezone.now() - timedelta(days=30))
