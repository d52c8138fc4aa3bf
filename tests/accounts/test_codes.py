"""Codes by SMS: right once, wrong a few times, late never."""

from __future__ import annotations

import re
from datetime import timedelta
from uuid import UUID, uuid4

import pytest
import time_machine
from django.utils import timezone

from claims_portal.accounts.codes import MINUTES, TRIES, CodeUnusable, CodeWrong, prune_codes, send_code, use_code
from claims_portal.accounts.models import OneTimeCode
from claims_portal.accounts.throttles import LimitReached
from claims_portal.notifications.models import Message

pytestmark = pytest.mark.django_db

MOBILE = "+212612345678"


def send(subject: str = "account:1", *, address: str = "192.0.2.1", mobile: str = MOBILE) -> tuple[UUID, str]:
    request_id = send_code(purpose="test", subject=subject, mobile=mobile, language="fr", address=address)
    found = re.search(r"\d{6}", Message.objects.latest("pk").body_text)
    assert found
    return request_id, found[0]


def use(request_id: UUID | None, code: str, *, purpose: str = "test", subject: str = "account:1") -> None:
    use_code(request_id=request_id, purpose=purpose, subject=subject, code=code)


def other_than(code: str) -> str:
    return f"{(int(code) + 1) % 1_000_000:06d}"


def test_the_right_code_serves_once():
    request_id, code = send()
    use(request_id, code)
    with pytest.raises(CodeUnusable):
        use(request_id, code)


def test_only_a_hash_of_the_code_is_kept():
    request_id, code = send()
    assert code not in str(OneTimeCode.objects.filter(pk=request_id).values())


def test_a_wrong_code_says_how_many_tries_are_left():
    request_id, code = send()
    with pytest.raises(CodeWrong) as refused:
        use(request_id, other_than(code))
    assert refused.value.left == TRIES - 1


def test_the_right_code_is_refused_after_too_many_wrong_ones():
    request_id, code = send()
    for _each in range(TRIES):
        with pytest.raises((CodeWrong, CodeUnusable)):
            use(request_id, other_than(code))
    with pytest.raises(CodeUnusable):
        use(request_id, code)


def test_a_late_code_is_refused():
    request_id, code = send()
    with time_machine.travel(timezone.now() + timedelta(minutes=MINUTES, seconds=1)), pytest.raises(CodeUnusable):
        use(request_id, code)


def test_a_newer_code_replaces_the_one_before():
    first, code = send()
    send()
    with pytest.raises(CodeUnusable):
        use(first, code)


@pytest.mark.parametrize("changed", [{"purpose": "other"}, {"subject": "account:2"}])
def test_a_code_opens_only_what_it_was_sent_for(changed):
    request_id, code = send()
    with pytest.raises(CodeUnusable):
        use(request_id, code, **changed)


@pytest.mark.parametrize("request_id", [None, uuid4()])
def test_a_code_without_its_request_opens_nothing(request_id):
    _real, code = send()
    with pytest.raises(CodeUnusable):
        use(request_id, code)


def test_no_more_than_three_codes_in_a_quarter_of_an_hour():
    for _each in range(3):
        send()
    with pytest.raises(LimitReached):
        send()


def test_no_more_than_ten_codes_a_day_to_a_number():
    for number in range(10):
        send(f"account:{number}", address=f"192.0.2.{number}")
    with pytest.raises(LimitReached):
        send("account:99", address="192.0.2.99")


def test_old_codes_are_deleted():
    send()
    with time_machine.travel(timezone.now() + timedelta(days=2)):
        assert prune_codes() == 1
