"""« Mes données »: asked in public, registered with its delay, answered by who may (rows D25–D27)."""

from __future__ import annotations

import io
import json
import uuid
import zipfile
from datetime import UTC, datetime

import pytest
import time_machine
from django.db import IntegrityError, transaction
from django.urls import reverse

from claims_portal.accounts import human
from claims_portal.accounts.models import AuditEntry
from claims_portal.cases.refusals import AlreadyDecided
from claims_portal.cases.services.exchange import add_note
from claims_portal.notifications.models import Message
from claims_portal.privacy.models import RightsRequest
from claims_portal.privacy.services import (
    IdentityUnchecked,
    answer_request,
    recount_open,
)
from complaints.models import Complaint
from complaints.roles import RIGHTS
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, ComplaintFactory, DeskFactory
from tests.factories.privacy import RightsDelayFactory, RightsRequestFactory

pytestmark = pytest.mark.django_db
PAGE = "/mes-donnees/"


@pytest.fixture
def officer():
    """Who answers, at a desk of the organisation that is asked."""
    return AgentFactory.create(desks=[DeskFactory.create()], permissions=[*RIGHTS, "complaints.see_contact"])


@pytest.fixture
def asked(officer):
    return RightsRequestFactory.create(organisation=officer.desks.get().organisation)


def send(client, asked_of, **changes):
    form_id = str(uuid.uuid4())
    typed = {
        "form_id": form_id,
        "waiting": human.patience(form_id),
        "organisation": asked_of.code,
        "kind": "rectification",
        "name": "El Amrani Amina",
        "email": "amina@exemple.ma",
        "details": "Mon prénom s’écrit Amina.",
    }
    return client.post(PAGE, typed | changes)


@pytest.mark.req("D25", "D26", "D27")
@pytest.mark.parametrize("kind", ["access", "rectification", "opposition", "erasure"])
def test_each_right_is_asked_without_an_account_and_acknowledged_with_a_number(client, settings, kind):
    settings.PATIENCE_SECONDS = 0
    rule = RightsDelayFactory.create(kind=kind)
    page = send(client, rule.organisation, kind=kind).content.decode()
    request = RightsRequest.objects.get()
    assert str(request) in page
    assert request.due_words in page
    message = Message.objects.get(about=f"rights-request:{request.pk}")
    assert message.recipient == "amina@exemple.ma"
    assert str(request).replace(" ", "\u00a0") in message.body_text
    for personal in ("Amrani", "Mon prénom"):
        assert personal not in message.body_text


def test_a_rectification_is_due_on_the_tenth_day_and_says_why():
    rule = RightsDelayFactory.create()
    with time_machine.travel(datetime(2026, 3, 3, 9, 0, tzinfo=UTC)):
        request = RightsRequestFactory.create(organisation=rule.organisation, kind="rectification", details="Amina")
    assert request.due_words == "vendredi 13 mars 2026"
    assert request.due_reason == "10 jours à compter du mardi 3 mars 2026"


def test_a_calendar_that_changes_moves_what_is_open():
    rule = RightsDelayFactory.create()
    request = RightsRequestFactory.create(organisation=rule.organisation, kind="rectification")
    RightsRequest.objects.update(due_at=request.received_at)
    assert [recount_open(calendar_id=rule.delay.calendar_id) for _ in range(2)] == [1, 0]
    assert RightsRequest.objects.get().due_at == request.due_at


def test_the_same_form_sent_twice_makes_one_request(client, settings):
    settings.PATIENCE_SECONDS = 0
    organisation = RightsDelayFactory.create().organisation
    form_id = str(uuid.uuid4())
    for _ in range(2):
        send(client, organisation, form_id=form_id, waiting=human.patience(form_id))
    assert RightsRequest.objects.count() == Message.objects.count() == 1


def test_a_machine_waits_and_keeps_what_it_typed(client, settings):
    settings.PATIENCE_SECONDS = 20
    page = send(client, RightsDelayFactory.create().organisation).content.decode()
    assert "Attendez encore" in page
    assert "Mon prénom s’écrit Amina." in page
    assert not RightsRequest.objects.exists()


@pytest.mark.parametrize(
    "changes", [{"email": ""}, {"details": ""}, {"organisation": "autre"}, {"kind": "tout"}, {"name": ""}]
)
def test_too_little_is_said_beside_the_field(client, settings, changes):
    settings.PATIENCE_SECONDS = 0
    page = send(client, RightsDelayFactory.create().organisation, **changes).content.decode()
    assert 'class="error"' in page
    assert not RightsRequest.objects.exists()


def test_requests_from_one_place_are_limited(client, settings):
    settings.PATIENCE_SECONDS = 0
    settings.THROTTLES = settings.THROTTLES | {"rights-address": (1, 3600)}
    organisation = RightsDelayFactory.create().organisation
    assert [send(client, organisation).status_code for _ in range(2)] == [200, 429]


def test_a_form_filled_badly_is_no_request_and_counts_for_nothing(client, settings):
    settings.PATIENCE_SECONDS = 0
    settings.THROTTLES = settings.THROTTLES | {"rights-address": (1, 3600)}
    organisation = RightsDelayFactory.create().organisation
    for _ in range(3):
        assert send(client, organisation, details="").status_code == 200
    assert send(client, organisation).status_code == 200
    assert RightsRequest.objects.count() == 1


# --- The register


def test_only_who_may_sees_the_requests_to_their_organisation(asked, officer):
    address = reverse("admin:privacy_rightsrequest_change", args=[asked.pk])
    elsewhere = AgentFactory.create(desks=[DeskFactory.create()], permissions=RIGHTS)
    agent = AgentFactory.create(desks=list(officer.desks.all()))
    assert signed_in(officer).get(address).status_code == 200
    assert signed_in(elsewhere).get(address).status_code == 404
    assert signed_in(agent).get(address).status_code == 404
    assert AuditEntry.objects.get(object_type="privacy.rightsrequest").action == "case-opened"
    auditor = AgentFactory.create(desks=list(officer.desks.all()), permissions=["privacy.view_rightsrequest"])
    for person, sees in ((officer, True), (auditor, False)):
        assert (asked.email in signed_in(person).get(address).content.decode()) is sees


@pytest.mark.parametrize(
    ("typed", "status"),
    [
        ({"decision": "granted", "identity_checked": "1", "done": "Copie remise."}, 302),
        ({"decision": "granted", "done": "Copie remise."}, 422),
        ({"decision": "refused", "done": "Rien."}, 422),
        ({"decision": "refused", "refusal": "identity", "done": "Sans réponse à nos deux rappels."}, 302),
        ({"decision": "partial", "identity_checked": "1", "refusal": "law", "done": "Tout sauf le dossier."}, 302),
        ({"decision": "partial", "identity_checked": "1", "refusal": "identity", "done": "Tout."}, 422),
        ({"decision": "refused", "identity_checked": "1", "refusal": "identity", "done": "Rien."}, 422),
        ({}, 422),
    ],
)
def test_an_answer_has_its_reason_and_an_identity_that_was_checked(asked, officer, typed, status):
    address = reverse("admin:privacy_rightsrequest_change", args=[asked.pk])
    assert signed_in(officer).post(address, typed).status_code == status
    asked.refresh_from_db()
    assert (asked.decision == "pending") is (status == 422)


def test_the_person_is_told_the_answer_and_its_reason_but_not_what_the_register_notes(asked, officer):
    answer_request(request_id=asked.pk, user=officer, decision="refused", refusal="identity", done="Carte illisible.")
    told = Message.objects.latest("pk").body_text
    assert "Refusée" in told
    assert str(RightsRequest.Refusal.IDENTITY.label) in told
    assert "CNDP" in told
    assert "Carte illisible" not in told
    assert AuditEntry.objects.get(action="rights-answered").reference == asked.number


def test_a_request_is_answered_once_and_never_met_for_somebody_unknown(asked, officer):
    with pytest.raises(IdentityUnchecked):
        answer_request(request_id=asked.pk, user=officer, decision="granted", done="x")
    with pytest.raises(ValueError, match="pending"):
        answer_request(request_id=asked.pk, user=officer, decision="pending", done="x", identity_checked=True)
    with pytest.raises(IntegrityError), transaction.atomic():
        RightsRequest.objects.update(decision="granted")
    answer_request(request_id=asked.pk, user=officer, decision="granted", done="x", identity_checked=True)
    with pytest.raises(AlreadyDecided):
        answer_request(request_id=asked.pk, user=officer, decision="refused", refusal="law", done="x")


def test_the_second_of_two_answers_is_told_and_gets_its_words_back(asked, officer):
    answer_request(request_id=asked.pk, user=officer, decision="granted", done="Copie remise.", identity_checked=True)
    typed = {"decision": "refused", "refusal": "nothing", "done": "Un long texte du second agent."}
    shown = signed_in(officer).post(reverse("admin:privacy_rightsrequest_change", args=[asked.pk]), typed)
    assert shown.content.decode().count("Quelqu’un d’autre vient de répondre à cette demande.") == 1
    assert "Un long texte du second agent.</textarea>" in shown.content.decode()


# --- The copy


@pytest.mark.req("D25")
def test_the_copy_holds_the_cases_of_the_contact_and_nothing_internal(asked, officer):
    desk = officer.desks.get()
    mine = ComplaintFactory.create(desk=desk, complainant__email=asked.email)
    add_note(Complaint, case_id=mine.pk, user=officer, body="Note du service.")
    ComplaintFactory.create(desk=desk, complainant__email="autre@exemple.ma")
    ComplaintFactory.create(complainant__email=asked.email)  # at another organisation
    address = reverse("admin:privacy_rightsrequest_copy", args=[asked.pk])
    browser = signed_in(officer)
    assert browser.post(address).status_code == 302  # the identity first
    answer = browser.post(address, {"identity_checked": "1"})
    archive = zipfile.ZipFile(io.BytesIO(answer.content))
    assert sorted(archive.namelist()) == [f"{mine.number}.json", f"{mine.number}.pdf"]
    told = json.loads(archive.read(f"{mine.number}.json"))
    assert told["complainant"]["email"] == asked.email
    assert "Note du service." not in json.dumps(told, ensure_ascii=False)
    assert archive.read(f"{mine.number}.pdf").startswith(b"%PDF")
    assert AuditEntry.objects.get(action="exported").reference == asked.number
