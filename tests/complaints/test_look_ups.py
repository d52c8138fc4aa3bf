"""Look-ups without an account: failures alone count, a stranger shuts nobody out, and odd inputs get a sentence."""

from __future__ import annotations

import re
from typing import Any
from uuid import uuid4

import pytest
from django.db import connection
from django.test import Client
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from claims_portal.accounts import human
from claims_portal.accounts.models import MailLink, Throttle
from claims_portal.notifications.models import Message
from complaints.models import Complaint, TrackingRequest
from complaints.references import new_number
from tests.factories.complaints import ComplaintFactory
from tests.factories.membership import MemberFactory
from tests.factories.wizards import DraftFactory

from .public import follow

pytestmark = pytest.mark.django_db
TRACK = "/reclamations/suivi/"


@pytest.fixture
def complaint() -> Complaint:
    return ComplaintFactory.create(complainant__email="amina@exemple.ma")


def limit(settings: Any, **limits: int) -> None:
    given = {scope.replace("_", "-"): (tries, 3600) for scope, tries in limits.items()}
    settings.THROTTLES = settings.THROTTLES | given


def fail(place: str, number: str) -> int:
    """Try a wrong contact from a place; gives the status."""
    return int(Client(REMOTE_ADDR=place).post(TRACK, {"number": number, "email": "x@exemple.ma"}).status_code)


def test_right_look_ups_never_count(client, complaint, settings):
    limit(settings, tracking_number=1, tracking_number_day=1, tracking_address=1)
    assert [follow(client, complaint).status_code for _ in range(4)] == [302] * 4


def test_honest_people_behind_one_address_do_not_stop_one_another(settings):
    limit(settings, tracking_address=2)
    cases = ComplaintFactory.create_batch(4)
    answers = [follow(Client(REMOTE_ADDR="41.250.1.1"), case) for case in cases]
    assert [answer.status_code for answer in answers] == [302] * 4


def test_a_form_that_names_no_case_counts_for_nothing(client, complaint, settings):
    limit(settings, tracking_address=0)
    assert client.post(TRACK, {"number": "12", "email": "x@exemple.ma"}).status_code == 200
    assert not Throttle.objects.exists()


def test_a_stranger_who_hammers_a_number_shuts_only_their_own_place_out(client, complaint, settings):
    limit(settings, tracking_number=3, tracking_number_day=4)
    assert [fail("41.250.1.1", complaint.number) for _ in range(9)] == [200] * 3 + [429] * 6
    assert follow(client, complaint).status_code == 302


def test_guessers_from_everywhere_are_bounded_and_the_refusal_shows_the_owners_way(client, complaint, settings):
    limit(settings, tracking_number_day=5)
    assert [fail(f"41.250.1.{place}", complaint.number) for place in range(7)] == [200] * 5 + [429] * 2
    answer = follow(client, complaint)
    assert answer.status_code == 429
    assert 0 < int(answer.headers["Retry-After"]) <= 3600
    assert reverse("complaints:mine") in answer.content.decode()
    assert client.post(reverse("complaints:mine"), {"email": "amina@exemple.ma"}).status_code == 200


def test_a_number_that_does_not_exist_is_refused_like_one_that_does(complaint, settings):
    limit(settings, tracking_number=2)
    for number in (complaint.number, new_number()):
        assert [fail("41.250.1.1", number) for _ in range(3)] == [200, 200, 429]


def test_a_code_that_is_right_is_confirmed_however_many_wrong_ones_were_tried(client, complaint, settings):
    limit(settings, verify_address=1)
    wrong = reverse("complaints:verify", args=["x" * 22])
    assert [client.get(wrong).status_code for _ in range(3)] == [404, 429, 429]
    right = reverse("complaints:verify", args=[complaint.verification_code])
    assert [client.get(right).status_code for _ in range(3)] == [200] * 3


ODD = ["\x00", "4829\x001350 7264", "9" * 10_000, "²" * 12, "\ud800", "\u202e48", "٤" * 5000, "'; --", "NaN"]


@pytest.mark.parametrize("typed", ODD)
@pytest.mark.parametrize(
    ("page", "field"),
    [
        ("complaints:track", "number"),
        ("complaints:track", "email"),
        ("complaints:track", "mobile"),
        ("complaints:mine", "email"),
        ("complaints:online-tracking", "number"),
        ("complaints:online-tracking", "email"),
        ("complaints:online-tracking", "desk"),
        ("my-data", "email"),
        ("my-data", "organisation"),
        ("my-data", "form_id"),
    ],
)
def test_odd_inputs_are_refused_with_a_sentence(client, complaint, page, field, typed):
    given = {"number": complaint.number, "email": "x@exemple.ma", "desk": complaint.desk.code}
    answer = client.post(reverse(page), given | {field: typed.encode("utf-8", "replace").decode()})
    assert answer.status_code == 200


@pytest.mark.parametrize("odd", ["%00", "9" * 3000, "%F0%9F%98%80", "%E2%80%AE", "x%00y" * 9])
@pytest.mark.parametrize(
    "address",
    [
        "/reclamations/suivi/{}/",
        "/reclamations/verification/{}/",
        "/reclamations/mes-reclamations/{}/",
        "/reclamations/depot/{}/faits/",
        "/brouillons/reprendre/{}/",
        "/brouillons/{}/plus-tard/",
        "/reclamations/{}/",
    ],
)
def test_an_odd_address_is_a_page_that_does_not_exist(client, address, odd):
    assert client.get(address.format(odd)).status_code == 404


# --- Nothing tells who is known ------------------------------------------------------------------------------------


def statements(client: Client, address: str, given: dict[str, Any]) -> list[str]:
    """Return the statements of a POST without their values and the names of savepoints, in their order."""
    with CaptureQueriesContext(connection) as captured:
        assert client.post(address, given).status_code == 200
    return [re.sub(r"'[^']*'|\b\d+\b|\"s\d+_x\d+\"", "?", query["sql"]) for query in captured.captured_queries]


def compared(address: str, known: dict[str, Any], unknown: dict[str, Any]) -> tuple[list[str], list[str]]:
    """Return the statements for a known and for an unknown person, once what a process keeps is there."""
    client = Client()
    client.post(address, unknown)
    return statements(client, address, known), statements(client, address, unknown)


def test_asking_for_ones_cases_costs_the_same_for_an_unknown_address(complaint):
    known, unknown = compared(reverse("complaints:mine"), {"email": "amina@exemple.ma"}, {"email": "nullee@exemple.ma"})
    writes = [sql for sql in unknown if sql.startswith("INSERT")]
    assert len([sql for sql in writes if "notifications_message" in sql]) == 1
    ends = ("RELEASE", "ROLLBACK")  # of the message, which is undone for an unknown address
    assert [sql for sql in known if not sql.startswith(ends)] == [sql for sql in unknown if not sql.startswith(ends)]
    sent = Message.objects.filter(notice="complaints.mine")
    assert [message.recipient for message in sent] == ["amina@exemple.ma"]
    assert MailLink.objects.filter(subject="amina@exemple.ma").count() == 1
    assert not MailLink.objects.filter(subject="nullee@exemple.ma").exists()


def test_a_forgotten_password_costs_the_same_for_a_number_that_nobody_has(settings):
    settings.PATIENCE_SECONDS = 0
    member = MemberFactory.create(activated=True)
    asked = {"policy": member.policy.number, "number": member.number, "cin": member.cin, "person": "on"}

    def ask(**changes: str) -> list[str]:
        client = Client()
        page = client.get(reverse("membership:forgotten"))
        given = asked | {"waiting": page.context["waiting"]} | changes
        return statements(client, reverse("membership:forgotten"), given)

    ask(cin="ZZ000000")
    known, wrong = ask(), ask(cin="ZZ000000")
    ends = ("RELEASE", "ROLLBACK")
    assert [sql for sql in known if not sql.startswith(ends)] == [sql for sql in wrong if not sql.startswith(ends)]
    assert Message.objects.count() == 1


def test_a_wrong_contact_costs_the_same_as_an_unknown_number(complaint):
    known, unknown = compared(
        reverse("complaints:track"),
        {"number": complaint.number, "email": "x@exemple.ma"},
        {"number": new_number(), "email": "x@exemple.ma"},
    )
    assert known == unknown


def test_asking_to_follow_online_costs_the_same_for_an_unknown_number(complaint):
    given = {"desk": complaint.desk.code, "email": "nadia@exemple.ma"}
    known, unknown = compared(
        reverse("complaints:online-tracking"),
        given | {"number": complaint.number},
        given | {"number": new_number(), "email": "n@exemple.ma"},
    )
    assert known == unknown
    assert TrackingRequest.objects.count() == 2


def test_a_stranger_who_asks_for_many_links_leaves_the_owner_a_true_sentence(client, complaint, settings):
    limit(settings, link_recipient=1)
    pages = []
    for email in ("amina@exemple.ma", "nullee@exemple.ma"):
        client.post(reverse("complaints:mine"), {"email": email})
        answer = client.post(reverse("complaints:mine"), {"email": email})
        assert answer.status_code == 429
        pages.append(answer.context["form"].errors["email"])
    assert pages[0] == pages[1]
    assert "Ceux déjà reçus et non utilisés restent valables" in pages[0][0]


def ask_other_message(client: Client, complaint: Complaint, kind: str) -> bool:
    """Have a message of another kind sent to the owner of the case; gives whether the limit let it pass."""
    given = {"email": "amina@exemple.ma"}
    if kind == "online-tracking":
        given |= {"desk": complaint.desk.code, "number": new_number()}
        answer = client.post(reverse("complaints:online-tracking"), given)
    elif kind == "rights":
        form_id = str(uuid4())
        given |= {"form_id": form_id, "waiting": human.patience(form_id), "name": "A", "details": "B"}
        given |= {"organisation": complaint.desk.organisation.code, "kind": "rectification"}
        answer = client.post(reverse("my-data"), given)
    else:
        draft = DraftFactory.create()
        session = client.session
        session["drafts"] = [str(draft.pk)]
        session.save()
        answer = client.post(reverse("later", args=[draft.pk]), given)
    assert answer.status_code in (200, 302, 429)
    return answer.status_code != 429


@pytest.mark.parametrize("other", ["online-tracking", "rights", "resume"])
def test_links_of_another_kind_sent_to_the_owner_leave_them_the_link_to_their_cases(complaint, settings, other: str):
    settings.PATIENCE_SECONDS = 0
    limit(settings, link_recipient=1)
    stranger = Client(REMOTE_ADDR="41.250.9.9")
    answers = [ask_other_message(stranger, complaint, other) for _ in range(2)]
    assert answers == [True, False]
    assert Client().post(reverse("complaints:mine"), {"email": "amina@exemple.ma"}).status_code == 200
