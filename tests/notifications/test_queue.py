"""The row is the promise: written with its case, once, whatever the broker does."""

from __future__ import annotations

import json
import socket
import time

import pytest
import redis
from celery import Celery
from django.conf import settings as portal_settings
from django.db import connection, transaction
from django.db.transaction import TransactionManagementError

from claims_portal.local import free_port
from claims_portal.notifications import nudge as nudging
from claims_portal.notifications import services
from claims_portal.notifications.models import Message
from claims_portal.notifications.notices import Recipient
from claims_portal.notifications.services import queue
from tests.factories.notifications import MessageFactory

from .samples import Receipt
from .servers import SmtpServer


@pytest.fixture(autouse=True)
def _broker_forgiven(monkeypatch) -> None:
    monkeypatch.setattr(nudging, "_away_until", 0.0)


def use_broker(monkeypatch, port: int) -> None:
    """Nudge through another broker, with the portal's own patience."""
    app = Celery("elsewhere", broker=f"redis://127.0.0.1:{port}/0", set_as_current=False)
    app.conf.broker_transport_options = portal_settings.CELERY_BROKER_TRANSPORT_OPTIONS
    app.conf.task_publish_retry = False
    monkeypatch.setattr(nudging, "app", app)


@pytest.mark.django_db(transaction=True)
def test_a_message_cannot_be_queued_outside_a_transaction() -> None:
    with pytest.raises(TransactionManagementError):
        queue(Receipt())


@pytest.mark.django_db(transaction=True)
def test_a_case_that_is_rolled_back_takes_its_message_along() -> None:
    with pytest.raises(ZeroDivisionError), transaction.atomic():
        queue(Receipt())
        1 / 0  # noqa: B018
    assert not Message.objects.exists()


@pytest.mark.req("A10")
@pytest.mark.django_db
def test_the_same_notice_queued_twice_is_one_message() -> None:
    (first,) = queue(Receipt())
    (second,) = queue(Receipt())
    assert first.pk == second.pk
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_an_address_in_other_letters_is_the_same_recipient() -> None:
    queue(Receipt(Recipient(email="Amina@Example.org")))
    queue(Receipt(Recipient(email="amina@example.org ")))
    assert Message.objects.count() == 1


@pytest.mark.django_db
def test_queueing_costs_two_queries_for_any_number_of_recipients(django_assert_num_queries) -> None:
    with django_assert_num_queries(2):
        queue(Receipt(*(Recipient(email=f"p{n}@example.org", mobile=f"+2126612345{n:02d}") for n in range(20))))


@pytest.mark.django_db
def test_a_notice_for_nobody_writes_nothing(django_assert_num_queries) -> None:
    with django_assert_num_queries(0):
        assert queue(Receipt(Recipient())) == []


@pytest.mark.req("F18")
@pytest.mark.django_db
def test_a_case_lists_its_messages_in_one_query(django_assert_num_queries) -> None:
    queue(Receipt(Recipient(email="a@example.org", mobile="+212661234567"), number="12"))
    queue(Receipt(number="13"))
    with django_assert_num_queries(1):
        assert [message.channel for message in Message.objects.about("complaint:12")] == ["sms", "email"]


@pytest.mark.django_db(transaction=True)
def test_the_commit_nudges_the_workers_with_the_ids(monkeypatch) -> None:
    broker = redis.Redis.from_url(portal_settings.REDIS_URL)
    broker.delete("celery")
    with transaction.atomic():
        (message,) = queue(Receipt())
        assert broker.llen("celery") == 0
    task = json.loads(broker.blpop("celery", timeout=5)[1])
    assert task["headers"]["task"] == "notifications.deliver"
    assert task["headers"]["argsrepr"] == f"[[{message.pk}]]"


@pytest.mark.django_db(transaction=True)
def test_without_a_broker_nobody_waits_and_the_sweep_sends_once(monkeypatch, smtp: SmtpServer) -> None:
    use_broker(monkeypatch, free_port())
    start = time.monotonic()
    for number in range(20):
        with transaction.atomic():
            queue(Receipt(number=f"R-{number}"))
    assert time.monotonic() - start < 2
    services.sweep()
    services.sweep()
    assert len(smtp.mails) == 20


@pytest.mark.django_db(transaction=True)
def test_a_frozen_broker_keeps_nobody_waiting(monkeypatch) -> None:
    with socket.create_server(("127.0.0.1", 0)) as silent:
        use_broker(monkeypatch, silent.getsockname()[1])
        start = time.monotonic()
        with transaction.atomic():
            queue(Receipt())
        assert time.monotonic() - start < 0.5
    assert Message.objects.get().state == Message.State.QUEUED


def test_a_broker_that_is_away_is_left_alone_for_a_while(monkeypatch) -> None:
    use_broker(monkeypatch, free_port())
    nudging._publish([1])
    assert nudging._away_until > time.monotonic()
    submitted: list[object] = []
    monkeypatch.setattr(nudging._publisher, "submit", lambda *arguments: submitted.append(arguments))
    nudging.nudge([2])
    assert submitted == []


@pytest.mark.django_db
def test_what_is_due_is_found_by_its_index() -> None:
    MessageFactory.create_batch(300, state=Message.State.SENT)
    MessageFactory.create_batch(3)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE notifications_message")
        cursor.execute("SET LOCAL enable_seqscan = off")
    assert "outbox_due" in Message.objects.due()[:1].explain()
