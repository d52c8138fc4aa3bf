"""Assignment rules: the first that fits gives the case to somebody at work, and says so."""

from __future__ import annotations

import pytest
from django.db import IntegrityError, connection, transaction
from django.test.utils import CaptureQueriesContext

from claims_portal.organisations.services import desk_changed
from complaints.models import AssignmentRule, Event, Team
from complaints.services.routing import route
from complaints.services.transferring import transfer_complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory


@pytest.fixture
def desk(db: None):
    return DeskFactory.create()


@pytest.fixture
def salma(desk):
    return AgentFactory.create(desks=[desk], first_name="Salma", last_name="Tazi")


def rule(desk, **given) -> AssignmentRule:
    written = AssignmentRule.objects.create(desk=desk, **({"name": "Santé"} | given))
    desk_changed(desks=[desk])
    desk.refresh_from_db()
    return written


CONDITIONS = [
    ({}, True),
    ({"channel": "web"}, True),
    ({"channel": "post"}, False),
    ({"language": "fr"}, True),
    ({"language": "ar"}, False),
    ({"words": "hôpital, REMBOURSEMENT"}, True),
    ({"words": "hôpital"}, False),
    ({"is_active": False}, False),
]


@pytest.mark.req("F22")
@pytest.mark.parametrize(("conditions", "fits"), CONDITIONS)
def test_a_rule_is_followed_when_all_its_conditions_are_met(desk, salma, conditions, fits):
    rule(desk, agent=salma, **conditions)
    assert ComplaintFactory(desk=desk).assigned_to == (salma if fits else None)


def test_a_rule_for_one_category_leaves_the_others(desk, salma):
    retard, refus = desk.categories.order_by("pk")
    rule(desk, agent=salma, category=refus)
    assert ComplaintFactory(desk=desk, facts__category=str(retard.pk)).assigned_to is None
    assert ComplaintFactory(desk=desk, facts__category=str(refus.pk)).assigned_to == salma


@pytest.mark.req("F22")
def test_the_case_says_which_rule_gave_it(desk, salma):
    rule(desk, agent=salma, name="Contrats santé")
    complaint = ComplaintFactory(desk=desk)
    event = Event.objects.get(case=complaint, kind="routed")
    assert event.body == "Attribuée à Salma Tazi par la règle «\u00a0Contrats santé\u00a0»."
    assert event.is_automatic and not event.is_public


def test_the_first_rule_in_order_wins(desk, salma):
    other = AgentFactory(desks=[desk])
    rule(desk, agent=other, position=2)
    rule(desk, agent=salma, position=1)
    assert ComplaintFactory(desk=desk).assigned_to == salma


def test_a_team_shares_the_cases_out(desk, salma):
    team = Team.objects.create(desk=desk, name="Santé")
    team.members.set([salma, AgentFactory(desks=[desk])])
    rule(desk, team=team)
    cases = ComplaintFactory.create_batch(4, desk=desk)
    assert sorted([each.assigned_to == salma for each in cases]) == [False, False, True, True]


@pytest.mark.parametrize("gone", ["is_active", "desks"])
def test_who_no_longer_works_at_the_desk_is_passed_over(desk, salma, gone):
    rule(desk, agent=salma, position=1)
    deputy = AgentFactory(desks=[desk])
    rule(desk, agent=deputy, position=2)
    if gone == "desks":
        salma.desks.clear()
    else:
        type(salma).objects.filter(pk=salma.pk).update(is_active=False)
    assert ComplaintFactory(desk=desk).assigned_to == deputy


def test_a_transferred_case_follows_the_rules_of_its_new_desk(desk, salma):
    old = DeskFactory(organisation=desk.organisation)
    rule(desk, agent=salma)
    complaint = ComplaintFactory(desk=old)
    category = desk.categories.first()
    transfer_complaint(complaint_id=complaint.pk, user=salma, category_id=category.pk, body="")
    complaint.refresh_from_db()
    assert complaint.assigned_to == salma


def test_a_desk_whose_rules_do_not_fit_costs_no_query(desk, salma):
    rule(desk, agent=salma, channel="post")
    complaint = ComplaintFactory(desk=desk)
    with CaptureQueriesContext(connection) as queries:
        assert route(complaint=complaint) is None
    assert len(queries) == 0


def test_a_rule_names_an_agent_or_a_team_never_both(desk, salma):
    team = Team.objects.create(desk=desk, name="Santé")
    for people in ({}, {"agent": salma, "team": team}):
        with pytest.raises(IntegrityError), transaction.atomic():
            rule(desk, **people)
