"""SMS over a real HTTP gateway, within their budget."""

from __future__ import annotations

import base64
import json
import threading
from datetime import timedelta
from urllib.parse import parse_qs

import pytest
from django.core.exceptions import ImproperlyConfigured
from django.db import connection
from django.utils import timezone

from claims_portal.notifications.checks import sms_backend_works
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import deliver, sweep
from claims_portal.notifications.sms import HttpJsonBackend
from tests.factories.notifications import SmsFactory

from .servers import Gateway

pytestmark = pytest.mark.django_db


def after_sweep(message: Message) -> Message:
    sweep()
    message.refresh_from_db()
    return message


def test_the_gateway_receives_the_json_it_wants(gateway: Gateway) -> None:
    message = SmsFactory(recipient="+212661234567", body_text='Votre dossier « {to} » "avance".')
    assert after_sweep(message).state == Message.State.SENT
    ((path, headers, body),) = gateway.requests
    assert path == "/sms"
    assert headers["Authorization"] == "Bearer secret"
    assert json.loads(body) == {
        "from": "Portail",
        "messages": [{"to": "+212661234567", "text": 'Votre dossier « {to} » "avance".'}],
        "id": str(message.pk),
        "flash": False,
    }


def test_a_twilio_compatible_gateway_receives_a_form(gateway: Gateway, settings) -> None:
    settings.SMS_BACKEND = "claims_portal.notifications.sms.TwilioCompatibleBackend"
    settings.SMS_GATEWAY = {"url": gateway.url, "account": "AC1", "token": "t", "sender": "+33700000000"}
    assert after_sweep(SmsFactory(recipient="+33612345678", body_text="Reçu & noté")).state == Message.State.SENT
    ((_path, headers, body),) = gateway.requests
    assert headers["Authorization"] == "Basic " + base64.b64encode(b"AC1:t").decode()
    assert parse_qs(body.decode()) == {"To": ["+33612345678"], "From": ["+33700000000"], "Body": ["Reçu & noté"]}


def test_the_demonstration_sends_nothing_and_the_row_is_the_message(settings) -> None:
    settings.SMS_BACKEND = "claims_portal.notifications.sms.OutboxOnlyBackend"
    assert after_sweep(SmsFactory()).state == Message.State.SENT


@pytest.mark.parametrize("status", [400, 403, 404, 422])
def test_a_refusal_of_the_gateway_is_final(gateway: Gateway, status: int) -> None:
    gateway.statuses = [status]
    message = after_sweep(SmsFactory())
    assert message.state == Message.State.FAILED
    assert str(status) in message.last_error


@pytest.mark.parametrize("status", [302, 307, 401, 408, 429, 500, 503])
def test_a_trouble_of_the_gateway_is_tried_again_and_no_redirect_is_followed(gateway: Gateway, status: int) -> None:
    gateway.statuses = [status]
    assert after_sweep(SmsFactory()).state == Message.State.RETRY
    assert [path for path, _headers, _body in gateway.requests] == ["/sms"]


def test_a_gateway_that_is_away_is_tried_again(gateway: Gateway) -> None:
    gateway.stop()
    assert after_sweep(SmsFactory()).state == Message.State.RETRY


@pytest.mark.parametrize(
    "number",
    [
        "0661234567",
        "+212661234567;+212661234568",
        "+212661234567\n",
        "+٢١٢٦٦١٢٣٤٥٦٧",
        "+14155552671",  # country not allowed
        "+33899123456",  # premium rate
        "+212522200000",  # a fixed line
        "+2126",
    ],
)
def test_an_sms_goes_only_to_one_mobile_of_an_allowed_country(gateway: Gateway, number: str) -> None:
    assert after_sweep(SmsFactory(recipient=number)).state == Message.State.FAILED
    assert gateway.requests == []


def test_a_number_has_its_daily_budget(gateway: Gateway, settings, caplog) -> None:
    settings.SMS_PER_NUMBER_PER_DAY = 2
    for _each in range(3):
        SmsFactory(recipient="+212661234567")
    SmsFactory(recipient="+212661234568")
    sweep()
    assert len(gateway.requests) == 3
    waiting = Message.objects.exclude(state=Message.State.SENT).get()
    assert waiting.state == Message.State.QUEUED
    assert waiting.next_try_at > timezone.now()
    assert "sms_budget_spent" in caplog.text
    assert "212661234567" not in caplog.text


def test_everybody_together_has_a_daily_budget(gateway: Gateway, settings) -> None:
    settings.SMS_PER_DAY = 2
    SmsFactory.create_batch(4)
    sweep()
    assert len(gateway.requests) == 2
    assert Message.objects.filter(state=Message.State.QUEUED, next_try_at__gt=timezone.now()).count() == 2


def test_a_retry_is_not_counted_twice(gateway: Gateway, settings) -> None:
    settings.SMS_PER_NUMBER_PER_DAY, settings.OUTBOX_RETRY_SECONDS = 1, 0
    gateway.statuses = [500, 500]
    assert after_sweep(SmsFactory()).state == Message.State.SENT
    assert len(gateway.requests) == 3


@pytest.mark.django_db(transaction=True)
def test_the_budget_holds_when_workers_send_at_once(gateway: Gateway, settings) -> None:
    settings.SMS_PER_NUMBER_PER_DAY = 3
    messages = [SmsFactory(recipient="+212661234567") for _each in range(8)]

    def work(message_id: int) -> None:
        deliver(message_id=message_id)
        connection.close()

    threads = [threading.Thread(target=work, args=(message.pk,)) for message in messages]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert len(gateway.requests) == 3


@pytest.mark.parametrize("url", ["http://sms.example.org/send", "http://localhost/send", "ftp://127.0.0.1/", ""])
def test_texts_never_travel_in_clear(settings, url: str) -> None:
    settings.SMS_BACKEND = "claims_portal.notifications.sms.HttpJsonBackend"
    settings.SMS_GATEWAY = {"url": url, "json": {"to": "{to}"}}
    with pytest.raises(ImproperlyConfigured):
        HttpJsonBackend()
    assert [error.id for error in sms_backend_works()] == ["notifications.E001"]


def test_a_wrong_configuration_loses_no_sms(settings) -> None:
    settings.SMS_BACKEND = "claims_portal.notifications.sms.HttpJsonBackend"
    settings.SMS_GATEWAY = {}
    message = after_sweep(SmsFactory())
    assert message.state == Message.State.RETRY
    assert message.next_try_at < timezone.now() + timedelta(minutes=1)
