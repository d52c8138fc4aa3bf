"""Links sent by e-mail: for one thing, once, and not for long."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.utils import timezone

from claims_portal.accounts import tasks
from claims_portal.accounts.links import LinkUnusable, absolute, create_link, peek_link, public_url, use_link
from claims_portal.accounts.models import MailLink
from tests.together import at_once


@pytest.mark.req("F3")
def test_a_link_opens_what_it_was_made_for(db):
    token = create_link(purpose="resume-draft", subject="42", hours=1)
    assert use_link(purpose="resume-draft", token=token) == "42"


@pytest.mark.req("F3")
def test_a_link_made_for_one_thing_opens_nothing_else(db):
    token = create_link(purpose="resume-draft", subject="42", hours=1)
    with pytest.raises(LinkUnusable):
        peek_link(purpose="my-complaints", token=token)
    with pytest.raises(LinkUnusable):
        use_link(purpose="my-complaints", token=token)


def test_looking_at_a_link_does_not_use_it_up(db):
    token = create_link(purpose="resume-draft", subject="42", hours=1)
    assert [peek_link(purpose="resume-draft", token=token) for _ in range(3)] == ["42"] * 3
    assert use_link(purpose="resume-draft", token=token) == "42"


def test_a_link_that_served_is_neither_shown_nor_used_again(db):
    token = create_link(purpose="resume-draft", subject="42", hours=1)
    use_link(purpose="resume-draft", token=token)
    for again in (peek_link, use_link):
        with pytest.raises(LinkUnusable):
            again(purpose="resume-draft", token=token)


@pytest.mark.django_db(transaction=True)
def test_of_two_presses_at_once_one_opens_the_link():
    token = create_link(purpose="resume-draft", subject="42", hours=1)
    ends = at_once(*[lambda: use_link(purpose="resume-draft", token=token)] * 2)
    assert sorted(type(end).__name__ for end in ends) == ["LinkUnusable", "str"]


@pytest.mark.req("F3")
def test_a_link_ends_with_its_hours(db):
    token = create_link(purpose="resume-draft", subject="42", hours=2)
    with time_machine.travel(timezone.now() + timedelta(hours=1, minutes=59)):
        assert peek_link(purpose="resume-draft", token=token) == "42"
    with time_machine.travel(timezone.now() + timedelta(hours=2, seconds=1)), pytest.raises(LinkUnusable):
        use_link(purpose="resume-draft", token=token)


@pytest.mark.parametrize("token", ["", "x", "é" * 43, "A" * 5000])
def test_a_link_nobody_made_opens_nothing(db, token):
    with pytest.raises(LinkUnusable):
        use_link(purpose="resume-draft", token=token)


def test_the_secret_of_a_link_is_not_kept(db):
    token = create_link(purpose="resume-draft", subject="42", hours=1)
    link = MailLink.objects.get()
    assert len(token) == 43
    assert token not in str(link.__dict__)


def test_the_address_of_a_link_never_comes_from_a_request(settings):
    settings.PUBLIC_URL = "https://portail.exemple.ma"
    assert absolute("/x/") == "https://portail.exemple.ma/x/"
    assert public_url("complaints:track", language="ar") == "https://portail.exemple.ma/ar/reclamations/suivi/"


def test_links_that_are_over_are_forgotten_at_night(db):
    create_link(purpose="resume-draft", subject="old", hours=1)
    create_link(purpose="resume-draft", subject="new", hours=9)
    with time_machine.travel(timezone.now() + timedelta(hours=2)):
        tasks.prune()
    assert MailLink.objects.get().subject == "new"
