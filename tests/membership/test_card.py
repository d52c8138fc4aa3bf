"""The member's card: shown to its member, and a code that tells the rest of the world one thing."""

from __future__ import annotations

from datetime import date, timedelta

import pytest
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from membership.models import Member, MemberCard
from membership.services import cards
from membership.services.credentials import begin_anew
from tests.factories.membership import BeneficiaryFactory, enter_as


@pytest.fixture
def code(client: Client, member: Member) -> str:
    """Of the card the member has just looked at."""
    enter_as(client, member)
    shown = client.get(reverse("membership:card")).content.decode()
    assert member.full_name in shown and member.number in shown and "<svg" in shown
    return str(MemberCard.objects.get().code)


def scanned(code: str) -> str:
    answer = Client().get(reverse("membership:card-check", args=[code]))
    assert answer.status_code == 200
    return answer.content.decode()


@pytest.mark.req("F43")
def test_whoever_scans_the_code_reads_whether_rights_are_open_and_until_when_and_nothing_else(member, code):
    Member.objects.update(rights_to=date(2099, 12, 31))
    shown = scanned(code)
    assert "Carte valable" in shown and "31 décembre 2099" in shown
    private = (member.first_name, member.number, member.cin, member.policy.number, str(member.policy.subscriber))
    assert not any(each in shown for each in private)


def test_an_unknown_code_says_the_same_as_closed_rights_or_a_closed_policy(member, code):
    unknown = scanned("x" * 22).replace("x" * 22, "")
    Member.objects.update(rights_to=timezone.localdate() - timedelta(days=1))
    assert "Carte non valable" in unknown
    assert cards.check_card(code=code).is_open is False
    assert cards.check_card(code=code) == cards.check_card(code="' OR 1=1")
    Member.objects.update(rights_to=None)
    member.policy.is_open = False
    member.policy.save()
    assert not cards.check_card(code=code).is_open


def test_a_new_code_ends_the_old_one_and_so_does_giving_the_account_back(client: Client, member, code):
    client.post(reverse("membership:card"))
    second = MemberCard.objects.get().code
    assert (cards.check_card(code=code).is_open, cards.check_card(code=second).is_open) == (False, True)
    begin_anew(account_id=member.account.pk)
    assert not cards.check_card(code=second).is_open


@pytest.mark.req("F43")
def test_each_person_of_the_family_has_a_card_that_ends_with_their_rights_or_the_members(client: Client, member):
    child = BeneficiaryFactory.create(member=member, first_name="Yassine", rights_to=date(2099, 6, 30))
    Member.objects.update(rights_to=date(2099, 12, 31))
    enter_as(client, member)
    shown = client.get(reverse("membership:family-card", args=[child.pk])).content.decode()
    assert "Yassine Essai" in shown and "Salma Essai" in shown and "<svg" in shown
    code = MemberCard.objects.get(beneficiary=child).code
    assert "30 juin 2099" in scanned(code)
    assert "Yassine" not in scanned(code)
    Member.objects.update(rights_to=timezone.localdate() - timedelta(days=1))
    assert not cards.check_card(code=code).is_open


def test_a_new_code_for_a_child_leaves_the_other_cards_and_nobody_opens_that_of_another_family(client, member, code):
    child = BeneficiaryFactory.create(member=member)
    of_child = cards.card_of(member=member, beneficiary=child).code
    client.post(reverse("membership:family-card", args=[child.pk]))
    assert (cards.check_card(code=code).is_open, cards.check_card(code=of_child).is_open) == (True, False)
    stranger = reverse("membership:family-card", args=[BeneficiaryFactory.create().pk])
    assert [client.get(stranger).status_code, client.post(stranger).status_code] == [404, 404]


def test_cards_that_are_valid_count_for_nothing_where_many_are_read(member, code, settings):
    settings.THROTTLES = settings.THROTTLES | {"verify-address": (1, 600)}
    address = reverse("membership:card-check", args=[code])
    assert [Client().get(address).status_code for _ in range(3)] == [200] * 3
    unknown = reverse("membership:card-check", args=["x" * len(code)])
    assert [Client().get(unknown).status_code for _ in range(2)] == [200, 429]
