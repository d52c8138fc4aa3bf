"""Rows that are written together are the rows that Django would have written."""

from __future__ import annotations

import pytest
from django.forms.models import model_to_dict

from claims_portal.inserts import insert_together, insert_unless_there
from claims_portal.notifications.models import Message
from complaints.models import Dependant, Event, EventKind
from tests.factories.complaints import ComplaintFactory
from tests.factories.notifications import MessageFactory

pytestmark = pytest.mark.django_db


def test_rows_of_several_kinds_refer_to_one_another_and_take_two_round_trips(django_assert_num_queries):
    case = ComplaintFactory()
    event = Event(complaint=case, kind=EventKind.NOTE, at=case.opened_at, to_state=case.state, body="O’Malley : 100 %")
    people = [
        Dependant(complaint=case, first_name=name, last_name="Bennis", relation="child") for name in ("Ali", "Mina")
    ]
    with django_assert_num_queries(2):
        insert_together([*people, event])
    assert model_to_dict(Event.objects.get(pk=event.pk)) == model_to_dict(event)
    assert list(case.dependants.all()) == people
    event.refresh_from_db()
    assert event.body == "O’Malley : 100 %"
    with pytest.raises(TypeError, match="written once"):
        event.save()


def test_a_row_whose_unique_key_is_taken_is_left_out():
    first = MessageFactory.build(dedup_key="one")
    assert insert_unless_there([first])
    assert Message.objects.get().pk == first.pk
    assert not insert_unless_there([MessageFactory.build(dedup_key="one"), MessageFactory.build(dedup_key="two")])
    assert Message.objects.count() == 2
