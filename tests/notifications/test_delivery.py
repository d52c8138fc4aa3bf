"""Never lost, and once: retries, leases, workers that race and workers that die."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
import threading
from datetime import UTC, datetime, timedelta

import pytest
import time_machine
from django.conf import settings as portal_settings
from django.db import connection
from django.utils import timezone

from claims_portal.notifications import services, tasks
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import deliver, sweep
from tests.factories.notifications import MessageFactory

from .servers import SmtpServer

NOON = datetime(2026, 3, 3, 12, tzinfo=UTC)


@pytest.mark.django_db
def test_a_temporary_refusal_is_tried_again_later(smtp: SmtpServer, settings) -> None:
    settings.OUTBOX_RETRY_SECONDS = 30
    smtp.answers["plein@example.org"] = ["451 4.2.2 mailbox full"]
    with time_machine.travel(NOON, tick=False) as clock:
        message = MessageFactory(recipient="plein@example.org")
        sweep()
        message.refresh_from_db()
        assert (message.state, message.last_error) == (Message.State.RETRY, "SMTP 451 4.2.2")
        assert timedelta(seconds=22) <= message.next_try_at - NOON <= timedelta(seconds=38)
        sweep()
        assert smtp.mails == []
        clock.shift(40)
        sweep()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (Message.State.SENT, 2, "")
    assert len(smtp.mails) == 1


@pytest.mark.django_db
def test_a_server_away_for_hours_gets_the_message_when_it_is_back(smtp: SmtpServer) -> None:
    smtp.stop()
    with time_machine.travel(NOON, tick=False) as clock:
        message = MessageFactory()
        first_id = message.message_id
        for _hour in range(6):
            sweep()
            clock.shift(5000)
        message.refresh_from_db()
        assert (message.state, message.attempts) == (Message.State.RETRY, 6)
        smtp.start()
        sweep()
    message.refresh_from_db()
    assert message.state == Message.State.SENT
    assert smtp.mails[0]["Message-ID"] == first_id


@pytest.mark.django_db
def test_waits_double_up_to_an_hour(settings) -> None:
    settings.OUTBOX_RETRY_SECONDS = 30
    waits = []
    with time_machine.travel(NOON, tick=False):
        for attempts in (1, 2, 3, 30):
            message = MessageFactory(attempts=attempts, claimed_until=NOON)
            services._try_later(message, "")
            message.refresh_from_db()
            waits.append((message.next_try_at - NOON).total_seconds())
    for wait, expected in zip(waits, (30, 60, 120, 3600), strict=True):
        assert expected * 0.75 <= wait <= expected * 1.25


@pytest.mark.django_db
def test_the_last_try_ends_as_failed_with_its_reason(smtp: SmtpServer, settings) -> None:
    settings.OUTBOX_MAX_ATTEMPTS, settings.OUTBOX_RETRY_SECONDS = 3, 0
    smtp.answers["plein@example.org"] = ["452 4.2.2 full"] * 9
    message = MessageFactory(recipient="plein@example.org")
    sweep()
    message.refresh_from_db()
    assert (message.state, message.attempts, message.last_error) == (Message.State.FAILED, 3, "SMTP 452 4.2.2")


@pytest.mark.django_db
def test_an_error_of_ours_in_one_message_lets_the_others_leave(smtp: SmtpServer, monkeypatch) -> None:
    broken, fine = MessageFactory(body_text="casse"), MessageFactory()
    real = services.Mailer.send

    def send(mailer: services.Mailer, message: Message) -> None:
        if message.body_text == "casse":
            raise KeyError("casse")
        real(mailer, message)

    monkeypatch.setattr(services.Mailer, "send", send)
    sweep()
    broken.refresh_from_db()
    fine.refresh_from_db()
    assert (broken.state, fine.state) == (Message.State.RETRY, Message.State.SENT)


@pytest.mark.django_db
def test_a_message_under_a_lease_is_left_alone_until_the_lease_ends(smtp: SmtpServer) -> None:
    message = MessageFactory(
        state=Message.State.SENDING, attempts=1, claimed_until=timezone.now() + timedelta(minutes=1)
    )
    sweep()
    deliver(message_id=message.pk)
    assert smtp.mails == []
    Message.objects.update(claimed_until=timezone.now() - timedelta(seconds=1))
    sweep()
    assert len(smtp.mails) == 1


@pytest.mark.django_db
def test_a_message_that_kills_its_workers_is_given_up_in_the_end(smtp: SmtpServer, settings) -> None:
    message = MessageFactory(
        state=Message.State.SENDING,
        attempts=settings.OUTBOX_MAX_ATTEMPTS,
        claimed_until=timezone.now() - timedelta(seconds=1),
    )
    sweep()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert smtp.mails == []


@pytest.mark.django_db
def test_a_worker_that_lost_its_lease_does_not_undo_what_another_did() -> None:
    message = MessageFactory(attempts=1, claimed_until=timezone.now())
    Message.objects.update(state=Message.State.SENT, claimed_until=None)
    services._try_later(message, "trop tard")
    message.refresh_from_db()
    assert message.state == Message.State.SENT


@pytest.mark.django_db
def test_a_delivered_message_is_not_sent_again_by_a_second_nudge(smtp: SmtpServer) -> None:
    message = MessageFactory()
    tasks.deliver([message.pk])
    tasks.deliver([message.pk])
    tasks.sweep()
    assert len(smtp.mails) == 1


@pytest.mark.django_db
def test_a_code_that_is_over_is_not_sent_any_more(smtp: SmtpServer) -> None:
    message = MessageFactory(expires_at=timezone.now() - timedelta(seconds=1))
    sweep()
    message.refresh_from_db()
    assert message.state == Message.State.FAILED
    assert smtp.mails == []


@pytest.mark.django_db
def test_a_sweep_stops_at_its_time(smtp: SmtpServer) -> None:
    MessageFactory()
    sweep(seconds=0)
    assert smtp.mails == []


@pytest.mark.django_db(transaction=True)
def test_nudges_and_sweeps_that_race_send_each_message_once(smtp: SmtpServer) -> None:
    messages = MessageFactory.create_batch(12)
    start = threading.Barrier(6)

    def nudged() -> None:
        start.wait()
        tasks.deliver([message.pk for message in messages])
        connection.close()

    def swept() -> None:
        start.wait()
        sweep()
        connection.close()

    threads = [threading.Thread(target=work) for work in (nudged, swept) * 3]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(smtp.mails) == 12
    assert len({mail["Message-ID"] for mail in smtp.mails}) == 12
    assert not Message.objects.exclude(state=Message.State.SENT).exists()


@pytest.mark.django_db(transaction=True)
def test_a_worker_killed_while_sending_loses_nothing(smtp: SmtpServer) -> None:
    message = MessageFactory()
    smtp.hold.set()
    code = "import django; django.setup(); from claims_portal.notifications.services import deliver;"
    code += f"deliver(message_id={message.pk})"
    database = os.environ["DATABASE_URL"].rsplit("/", 1)[0] + "/" + connection.settings_dict["NAME"]
    environment = os.environ | {"DATABASE_URL": database, "EMAIL_URL": f"smtp://127.0.0.1:{smtp.port}"}
    worker = subprocess.Popen([sys.executable, "-c", code], env=environment, cwd=portal_settings.BASE_DIR)
    try:
        assert smtp.holding.wait(30)
    finally:
        worker.send_signal(signal.SIGKILL)
        worker.wait()
    smtp.hold.clear()
    message.refresh_from_db()
    assert message.state == Message.State.SENDING
    sweep()
    assert smtp.mails == []
    with time_machine.travel(timezone.now() + timedelta(seconds=portal_settings.OUTBOX_LEASE_SECONDS + 1)):
        sweep()
        sweep()
    assert [mail["Message-ID"] for mail in smtp.mails] == [message.message_id]
