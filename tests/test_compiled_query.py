"""A compiled query reads what its queryset reads, with the SQL kept or not."""

from __future__ import annotations

import uuid
from datetime import date, timedelta
from typing import Any

import pytest
from django.core.checks import run_checks
from django.db import transaction
from django.db.models import F, Value
from django.db.models import query as django_query
from django.db.transaction import TransactionManagementError
from django.forms.models import model_to_dict
from django.utils import timezone

from claims_portal.compiled_query import CompiledQuery, ParameterNotFoundError
from claims_portal.wizards.models import Draft, draft_for_update, live_draft
from complaints.models import Complaint, Event
from complaints.views.filing import complaint_of_draft
from complaints.views.tracking import complaint_by_number, newest_public_events
from tests.factories.complaints import ComplaintFactory, DeskFactory

pytestmark = pytest.mark.django_db


@pytest.fixture(params=[True, False], ids=["kept", "plain"], autouse=True)
def compiled_queries(request, settings) -> bool:
    settings.COMPILED_QUERIES = request.param
    return bool(request.param)


def test_it_returns_the_objects_of_its_queryset_with_their_relations(django_assert_num_queries):
    complaints = [ComplaintFactory(), ComplaintFactory(complainant__mobile="+212661234567")]
    for complaint in complaints:
        expected = Complaint.objects.for_complainant().get(pk=complaint.pk)
        with django_assert_num_queries(1):
            found = complaint_by_number.first(number=complaint.number)
            assert model_to_dict(found) == model_to_dict(expected)
            assert model_to_dict(found.complainant) == model_to_dict(expected.complainant)
            assert (found.desk.organisation, found.category) == (expected.desk.organisation, expected.category)


def test_it_returns_annotations():
    complaint = ComplaintFactory()
    annotated: CompiledQuery[Any] = CompiledQuery(
        lambda number: Complaint.objects.annotate(copy=F("number")).filter(number=number), number=str
    )
    assert annotated.first(number=complaint.number).copy == complaint.number


def test_it_keeps_the_order_and_finds_nothing_for_an_unknown_value():
    complaint = ComplaintFactory(messages=3)
    assert newest_public_events.rows(complaint=complaint.pk) == list(complaint.events.order_by("-at", "-pk"))
    assert complaint_of_draft.first(draft=uuid.uuid4()) is None


def test_it_returns_tuples_for_values_of_a_union():
    day = date(2026, 8, 14)
    complaint, other = ComplaintFactory(facts__event_date=day), ComplaintFactory()

    def build_queryset(number: str, until: date) -> Any:
        dates = Complaint.objects.filter(number=number, event_date__lte=until).values_list("pk", "event_date")
        return dates.union(Event.objects.filter(case=other).annotate(day=Value(day)).values_list("pk", "day"))

    compiled: CompiledQuery[Any] = CompiledQuery(build_queryset, number=str, until=date)
    for until in (day, day - timedelta(days=1)):
        expected = list(build_queryset(complaint.number, until))
        assert sorted(compiled.rows(number=complaint.number, until=until)) == sorted(expected)


def test_it_takes_any_number_of_keys():
    complaints = [ComplaintFactory(messages=1), ComplaintFactory(messages=2), ComplaintFactory(messages=3)]
    events: CompiledQuery[Event] = CompiledQuery(lambda keys: Event.objects.filter(case__among=keys), keys=list)
    for some in (complaints, complaints[:2], []):
        found = events.rows(keys=[complaint.pk for complaint in some])
        assert found == list(Event.objects.filter(case__in=some))


def test_every_call_passes_its_own_moment():
    draft = Draft.objects.create(wizard="complaint", desk=DeskFactory())
    assert live_draft.first(pk=draft.pk, now=timezone.now()) == draft
    assert live_draft.first(pk=draft.pk, now=draft.expires_at) is None


@pytest.mark.django_db(transaction=True)
def test_a_lock_is_refused_outside_a_transaction():
    draft = Draft.objects.create(wizard="complaint", desk=DeskFactory())
    with transaction.atomic():
        assert draft_for_update.first(pk=draft.pk) == draft
    with pytest.raises(TransactionManagementError):
        draft_for_update.first(pk=draft.pk)


def test_the_sql_is_compiled_once_when_it_is_kept(compiled_queries):
    built: list[int] = []

    def build_queryset(key: int) -> Any:
        built.append(key)
        return Complaint.objects.filter(pk=key)

    compiled: CompiledQuery[Complaint] = CompiledQuery(build_queryset, key=int)
    for key in (1, 2, 3):
        compiled.first(key=key)
    assert len(built) == (1 if compiled_queries else 3)
    assert (built == [1, 2, 3]) is not compiled_queries


def test_a_value_that_is_no_parameter_of_the_sql_is_refused():
    doubled: CompiledQuery[Complaint] = CompiledQuery(lambda key: Complaint.objects.filter(pk=key + 1), key=int)
    with pytest.raises(ParameterNotFoundError, match="key"):
        doubled.compile()


def test_a_check_reports_a_django_that_moved_what_is_used(compiled_queries, monkeypatch):
    assert [problem for problem in run_checks() if problem.id == "claims_portal.E001"] == []
    monkeypatch.delattr(django_query, "get_related_populators")
    problems = [problem for problem in run_checks() if problem.id == "claims_portal.E001"]
    assert len(problems) == (1 if compiled_queries else 0)
    assert all("CompiledQuery does not work with Django" in problem.msg for problem in problems)
