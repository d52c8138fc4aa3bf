"""A message about a declaration or a claim that reached nobody: the desk sees it until somebody acts (F18)."""

from __future__ import annotations

from typing import Any

import pytest

from claims_portal.notifications.models import Message
from claims_portal.notifications.services import refuse
from health_claims.models import Claim, Declaration
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims import DeclarationFactory
from tests.factories.health_claims_claims import StatementFactory, give_reasons

pytestmark = [pytest.mark.django_db, pytest.mark.req("F18")]
LISTS = {Declaration: "/gestion/health_claims/declaration/", Claim: "/gestion/health_claims/claim/"}
SEES = ["health_claims.view_declaration", "health_claims.view_claim"]


def refused(case: Any) -> Message:
    """Return a message about the case, which came back."""
    message = Message.objects.about(case.message_key).latest("pk")
    Message.objects.filter(pk=message.pk).update(state="sent")
    assert refuse(message_id=message.message_id, reason="550 5.1.1")
    return message


@pytest.fixture(params=["declaration", "claim"])
def case(request: Any, db: None) -> Any:
    give_reasons()
    return DeclarationFactory.create() if request.param == "declaration" else StatementFactory.create().claim


def staff_of(case: Any, *permissions: str) -> Any:
    return signed_in(AgentFactory.create(desks=[case.desk], permissions=[*SEES, *permissions]))


def test_a_message_that_came_back_puts_the_file_in_a_queue_of_its_desk(case):
    staff, address = staff_of(case, "health_claims.handle"), f"{LISTS[type(case)]}?file=non-remis"
    assert case.number not in staff.get(address).content.decode()
    refused(case)
    assert case.number in staff.get(address).content.decode()


def test_the_page_of_the_file_says_that_a_message_reached_nobody(case):
    staff, page = staff_of(case, "health_claims.handle"), f"{LISTS[type(case)]}{case.pk}/"
    assert "Message non remis" not in staff.get(page).content.decode()
    message = refused(case)
    shown = staff.get(page)
    assert "Message non remis le" in shown.content.decode()
    [delivery] = [one for one in shown.context["deliveries"] if one["message"].pk == message.pk]
    assert delivery["message"].state == "refused"


def test_sending_the_message_again_takes_the_file_out_of_the_queue(case):
    message = refused(case)
    staff = staff_of(case, "health_claims.handle")
    assert staff.post(f"{LISTS[type(case)]}{case.pk}/messages/{message.pk}/").status_code == 302
    assert Message.objects.get(pk=message.pk).state == "queued"
    assert type(case).objects.get(pk=case.pk).undelivered_at is None


def test_who_only_sees_files_sends_no_message_again(case):
    message = refused(case)
    staff = staff_of(case)
    assert staff.post(f"{LISTS[type(case)]}{case.pk}/messages/{message.pk}/").status_code == 404
    assert Message.objects.get(pk=message.pk).state == "refused"
    assert type(case).objects.get(pk=case.pk).undelivered_at is not None


def test_the_message_of_another_file_is_not_found_under_this_one(case):
    message = refused(DeclarationFactory.create())
    staff = staff_of(case, "health_claims.handle")
    address = f"{LISTS[type(case)]}{case.pk}/messages/{message.pk}/"
    assert [staff.get(f"{address}copie/").status_code, staff.post(address).status_code] == [404, 404]


def test_the_exact_copy_of_a_message_is_read_without_its_recipient(case):
    message = refused(case)
    copy = staff_of(case).get(f"{LISTS[type(case)]}{case.pk}/messages/{message.pk}/copie/").content.decode()
    assert message.body_text.split("\n")[0][:20] in copy
    assert message.recipient not in copy


def test_an_agent_who_acts_has_seen_that_the_message_came_back(db):
    give_reasons()
    declaration = DeclarationFactory.create()
    refused(declaration)
    staff = staff_of(declaration, "health_claims.handle")
    seen = declaration.events.latest("pk").pk
    staff.post(f"{LISTS[Declaration]}{declaration.pk}/attribuer/", {"seen": seen})
    assert Declaration.objects.get(pk=declaration.pk).undelivered_at is None
