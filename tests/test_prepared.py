"""Queries that are written once read what the queryset itself would read."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.db import DataError, connection, transaction
from django.db.models import Value
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict
from django.utils import timezone

from claims_portal.accounts.sessions import SessionStore
from claims_portal.prepared import Prepared
from claims_portal.wizards.models import Draft, draft_for_update, live_draft
from complaints import reads
from complaints.models import Complaint, Event
from tests.factories.complaints import ComplaintFactory, DeskFactory

pytestmark = pytest.mark.django_db


def test_a_prepared_query_gives_the_objects_of_its_queryset_with_their_relations(django_assert_num_queries):
    cases = [ComplaintFactory(), ComplaintFactory(complainant__mobile="+212661234567")]
    for case in cases:
        expected = Complaint.objects.for_complainant().get(pk=case.pk)
        with django_assert_num_queries(1):
            found = reads.case_of_number.first(number=case.number)
            assert model_to_dict(found) == model_to_dict(expected)
            assert model_to_dict(found.complainant) == model_to_dict(expected.complainant)
            assert (found.desk.organisation, found.category) == (expected.desk.organisation, expected.category)


def test_a_prepared_query_keeps_the_order_and_finds_nothing_for_an_unknown_value():
    case = ComplaintFactory(messages=3)
    assert reads.events_of.rows(case=case.pk) == list(case.events.order_by("-at", "-pk"))
    assert reads.case_of_draft.first(draft=uuid.uuid4()) is None


def test_a_prepared_query_of_values_gives_tuples_even_of_two_tables_together():
    day = date(2026, 8, 14)
    case, other = ComplaintFactory(facts__event_date=day), ComplaintFactory()

    def told(number: str, until: date) -> Any:
        cases = Complaint.objects.filter(number=number, event_date__lte=until).values_list("pk", "event_date")
        return cases.union(Event.objects.filter(complaint=other).annotate(day=Value(day)).values_list("pk", "day"))

    prepared: Prepared[Any] = Prepared(told, number=str, until=date)
    for until in (day, day - timedelta(days=1)):
        expected = list(told(case.number, until))
        assert sorted(prepared.rows(number=case.number, until=until)) == sorted(expected)


@pytest.mark.parametrize("pooled", [False, True])
def test_a_prepared_query_takes_any_number_of_keys_whether_plans_are_kept_or_not(monkeypatch, pooled):
    monkeypatch.setitem(connection.settings_dict, "DISABLE_SERVER_SIDE_CURSORS", pooled)
    cases = [ComplaintFactory(messages=1), ComplaintFactory(messages=2), ComplaintFactory(messages=3)]
    events_among: Prepared[Event] = Prepared(lambda keys: Event.objects.filter(complaint__among=keys), keys=list)
    for several in (cases, cases[:2], []):
        assert events_among.rows(keys=[each.pk for each in several]) == list(
            Event.objects.filter(complaint__in=several)
        )


def test_a_plan_given_by_a_statement_that_failed_is_given_again():
    case = ComplaintFactory()
    cases: Prepared[Complaint] = Prepared(lambda key: Complaint.objects.filter(pk=key), key=int)
    with pytest.raises(DataError), transaction.atomic():
        cases.rows(key=2**70)
    assert cases.first(key=case.pk) == case


def test_each_reading_of_a_draft_has_its_own_moment():
    draft = Draft.objects.create(wizard="complaint", desk=DeskFactory())
    assert live_draft.first(pk=draft.pk, now=timezone.now()) == draft
    assert live_draft.first(pk=draft.pk, now=draft.expires_at) is None


@pytest.mark.django_db(transaction=True)
def test_a_prepared_lock_is_refused_outside_a_transaction():
    draft = Draft.objects.create(wizard="complaint", desk=DeskFactory())
    with transaction.atomic():
        assert draft_for_update.first(pk=draft.pk) == draft
    with pytest.raises(TransactionManagementError):
        draft_for_update.first(pk=draft.pk)


@pytest.mark.django_db(transaction=True)
def test_a_session_is_read_again_over_a_new_connection_when_the_kept_one_is_dead():
    store = SessionStore()
    store["drafts"] = ["one"]
    store.save()
    with connection.cursor() as cursor:
        cursor.execute("SELECT pg_backend_pid()")
        process = cursor.fetchone()[0]
    other = connection.copy()
    with other.cursor() as cursor:
        cursor.execute("SELECT pg_terminate_backend(%s)", [process])
    other.close()
    connection.health_check_done = False  # as at the start of a request
    assert SessionStore(store.session_key)["drafts"] == ["one"]
