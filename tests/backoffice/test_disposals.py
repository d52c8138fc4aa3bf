"""Holds, archives and disposals as the staff sees them (F29, F30)."""

from __future__ import annotations

from datetime import timedelta

import pytest
import time_machine
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts.models import AuditEntry, User
from claims_portal.cases.kinds import kind_of
from claims_portal.cases.models import DisposalBatch
from claims_portal.cases.services import disposal, retention
from claims_portal.cases.services.holds import place_hold
from claims_portal.organisations.models import Desk
from complaints.models import Complaint
from complaints.roles import LIFE
from tests.factories.complaints import HANDLES, AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.deadlines import DelayFactory

from .conftest import signed_in

pytestmark = [pytest.mark.django_db, pytest.mark.req("F29")]


@pytest.fixture
def desk() -> Desk:
    delay = DelayFactory.create(amount=60, calendar_days=True)
    return DeskFactory.create(procedure__retention_delay=delay, procedure__archive_delay=delay)


@pytest.fixture
def old(desk: Desk) -> Complaint:
    with time_machine.travel(timezone.now() - timedelta(days=100)):
        return ComplaintFactory.create(desk=desk, state="closed", documents=1)


@pytest.fixture
def people(desk: Desk) -> list[User]:
    return AgentFactory.create_batch(2, desks=[desk], permissions=[*HANDLES, *LIFE])


def page(browser: Client, name: str, *arguments: object, status: int = 200) -> str:
    answer = browser.get(reverse(f"admin:{name}", args=arguments))
    assert answer.status_code == status
    return answer.content.decode()


def test_one_proposes_and_another_approves_in_the_pages(desk, old, people):
    first, second = map(signed_in, people)
    propose = reverse("admin:cases_disposalbatch_propose", args=["complaint", desk.code])
    shown = first.get(propose).content.decode()
    assert str(old) in shown
    assert "1 document," in shown
    first.post(propose, {"case": [old.pk]})
    batch = DisposalBatch.objects.get()
    assert "une autre personne habilitée doit l’approuver" in page(first, "cases_disposalbatch_change", batch.pk)
    decide = reverse("admin:cases_disposalbatch_decide", args=[batch.pk])
    first.post(decide, {"decision": "approve"})
    batch.refresh_from_db()
    assert batch.state == "proposed"
    assert str(desk) in page(second, "cases_disposalbatch_changelist")
    second.post(decide, {"decision": "approve"})
    assert disposal.carry_out_disposals() == 1
    assert "fichiers détruits cette nuit" in page(second, "cases_disposalbatch_change", batch.pk)
    assert AuditEntry.objects.get(action="disposal-approved").address


@pytest.mark.req("F30")
def test_the_page_of_an_erased_case_says_so(desk, old, people, staff_elsewhere):
    batch = disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=[old.pk], user=people[0])
    disposal.approve_disposal(batch_id=batch.pk, user=people[1])
    disposal.carry_out_disposals()
    shown = page(signed_in(people[0]), "complaints_complaint_change", old.pk)
    assert "Ce dossier a été supprimé le" in shown
    assert str(people[1]) in shown
    page(staff_elsewhere, "complaints_complaint_change", old.pk, status=404)
    assert (
        "Supprimé"
        in signed_in(people[0])
        .get(reverse("admin:complaints_complaint_changelist"), {"file": "toutes"})
        .content.decode()
    )


@pytest.fixture
def staff_elsewhere() -> Client:
    return signed_in(AgentFactory.create(desks=[DeskFactory.create()], permissions=[*HANDLES, *LIFE]))


def test_an_archived_case_is_closed_to_who_lacks_the_right(desk, old, people):
    retention.archive_closed_cases()
    agent = signed_in(AgentFactory.create(desks=[desk]))
    shown = page(agent, "complaints_complaint_change", old.pk)
    assert "archivé depuis le" in shown
    everything = agent.get(reverse("admin:complaints_complaint_changelist"), {"file": "toutes"}).content.decode()
    for text in (shown, everything):
        assert "El Amrani" not in text
    assert "El Amrani" in page(signed_in(people[0]), "complaints_complaint_change", old.pk)
    document = old.documents.get().pk
    page(agent, "complaints_complaint_document", old.pk, document, status=404)


def test_an_archived_case_is_not_found_by_name_without_the_right(desk, old, people):
    retention.archive_closed_cases()
    for person, found in ((AgentFactory.create(desks=[desk]), False), (people[0], True)):
        browser = signed_in(person)
        answer = browser.post(reverse("admin:complaints_complaint_search"), {"texte": "El Amrani"}, follow=True)
        assert (str(old) in answer.content.decode()) is found


def test_a_hold_is_placed_with_a_reason_and_shown(old, people):
    browser = signed_in(people[0])
    seen = old.events.order_by("pk").last().pk
    address = reverse("admin:complaints_complaint_hold", args=[old.pk])
    assert browser.post(address, {"seen": seen, "body": ""}).status_code == 422
    assert browser.post(address, {"seen": seen, "body": "Procès en cours."}).status_code == 302
    shown = page(browser, "complaints_complaint_change", old.pk)
    assert "Suppression interdite depuis le" in shown
    assert "Procès en cours." in shown
    assert 'data-action="release"' in shown
    assert 'data-action="hold"' not in shown
    assert 'data-action="erase"' not in shown


def test_a_case_that_is_proposed_says_so_and_the_second_person_sees_what_will_stay(desk, old, people):
    batch = disposal.propose_disposal(kind_of(Complaint), desk=desk, case_ids=[old.pk], user=people[0])
    shown = page(signed_in(people[0]), "complaints_complaint_change", old.pk)
    assert "Suppression proposée" in shown
    assert 'data-action="erase"' not in shown
    place_hold(Complaint, case_id=old.pk, user=people[0], body="Procès en cours.")
    shown = page(signed_in(people[1]), "cases_disposalbatch_change", batch.pk)
    assert "Suppression interdite : il restera" in shown.replace("\u00a0", " ")
    assert "0 document" not in shown


def test_what_is_about_the_end_of_cases_is_offered_to_few(desk, old, people):
    agent = signed_in(AgentFactory.create(desks=[desk]))
    shown = page(agent, "complaints_complaint_change", old.pk)
    assert not any(f'data-action="{name}"' in shown for name in ("hold", "release", "erase"))
    page(agent, "cases_disposalbatch_changelist", status=404)


def test_the_list_of_proposals_costs_the_same_whatever_it_holds(desk, people, django_assert_num_queries):
    browser = signed_in(people[0])
    address = reverse("admin:cases_disposalbatch_propose", args=["complaint", desk.code])
    browser.get(address)  # what a process reads once
    costs = []
    for number in range(2):
        with time_machine.travel(timezone.now() - timedelta(days=100 + number)):
            ComplaintFactory.create_batch(1 + number, desk=desk, state="closed", documents=number)
        with django_assert_num_queries(30, exact=False) as queries:
            browser.get(address)
        costs.append(len(queries))
    assert costs[0] == costs[1]
