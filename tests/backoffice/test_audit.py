"""The audit log: what is written, who reads it, and that nobody changes it."""

from __future__ import annotations

import pytest
from django.db import DatabaseError, connection, transaction
from django.test import Client
from django.test.utils import CaptureQueriesContext

from claims_portal.accounts import audit
from claims_portal.accounts.models import AuditEntry, AuditIsFinal
from complaints.models import Complaint
from tests.factories.complaints import PASSWORD, AgentFactory, ComplaintFactory, DeskFactory

from .conftest import signed_in

LOG = "/gestion/accounts/auditentry/"
CASES = "/gestion/complaints/complaint/"
READS_THE_LOG = ["accounts.view_auditentry"]


def entry(**given) -> AuditEntry:
    return audit.record(**({"action": audit.Action.EXPORTED, "user": None, "reference": "123"} | given))


def lines(staff: Client, query: str = "") -> list[AuditEntry]:
    return list(staff.get(LOG + query).context["cl"].result_list)


# --- What is written


def test_opening_a_case_writes_one_line(staff, agent, desk):
    complaint = ComplaintFactory(desk=desk)
    staff.get(f"{CASES}{complaint.pk}/", REMOTE_ADDR="41.250.1.2")
    line = AuditEntry.objects.get()
    assert (line.action, line.user, line.reference) == ("case-opened", agent, complaint.number)
    assert (line.object_type, line.object_id, line.desk) == ("complaints.complaint", str(complaint.pk), desk)
    assert line.address == "41.250.1.2"


def test_the_line_costs_one_insert(staff, desk):
    complaint = ComplaintFactory(desk=desk)
    with CaptureQueriesContext(connection) as queries:
        staff.get(f"{CASES}{complaint.pk}/")
    assert len([query for query in queries if "accounts_auditentry" in query["sql"]]) == 1


def test_reading_a_document_writes_a_line(staff, agent, desk):
    complaint = ComplaintFactory(desk=desk, documents=1)
    joined = complaint.documents.get()
    staff.get(f"{CASES}{complaint.pk}/documents/{joined.pk}/")
    line = AuditEntry.objects.get()
    assert (line.action, line.user, line.object_id) == ("document-read", agent, str(joined.pk))
    assert line.reference == complaint.number


def test_a_case_that_may_not_be_seen_writes_nothing(staff):
    staff.get(f"{CASES}{ComplaintFactory().pk}/")
    assert not AuditEntry.objects.exists()


def test_a_sign_in_and_a_refusal_are_lines(db, client):
    person = AgentFactory()
    client.post("/gestion/login/", {"username": person.email, "password": "non"})
    client.post("/gestion/login/", {"username": person.email.upper(), "password": PASSWORD})
    assert list(AuditEntry.objects.order_by("pk").values_list("action", "user")) == [
        ("sign-in-refused", person.pk),
        ("signed-in", person.pk),
    ]


def test_a_refusal_keeps_nothing_that_was_typed(db, client):
    client.post("/gestion/login/", {"username": "inconnu@exemple.ma", "password": "mon-secret"})
    line = AuditEntry.objects.get()
    assert line.user is None
    assert "inconnu" not in str(line.__dict__)


# --- Nobody changes it


@pytest.mark.parametrize("change", ["save", "delete", "update", "delete all", "bulk update"])
def test_a_line_cannot_be_changed_by_the_code(db, change):
    line = entry()
    ways = {
        "save": line.save,
        "delete": line.delete,
        "update": lambda: AuditEntry.objects.update(reference="autre"),
        "delete all": lambda: AuditEntry.objects.all().delete(),
        "bulk update": lambda: AuditEntry.objects.bulk_update([line], ["reference"]),
    }
    with pytest.raises(AuditIsFinal):
        ways[change]()


@pytest.mark.parametrize(
    "statement", ["UPDATE accounts_auditentry SET reference = 'autre'", "DELETE FROM accounts_auditentry"]
)
def test_postgresql_refuses_to_change_a_line(db, statement):
    entry()
    with (
        pytest.raises(DatabaseError, match="written once"),
        transaction.atomic(),
        connection.cursor() as cursor,
    ):
        cursor.execute(statement)
    assert AuditEntry.objects.get().reference == "123"


@pytest.mark.parametrize("page", ["add/", "{}/delete/", "{}/change/"])
def test_the_site_offers_no_way_to_change_it(administrator, page):
    line = entry()
    answer = signed_in(administrator).post(LOG + page.format(line.pk), {"reference": "autre", "post": "yes"})
    assert answer.status_code == 403
    assert AuditEntry.objects.get().reference == "123"


# --- Who reads it


def test_without_the_permission_the_log_is_closed(staff):
    assert staff.get(LOG).status_code == 403


def test_who_may_read_it_sees_the_desks_they_work_for_and_what_colleagues_did(desk, agent):
    other = DeskFactory()
    auditor = AgentFactory(desks=[desk], permissions=READS_THE_LOG)
    ours, sign_in = entry(desk=desk), entry(user=agent)
    entry(desk=other)
    entry(user=AgentFactory(desks=[other]))
    entry(user=None)
    assert lines(signed_in(auditor)) == [sign_in, ours]


def test_it_is_filtered_by_person_action_and_case(administrator, agent):
    mine, other = entry(user=agent), entry(action=audit.Action.CASE_OPENED, about=agent)
    staff = signed_in(administrator)
    assert lines(staff, f"?compte={agent.pk}") == [mine]
    assert lines(staff, "?action__exact=case-opened") == [other]
    assert lines(staff, f"?object_type=accounts.user&object_id={agent.pk}") == [other]
    assert lines(staff, "?compte=99999999999999999999") == []


def test_it_pages_by_key_at_a_constant_price(administrator, desk):
    staff = signed_in(administrator)

    def cost() -> int:
        with CaptureQueriesContext(connection) as queries:
            staff.get(LOG)
        return len(queries)

    entry(user=AgentFactory(), desk=desk)
    staff.get(LOG)
    few = cost()
    for _each in range(60):
        entry(user=AgentFactory(), desk=DeskFactory(procedure=False))
    assert cost() == few
    first = staff.get(LOG).context["cl"]
    assert len(first.result_list) + len(lines(staff, first.older_url)) == 61


def test_a_line_shows_whole(administrator, desk):
    complaint = ComplaintFactory(desk=desk)
    line = entry(about=complaint, reference=complaint.number, details={"rows": 12})
    page = signed_in(administrator).get(f"{LOG}{line.pk}/change/").content.decode()
    assert complaint.number in page
    assert Complaint.objects.count() == 1
