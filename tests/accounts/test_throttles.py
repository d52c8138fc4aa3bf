"""Limits on how often something may be tried."""

from __future__ import annotations

import re
from datetime import UTC, datetime

import pytest
import time_machine
from django.test import Client

from claims_portal.accounts import tasks
from claims_portal.accounts.models import Throttle
from claims_portal.accounts.throttles import LimitReached, caller, count, give_back
from complaints.references import new_number
from tests.factories.complaints import DeskFactory
from tests.together import at_once

NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)
THREE_AN_HOUR = (3, 3600)


@pytest.fixture(autouse=True)
def at_noon():
    """Windows begin on the hour: a test that runs across one must not notice."""
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


def test_the_fourth_try_is_refused_and_told_when_to_come_back(db, at_noon):
    at_noon.shift(600)
    for _ in range(3):
        count("door", "amina", limit=THREE_AN_HOUR)
    with pytest.raises(LimitReached) as refusal:
        count("door", "amina", limit=THREE_AN_HOUR)
    assert (refusal.value.scope, refusal.value.retry_seconds) == ("door", 3000)


def test_a_try_that_was_right_is_taken_back(db, settings):
    settings.THROTTLES = settings.THROTTLES | {"door": (2, 3600)}
    for _ in range(5):
        count("door", "amina")
        give_back("door", "amina")
    count("door", "amina")
    count("door", "amina")
    with pytest.raises(LimitReached):
        count("door", "amina")


def test_a_new_window_starts_from_nothing(db, at_noon):
    for _ in range(3):
        count("door", "amina", limit=THREE_AN_HOUR)
    at_noon.shift(3600)
    count("door", "amina", limit=THREE_AN_HOUR)


def test_each_subject_and_each_scope_has_its_own_count(db):
    for _ in range(3):
        count("door", "amina", limit=THREE_AN_HOUR)
    count("door", "youssef", limit=THREE_AN_HOUR)
    count("window", "amina", limit=THREE_AN_HOUR)


def test_several_things_at_once_weigh_as_many(db):
    with pytest.raises(LimitReached):
        count("upload", "10.0.0.1", weight=4, limit=THREE_AN_HOUR)


@pytest.mark.parametrize(
    ("address", "counted"),
    [
        ("2001:db8:1:2:3:4:5:6", "2001:db8:1:2::"),
        ("2001:db8:1:2::1", "2001:db8:1:2::"),
        ("2001:db8:1:3::1", "2001:db8:1:3::"),
        ("::ffff:41.250.1.2", "41.250.1.2"),
        ("41.250.1.2", "41.250.1.2"),
        ("amina@exemple.ma", "amina@exemple.ma"),
    ],
)
def test_the_addresses_of_somebodys_ipv6_network_are_one_caller(address, counted):
    assert caller(address) == counted


def test_another_address_of_the_same_ipv6_network_has_no_other_count(db):
    count("door", "2001:db8:1:2::1", weight=3, limit=THREE_AN_HOUR)
    count("door", "2001:db8:1:3::1", limit=THREE_AN_HOUR)
    with pytest.raises(LimitReached):
        count("door", "2001:db8:1:2:ffff::9", limit=THREE_AN_HOUR)


def test_the_limits_of_a_scope_come_from_the_settings(db, settings):
    settings.THROTTLES = settings.THROTTLES | {"verify-address": (1, 60)}
    count("verify-address", "10.0.0.1")
    with pytest.raises(LimitReached):
        count("verify-address", "10.0.0.1")


def test_nothing_personal_is_written_down(db):
    count("link-recipient", "amina@exemple.ma", limit=THREE_AN_HOUR)
    kept = Throttle.objects.get()
    assert len(kept.key) == 64
    assert "amina" not in f"{kept.key} {kept}"


@pytest.mark.django_db(transaction=True)
def test_of_twenty_tries_at_once_only_as_many_pass_as_the_limit_says():
    ends = at_once(*[lambda: count("door", "amina", limit=(7, 3600))] * 20)
    assert sum(isinstance(end, LimitReached) for end in ends) == 13
    assert sorted(end for end in ends if isinstance(end, int)) == [1, 2, 3, 4, 5, 6, 7]


def test_a_count_outlives_the_refusal_it_ends_with(client: Client, db, settings):
    settings.THROTTLES = settings.THROTTLES | {"tracking-address": (1, 600)}
    wrong = {"number": new_number(), "email": "x@exemple.ma"}
    answers = [client.post("/reclamations/suivi/", wrong) for _ in range(3)]
    assert [answer.status_code for answer in answers] == [200, 429, 429]
    assert Throttle.objects.latest("count").count == 3


def test_the_page_of_a_limit_says_in_minutes_when_to_try_again(client: Client, db, settings, at_noon):
    settings.THROTTLES = settings.THROTTLES | {"online-tracking-address": (0, 600)}
    at_noon.shift(90)
    desk = DeskFactory.create()
    typed = {"desk": desk.code, "number": new_number(), "email": "x@exemple.ma"}
    answer = client.post("/reclamations/suivi-en-ligne/", typed)
    assert answer.headers["Retry-After"] == "510"
    assert re.search(r"Réessayez dans 9\sminutes", answer.content.decode())


def test_windows_that_are_over_are_forgotten_at_night(db, at_noon):
    count("door", "amina", limit=THREE_AN_HOUR)
    at_noon.shift(3599)
    tasks.prune()
    assert Throttle.objects.count() == 1
    at_noon.shift(2)
    tasks.prune()
    assert not Throttle.objects.exists()
