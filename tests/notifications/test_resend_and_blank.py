"""What staff may send again, and what is wiped."""

from __future__ import annotations

from datetime import timedelta

import pytest
from django.contrib.auth.models import Permission
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts.models import User
from claims_portal.notifications import tasks
from claims_portal.notifications.models import Message
from claims_portal.notifications.services import CannotResend, queue, resend, sweep
from tests.factories.notifications import MessageFactory

from .samples import Code
from .servers import SmtpServer

pytestmark = pytest.mark.django_db


def test_a_failed_message_leaves_again_with_all_its_tries(smtp: SmtpServer) -> None:
    message = MessageFactory(state=Message.State.FAILED, attempts=66, last_error="SMTP 451")
    assert resend(message=message).pk == message.pk
    sweep()
    message.refresh_from_db()
    assert (message.state, message.attempts) == (Message.State.SENT, 1)


def test_a_sent_message_is_copied_so_that_both_stay_visible(smtp: SmtpServer) -> None:
    message = MessageFactory(about="complaint:1")
    sweep()
    copy = resend(message=message)
    sweep()
    assert copy.pk != message.pk
    assert len({mail["Message-ID"] for mail in smtp.mails}) == 2
    assert Message.objects.about("complaint:1").count() == 2


def test_a_double_click_sends_again_once() -> None:
    message = MessageFactory(state=Message.State.SENT)
    assert resend(message=message).pk == resend(message=message).pk


def test_a_message_being_sent_is_left_to_its_worker() -> None:
    message = MessageFactory(state=Message.State.SENDING, claimed_until=timezone.now() + timedelta(minutes=1))
    assert resend(message=message).state == Message.State.SENDING


@pytest.mark.parametrize("fields", [{"body_text": "", "sensitive": True}, {"expires_at": timezone.now()}])
def test_a_code_that_is_over_cannot_be_sent_again(fields: dict) -> None:
    with pytest.raises(CannotResend):
        resend(message=MessageFactory(state=Message.State.FAILED, **fields))


def test_a_code_is_wiped_a_quarter_of_an_hour_after_it_left(smtp: SmtpServer) -> None:
    (message,) = queue(Code())
    sweep()
    tasks.blank()
    message.refresh_from_db()
    assert "482913" in message.body_text
    Message.objects.update(sent_at=timezone.now() - timedelta(minutes=16))
    tasks.blank()
    message.refresh_from_db()
    assert (message.body_text, message.body_html, message.is_blanked) == ("", "", True)


def test_a_code_that_never_left_is_wiped_too() -> None:
    message = MessageFactory(sensitive=True, state=Message.State.FAILED)
    Message.objects.update(created_at=timezone.now() - timedelta(minutes=16))
    tasks.blank()
    message.refresh_from_db()
    assert message.is_blanked


def test_an_ordinary_message_keeps_its_text() -> None:
    message = MessageFactory(state=Message.State.SENT, sent_at=timezone.now() - timedelta(days=9))
    tasks.blank()
    message.refresh_from_db()
    assert message.body_text


def agent(*permissions: str, is_superuser: bool = False) -> Client:
    user = User.objects.create_user("agent@example.org", is_staff=True, is_superuser=is_superuser)
    user.user_permissions.set(Permission.objects.filter(codename__in=permissions))
    client = Client()
    client.force_login(user, backend="django.contrib.auth.backends.ModelBackend")
    return client


def test_a_superuser_sees_failures_and_sends_them_again() -> None:
    message = MessageFactory(state=Message.State.FAILED, last_error="SMTP 550 5.1.1")
    client = agent(is_superuser=True)
    address = reverse("admin:notifications_message_changelist")
    page = client.get(address, {"state": "failed"})
    assert "SMTP 550 5.1.1" in page.content.decode()
    client.post(address, {"action": "resend", "_selected_action": [message.pk]})
    message.refresh_from_db()
    assert message.state == Message.State.QUEUED


def test_staff_without_the_right_cannot_send_again() -> None:
    message = MessageFactory(state=Message.State.FAILED)
    address = reverse("admin:notifications_message_changelist")
    agent("view_message").post(address, {"action": "resend", "_selected_action": [message.pk]})
    message.refresh_from_db()
    assert message.state == Message.State.FAILED


def test_nobody_reads_a_code() -> None:
    message = MessageFactory(sensitive=True, body_text="Votre code est 482913.")
    page = agent(is_superuser=True).get(reverse("admin:notifications_message_change", args=[message.pk]))
    assert page.status_code == 200
    assert "482913" not in page.content.decode()


def test_the_list_costs_the_same_for_one_message_and_for_fifty(django_assert_num_queries) -> None:
    client = agent(is_superuser=True)
    address = reverse("admin:notifications_message_changelist")
    MessageFactory()
    client.get(address)
    with CaptureQueriesContext(connection) as one:
        client.get(address)
    MessageFactory.create_batch(49)
    with django_assert_num_queries(len(one)):
        client.get(address)
