"""What leaves to contacts that nobody proved, and what SMS may cost: beyond the limits messages wait, none is lost."""

from __future__ import annotations

import json
import logging
import re
from collections.abc import Callable, Iterator
from datetime import timedelta

import pytest
import time_machine
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import OperationalError
from django.test import Client
from django.urls import reverse
from django.utils import timezone

from claims_portal.accounts import budgets, throttles
from claims_portal.accounts.codes import send_code
from claims_portal.notifications import pacing, proofs
from claims_portal.notifications.checks import sms_leave
from claims_portal.notifications.models import ContactProof, Message
from claims_portal.notifications.services import resend, sweep
from complaints.models import Complaint
from complaints.services.following import reopen_complaint, withdraw_complaint
from complaints.services.handling import acknowledge_complaint, send_message
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.notifications import MessageFactory, SmsFactory

from .servers import Gateway, SmtpServer
from .test_resend_and_blank import agent

pytestmark = pytest.mark.django_db
State = Message.State
HER = "amina@exemple.ma"


@pytest.fixture(autouse=True)
def clock() -> Iterator[Callable[[timedelta], None]]:
    """Set the clock to the beginning of an hour and of a day: no window ends in the middle of a test."""
    noon = timezone.now().replace(hour=0, minute=0, second=1, microsecond=0) + timedelta(days=1)
    with time_machine.travel(noon) as traveller:
        yield traveller.shift


@pytest.fixture
def limits(settings) -> Callable[..., None]:
    """Set limits of an hour by name."""

    def set_limits(**tries: int) -> None:
        changed = {name.replace("_", "-"): (number, 3600) for name, number in tries.items()}
        settings.THROTTLES = settings.THROTTLES | changed

    return set_limits


def code_to(mobile: str) -> Message:
    send_code(purpose="sign-in", subject="account:1", mobile=mobile, language="fr", address="192.0.2.7")
    return Message.objects.latest("pk")


def of_case(complaint: Complaint, *states: str) -> list[str]:
    rows = Message.objects.about(f"complaint:{complaint.pk}").order_by("pk")
    return [row.notice for row in rows if row.state in states]


def test_a_case_closed_and_reopened_without_end_mails_its_contact_a_few_times(smtp: SmtpServer, limits, clock) -> None:
    limits(case_change=1000, notice_case=5)
    complaint = ComplaintFactory(complainant__email=HER, state="in-progress")
    for _turn in range(40):
        withdraw_complaint(complaint_id=complaint.pk)
        reopen_complaint(complaint_id=complaint.pk, reason="Encore.")
    sweep()
    assert len(smtp.mails) == 5
    assert of_case(complaint, State.QUEUED) == ["complaints.reopened"]
    assert len(of_case(complaint, State.MERGED)) == 82 - 5 - 1
    clock(timedelta(hours=1))
    sweep()
    assert len(smtp.mails) == 6
    assert of_case(complaint, State.QUEUED) == []


def test_what_the_law_asks_for_is_put_off_and_never_replaced(smtp: SmtpServer, limits, clock) -> None:
    limits(notice_case=1)
    complaint = ComplaintFactory(complainant__email=HER)
    acting = AgentFactory(desks=[complaint.desk])
    acknowledge_complaint(complaint_id=complaint.pk, user=acting)
    send_message(complaint_id=complaint.pk, user=acting, body="Bonjour.")
    send_message(complaint_id=complaint.pk, user=acting, body="Bonjour encore.")
    sweep()
    assert of_case(complaint, State.SENT) == ["complaints.receipt"]
    assert of_case(complaint, State.MERGED) == ["complaints.message"]
    for _hour in range(2):
        clock(timedelta(hours=1))
        sweep()
    assert of_case(complaint, State.SENT) == ["complaints.receipt", "complaints.acknowledged", "complaints.message"]


def test_many_cases_with_the_address_of_a_stranger_reach_it_slowly_and_every_receipt_arrives(
    smtp: SmtpServer, limits, clock
) -> None:
    limits(notice_recipient=4)
    desk = DeskFactory()
    for written in [HER, "AMINA@exemple.ma"] * 5:
        ComplaintFactory(desk=desk, complainant__email=written)
    ComplaintFactory(desk=desk, complainant__email="autre@exemple.ma")
    sweep()
    assert sorted(to.lower() for (to,) in smtp.recipients) == [HER] * 4 + ["autre@exemple.ma"]
    for _hour in range(2):
        clock(timedelta(hours=1))
        sweep()
    assert len(smtp.mails) == 11
    assert not Message.objects.exclude(state=State.SENT).exists()


def test_an_address_has_a_limit_a_day_too(smtp: SmtpServer, settings, clock) -> None:
    settings.THROTTLES = settings.THROTTLES | {"notice-recipient-day": (3, 24 * 3600)}
    MessageFactory.create_batch(5, recipient=HER, unproved=True)
    for _hour in range(3):
        sweep()
        clock(timedelta(hours=1))
    assert len(smtp.mails) == 3
    clock(timedelta(days=1))
    sweep()
    assert len(smtp.mails) == 5


def test_cases_filed_with_neighbouring_numbers_send_few_sms(gateway: Gateway, limits, clock) -> None:
    limits(sms_prefix=10)
    given = {"desk": DeskFactory(), "wants_sms": True, "complainant__email": ""}
    for number in range(30):
        ComplaintFactory(complainant__mobile=f"+2126612345{number:02d}", **given)
    elsewhere = ComplaintFactory(complainant__mobile="+33612345678", **given)
    sweep()
    assert len(gateway.requests) == 11
    assert of_case(elsewhere, State.SENT) == ["complaints.receipt"]
    for _hour in range(2):
        clock(timedelta(hours=1))
        sweep()
    assert len(gateway.requests) == 31


def test_what_waits_leaves_in_the_order_in_which_it_was_written(gateway: Gateway, limits, clock) -> None:
    limits(sms_prefix=2)
    waiting = [SmsFactory(unproved=True).pk for _number in range(5)]
    sweep()
    clock(timedelta(hours=1))
    waiting.append(SmsFactory(unproved=True).pk)
    sweep()
    clock(timedelta(hours=1))
    sweep()
    assert [json.loads(body)["id"] for _path, _headers, body in gateway.requests] == [str(key) for key in waiting]


def test_a_contact_is_proved_by_the_link_that_came_back_from_it(client: Client, smtp: SmtpServer, limits) -> None:
    limits(notice_recipient=2, notice_case=2)
    ComplaintFactory(complainant__email=HER)
    client.post("/reclamations/mes-reclamations/", {"email": HER})
    text = Message.objects.get(notice="complaints.mine").body_text
    link = re.search(r"/reclamations/mes-reclamations/[\w-]+/", text)
    assert link
    assert client.get(link[0]).status_code == 200
    assert not proofs.is_proved(HER)
    assert client.post(link[0]).status_code == 302
    assert proofs.is_proved("Amina@exemple.ma ")
    MessageFactory.create_batch(6, recipient=HER, about="complaint:1", unproved=True)
    sweep()
    assert len(smtp.mails) == 8


def test_a_proof_is_a_keyed_hash_and_ends(settings, clock) -> None:
    proofs.record_proof(HER)
    assert len(ContactProof.objects.get().mark) == 64
    clock(timedelta(days=settings.CONTACT_PROOF_DAYS, seconds=1))
    assert not proofs.is_proved(HER)
    assert proofs.prune_proofs() == 1


def test_messages_to_proved_contacts_and_to_staff_have_no_such_limits(smtp: SmtpServer, limits) -> None:
    limits(notice_recipient=0, notice_case=0)
    MessageFactory.create_batch(3, recipient=HER)
    sweep()
    assert len(smtp.mails) == 3


def test_codes_still_leave_when_the_budget_of_notices_is_used_up(gateway: Gateway, settings, clock) -> None:
    settings.SMS_PER_DAY = 2
    SmsFactory.create_batch(4, recipient="+212661234567")
    sweep()
    code = code_to("+212661234567")
    sweep()
    code.refresh_from_db()
    assert code.state == State.SENT
    assert len(gateway.requests) == 3
    waiting = Message.objects.filter(state=State.QUEUED)
    assert {row.last_error for row in waiting} == {"Le nombre de SMS permis par jour est atteint."}
    clock(timedelta(days=1))
    sweep()
    assert len(gateway.requests) == 5


def test_the_sms_of_strangers_to_a_number_stop_no_code_to_it(gateway: Gateway, settings) -> None:
    settings.SMS_PER_NUMBER_PER_DAY = 1
    SmsFactory.create_batch(3, recipient="+212661234567", unproved=True)
    sweep()
    code = code_to("+212661234567")
    sweep()
    code.refresh_from_db()
    assert code.state == State.SENT


def test_codes_have_a_budget_too_and_none_leaves_beyond_it(gateway: Gateway, settings, caplog) -> None:
    settings.SMS_CODES_PER_DAY = 1
    first, second = code_to("+212661234567"), code_to("+212661234568")
    sweep()
    first.refresh_from_db()
    second.refresh_from_db()
    assert {first.state, second.state} == {State.SENT, State.FAILED}
    assert len(gateway.requests) == 1
    assert "sms_budget_spent" in caplog.text


def alarms(caplog: pytest.LogCaptureFixture) -> list[tuple[str, int]]:
    said = [record.msg for record in caplog.records if record.levelno == logging.ERROR and isinstance(record.msg, dict)]
    return [(line["budget"], line["percent"]) for line in said if line["event"] == "sms_budget_alarm"]


def test_an_alarm_is_logged_once_at_four_fifths_and_once_at_the_end(gateway: Gateway, settings, caplog) -> None:
    settings.SMS_PER_DAY, settings.SMS_CODES_PER_DAY = 5, 10
    SmsFactory.create_batch(8)
    sweep()
    assert alarms(caplog) == [("sms-notices", 80), ("sms-notices", 100)]


def test_codes_that_are_asked_for_raise_their_own_alarm(settings, caplog) -> None:
    settings.THROTTLES = settings.THROTTLES | {"code-budget": (2, 3600), "code-subject": (9, 900)}
    code_to("+212661234567")
    code_to("+212661234567")
    with pytest.raises(throttles.LimitReached):
        code_to("+212661234567")
    assert alarms(caplog) == [("code-budget", 100)]


@pytest.mark.parametrize(("sent", "said"), [(1, ""), (4, "bientôt épuisé"), (5, "Ce budget est épuisé.")])
def test_staff_read_the_use_of_the_budgets_above_the_outbox(settings, sent: int, said: str) -> None:
    settings.SMS_PER_DAY = 5
    for _sms in range(sent):
        budgets.spend(budgets.NOTICES)
    page = agent("view_message").get(reverse("admin:notifications_message_changelist")).content.decode()
    assert f"SMS d’information, par jour : {sent} sur 5 ({sent * 20} %)." in " ".join(page.split())
    assert ("épuisé" in page) == bool(said)
    assert said in page


def test_the_case_says_why_a_message_waits_and_until_when(client: Client, smtp: SmtpServer, limits) -> None:
    limits(notice_case=0)
    complaint = ComplaintFactory(complainant__email=HER)
    sweep()
    client.force_login(AgentFactory(desks=[complaint.desk]), backend="django.contrib.auth.backends.ModelBackend")
    page = client.get(f"/gestion/complaints/complaint/{complaint.pk}/").content.decode()
    assert "Trop de messages de ce dossier à ce contact, que personne n’a confirmé." in page
    assert "Envoi à partir du" in page


def test_resending_by_staff_passes_no_limit(smtp: SmtpServer, limits) -> None:
    limits(notice_recipient=1)
    sent, waiting = MessageFactory.create_batch(2, recipient=HER, unproved=True)
    sweep()
    resend(message=waiting)
    sent.refresh_from_db()
    resend(message=sent)
    sweep()
    assert len(smtp.mails) == 1


def test_a_message_that_waits_uses_up_neither_tries_nor_other_limits(smtp: SmtpServer, limits) -> None:
    limits(notice_case=0, notice_recipient=1)
    put_off = MessageFactory(recipient=HER, about="complaint:1", unproved=True)
    MessageFactory(recipient=HER, unproved=True)
    sweep()
    put_off.refresh_from_db()
    assert (put_off.state, put_off.attempts) == (State.QUEUED, 0)
    assert len(smtp.mails) == 1


def test_nothing_leaves_while_it_cannot_be_counted(gateway: Gateway, monkeypatch) -> None:
    message = SmsFactory()

    def broken(*_arguments: object, **_options: object) -> int:
        raise OperationalError

    with monkeypatch.context() as patch:
        patch.setattr(throttles, "count", broken)
        sweep()
    message.refresh_from_db()
    assert (message.state, message.counted, gateway.requests) == (State.RETRY, False, [])


def test_an_sms_that_failed_before_it_was_counted_is_counted_when_it_leaves(gateway: Gateway, settings) -> None:
    complete = settings.SMS_GATEWAY
    settings.SMS_GATEWAY, settings.OUTBOX_RETRY_SECONDS, settings.SMS_PER_DAY = {}, 0, 1
    SmsFactory.create_batch(2)
    sweep(seconds=0.2)
    settings.SMS_GATEWAY = complete
    sweep()
    assert len(gateway.requests) == 1


def test_without_a_gateway_no_sms_is_marked_as_sent_outside_a_demonstration(settings) -> None:
    settings.DEMO, settings.SMS_BACKEND = False, "claims_portal.notifications.sms.OutboxOnlyBackend"
    message = SmsFactory()
    sweep()
    message.refresh_from_db()
    assert message.state == State.RETRY
    assert message.last_error == "Aucune passerelle SMS n’est configurée."


def test_a_deployment_without_an_sms_gateway_fails_its_checks(settings) -> None:
    settings.DEMO, settings.SMS_BACKEND = False, "claims_portal.notifications.sms.OutboxOnlyBackend"
    with pytest.raises(SystemCheckError, match=r"notifications\.E002"):
        call_command("check", deploy=True)


def test_a_demonstration_needs_no_gateway(settings) -> None:
    settings.DEMO, settings.SMS_BACKEND = True, "claims_portal.notifications.sms.OutboxOnlyBackend"
    assert sms_leave() == []


def test_every_limit_of_a_message_has_its_setting(settings) -> None:
    sms = SmsFactory(recipient="+212661234567", about="complaint:1", unproved=True)
    scopes = [limit.scope for limit in pacing.limits_of(sms)]
    assert scopes == ["notice-case", "notice-recipient", "notice-recipient-day", "sms-prefix", "sms-number"]
    assert pacing.limits_of(sms)[3].subject == "+212661"


def test_an_answer_waits_and_arrives(smtp: SmtpServer, limits, clock) -> None:
    limits(notice_case=1)
    complaint = ComplaintFactory(complainant__email=HER, state="answered")
    for _hour in range(4):
        sweep()
        clock(timedelta(hours=1))
    assert "complaints.answered" in of_case(complaint, State.SENT)
