"""What was rejected, why, for which care, by whom and when (F37)."""

from __future__ import annotations

import pytest
from django.core.cache import cache

from claims_portal.accounts.models import AuditEntry
from claims_portal.backoffice.periods import Period
from health_claims.figures import figures
from health_claims.models import Declaration
from health_claims.services import deciding
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import DeclarationFactory, ReasonFactory
from tests.factories.membership import MemberFactory
from tests.test_query_counts import cost, page

from .test_desk_pages import HANDLES

pytestmark = pytest.mark.django_db
PAGE = "/gestion/health_claims/declaration/chiffres/"


@pytest.fixture
def agent(db: None):
    """Somebody who has validated one declaration, rejected one, and leaves one."""
    first = DeclarationFactory.create()
    agent = AgentFactory.create(desks=[first.desk], permissions=HANDLES)
    rest = [DeclarationFactory.create(member=MemberFactory.create(policy=first.member.policy, activated=True))]
    rest.append(DeclarationFactory.create(member=first.member))
    deciding.validate_declaration(declaration_id=first.pk, user=agent)
    deciding.reject_declaration(declaration_id=rest[0].pk, user=agent, reason=ReasonFactory.create())
    return agent


@pytest.mark.req("F37", "E88")
def test_rejections_are_counted_by_reason_care_agent_and_day(agent, django_assert_num_queries):
    with django_assert_num_queries(5):
        found = figures(Declaration.objects.all(), Period.latest(7))
    assert (found.total.sent, found.total.accepted, found.total.rejected, found.total.waiting) == (3, 1, 1, 1)
    assert found.total.rate == 50
    assert [(line.key, line.rejected) for line in found.by_agent] == [(agent.pk, 1)]
    assert [line.rejected for line in found.by_reason] == [1]
    assert sum(line.sent for line in found.by_prestation) == 3
    assert [line.rejected for line in found.by_step] == [0, 0, 0, 0, 0, 0, 1]


def test_the_page_and_its_files_tell_them_for_the_desks_of_the_agent(agent):
    DeclarationFactory.create()  # of another desk
    staff = signed_in(agent)
    assert "Pièce illisible" in staff.get(PAGE).content.decode()
    assert staff.get(PAGE).context["cards"][0][0] == "3"
    assert staff.get(f"{PAGE}?periode=dates&du=2026-03-03&au=2026-03-01").status_code == 422
    lines = staff.post(f"{PAGE}csv/").content.decode("utf-8-sig")
    assert "Rejets par motif;Pièce illisible;1;0;1;0;100,0" in lines
    assert AuditEntry.objects.filter(action="exported", reference="declarations").count() == 1
    assert staff.post(f"{PAGE}exe/").status_code == 404
    assert signed_in(AgentFactory.create(permissions=[])).get(PAGE).status_code == 404


def test_the_page_costs_the_same_whatever_it_counts(agent):
    staff = signed_in(agent)
    few = cost(page(staff, PAGE))
    DeclarationFactory.create_batch(3, member=Declaration.objects.first().member)
    cache.clear()  # what was counted a moment ago is not counted again
    assert cost(page(staff, PAGE)) == few <= 15
