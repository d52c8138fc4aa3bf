"""The front page of /gestion/: what waits for this person."""

from __future__ import annotations

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from claims_portal.backoffice import panels
from complaints.models import Complaint
from tests.factories.complaints import AgentFactory, ComplaintFactory

from .conftest import signed_in


def counters(staff) -> dict[str, str]:
    (panel,) = staff.get("/gestion/").context["panels"]
    return {str(counter.label): counter.count for counter in panel.counters}


def test_the_queues_of_the_agents_desks_are_counted(staff, desk, agent):
    ComplaintFactory(desk=desk)
    ComplaintFactory(desk=desk, state="complement", agent=agent)
    ComplaintFactory()
    assert counters(staff) == {
        "À traiter": "1",
        "À moi": "1",
        "Non attribuées": "1",
        "En attente du réclamant": "1",
        "Échéance sous 3 jours": "0",
        "Échues": "0",
        "Messages non remis": "0",
    }


def test_each_counter_leads_to_its_queue(staff, desk):
    (panel,) = staff.get("/gestion/").context["panels"]
    assert [staff.get(counter.url).status_code for counter in panel.counters] == [200] * 7


def test_counting_stops_where_it_is_no_longer_useful(staff, desk, monkeypatch):
    monkeypatch.setattr(panels, "MOST", 3)
    ComplaintFactory.create_batch(4, desk=desk)
    with CaptureQueriesContext(connection) as queries:
        assert counters(staff)["À traiter"] == "2+"
    assert all("LIMIT 3" in query["sql"] for query in queries if "COUNT(" in query["sql"])


def test_the_front_page_finds_a_case_by_its_number(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    assert 'action="/gestion/complaints/complaint/recherche/"' in staff.get("/gestion/").content.decode()
    response = staff.post("/gestion/complaints/complaint/recherche/", {"texte": str(complaint)})
    assert response["Location"] == f"/gestion/complaints/complaint/{complaint.pk}/"


def test_agents_are_spared_the_lists_of_the_administration(staff, administrator):
    assert "Administration" not in staff.get("/gestion/").content.decode()
    assert "Administration" in signed_in(administrator).get("/gestion/").content.decode()


def test_staff_without_complaints_get_no_counters(db):
    staff = signed_in(AgentFactory(permissions=["organisations.view_desk"]))
    response = staff.get("/gestion/")
    assert response.context["panels"] == []
    assert response.status_code == 200


def test_the_front_page_costs_the_same_queries_with_one_case_or_many(staff, desk):
    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get("/gestion/")
        return len(queries)

    ComplaintFactory(desk=desk)
    cost()
    few = cost()
    ComplaintFactory.create_batch(5, desk=desk)
    assert cost() == few <= 15


@pytest.mark.parametrize("address", ["/gestion/", "/gestion/complaints/complaint/"])
def test_nobody_gets_in_without_an_account_of_the_staff(client, db, address):
    assert client.get(address).status_code == 302
    outsider = signed_in(AgentFactory(is_staff=False))
    assert outsider.get(address).status_code == 302
    assert not Complaint.objects.exists()
