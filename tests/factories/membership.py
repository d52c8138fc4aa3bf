"""Policies, members and their families, the way the rows are after an import.

MemberFactory()                                   # a member whose rights are open, not signed in yet
MemberFactory(activated=True)                     # password, mobile, e-mail and identity verified, terms accepted
MemberFactory(activated=True, account__identity_checked_at=None)  # the papers are still to be checked
GuaranteeFactory(policy=policy, prestation__code="optique", pieces=2)
BeneficiaryFactory(member=member, relation="spouse")
enter_as(client, member)                          # the test client is in this member's space
"""

from __future__ import annotations

import time
from datetime import date
from functools import cache
from typing import Any

import factory
from django.contrib.auth.hashers import make_password
from django.test import Client
from django.utils import timezone
from factory.django import DjangoModelFactory

from membership.access import SESSION_KEY
from membership.models import Beneficiary, Guarantee, Member, MemberAccount, Policy, Prestation, RequiredPiece

from .complaints import DeskFactory

PASSWORD = "Oranger-27"
RIB = "011519000001205000534921"


@cache
def hashed() -> str:
    """Hashing is slow on purpose: once is enough for all members."""
    return make_password(PASSWORD)


class PolicyFactory(DjangoModelFactory[Policy]):
    class Meta:
        model = Policy

    desk = factory.SubFactory(DeskFactory)
    complaint_desk = factory.SelfAttribute("desk")
    organisation = factory.SelfAttribute("desk.organisation")
    number = factory.Sequence(lambda number: f"2000GRP{number:07d}")
    subscriber_fr = "Fondation d’essai"
    subscriber_ar = "مؤسسة تجريبية"


class PrestationFactory(DjangoModelFactory[Prestation]):
    class Meta:
        model = Prestation
        django_get_or_create = ("code",)

    code = factory.Sequence(lambda number: f"prestation-{number}")
    name_fr = "Optique"
    name_ar = "البصريات"
    drawing = "optics"


class GuaranteeFactory(DjangoModelFactory[Guarantee]):
    class Meta:
        model = Guarantee
        skip_postgeneration_save = True

    policy = factory.SubFactory(PolicyFactory)
    prestation = factory.SubFactory(PrestationFactory)
    valid_from = date(2020, 1, 1)
    mode = Guarantee.Mode.REMAINDER

    @factory.post_generation
    def pieces(self: Any, create: bool, extracted: int | None, **kwargs: Any) -> None:
        for number in range(extracted or 0):
            RequiredPiece.objects.create(
                guarantee=self, text_fr=f"Pièce {number + 1}", text_ar=f"وثيقة {number + 1}", position=number
            )


class MemberFactory(DjangoModelFactory[Member]):
    class Meta:
        model = Member
        skip_postgeneration_save = True

    class Params:
        activated = factory.Trait(
            account=factory.RelatedFactory("tests.factories.membership.AccountFactory", "member", activated=True)
        )

    policy = factory.SubFactory(PolicyFactory)
    number = factory.Sequence(lambda number: str(1_000_000 + number))
    cin = factory.Sequence(lambda number: f"BK{number:06d}")
    last_name = "Essai"
    first_name = "Salma"
    birth_date = date(1980, 5, 17)
    rib = RIB
    rights_from = date(2020, 1, 1)


class BeneficiaryFactory(DjangoModelFactory[Beneficiary]):
    class Meta:
        model = Beneficiary

    member = factory.SubFactory(MemberFactory)
    relation = Beneficiary.Relation.CHILD
    last_name = "Essai"
    first_name = factory.Sequence(lambda number: f"Enfant {number}")
    birth_date = date(2012, 3, 4)
    rights_from = date(2020, 1, 1)


class AccountFactory(DjangoModelFactory[MemberAccount]):
    class Meta:
        model = MemberAccount

    class Params:
        activated = factory.Trait(
            password=factory.LazyFunction(hashed),
            certified_at=factory.LazyFunction(timezone.now),
            mobile="+212612345678",
            email="salma.essai@exemple.ma",
            email_asked_at=factory.LazyFunction(timezone.now),
            activated_at=factory.LazyFunction(timezone.now),
            identity_checked_at=factory.LazyFunction(timezone.now),
        )

    member = factory.SubFactory(MemberFactory)
    terms_accepted_at = factory.LazyFunction(timezone.now)


def enter_as(client: Client, member: Member) -> None:
    """Put the test client into the space of a member, who gets an account if there was none."""
    account = MemberAccount.objects.filter(member=member).first() or AccountFactory(member=member)
    session = client.session
    session[SESSION_KEY] = {"id": member.pk, "proof": account.session_proof(), "seen": int(time.time())}
    session.save()
