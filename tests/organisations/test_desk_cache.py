"""What is read of a desk is kept for one version of it, and not longer than a few minutes."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from claims_portal.organisations.desk_cache import MAX_SECONDS, cached_per_desk_version
from claims_portal.organisations.models import Desk
from claims_portal.organisations.services import desk_changed
from tests.factories.organisations import DeskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(autouse=True)
def still_clock():
    with time_machine.travel(timezone.now(), tick=False) as clock:
        yield clock


@pytest.fixture
def reads() -> list[int]:
    """Return the keys of the desks that were read, in order."""
    return []


@pytest.fixture
def name_of(reads):
    @cached_per_desk_version
    def name_of(desk: Desk) -> str:
        reads.append(desk.pk)
        return desk.name_fr

    return name_of


def test_one_version_is_read_once(name_of, reads, django_assert_num_queries):
    desk = DeskFactory()
    name_of(desk)
    with django_assert_num_queries(0):
        assert name_of(Desk(pk=desk.pk, version=desk.version)) == desk.name_fr
    assert reads == [desk.pk]


def test_a_new_version_is_read_again(name_of):
    desk = DeskFactory(name_fr="Avant")
    assert name_of(desk) == "Avant"
    Desk.objects.filter(pk=desk.pk).update(name_fr="Après")
    desk_changed(desks=[desk])
    assert name_of(Desk.objects.get(pk=desk.pk)) == "Après"


def test_every_desk_has_its_own_value(name_of):
    first, second = DeskFactory(name_fr="Un"), DeskFactory(name_fr="Deux")
    assert (name_of(first), name_of(second), name_of(first)) == ("Un", "Deux", "Un")


def test_two_functions_have_values_of_their_own(name_of):
    desk = DeskFactory(name_fr="Un", name_ar="واحد")
    name_ar_of = cached_per_desk_version(lambda desk: desk.name_ar)
    assert (name_of(desk), name_ar_of(desk)) == ("Un", "واحد")


def test_nothing_is_kept_longer_than_a_few_minutes(name_of, reads, still_clock):
    desk = DeskFactory()
    name_of(desk)
    still_clock.shift(timedelta(seconds=MAX_SECONDS))
    name_of(desk)
    assert reads == [desk.pk, desk.pk]
