"""An agent before the declarations of their desk: the queue, the page, its pieces, and one press a decision."""

from __future__ import annotations

import re
from datetime import timedelta
from typing import Any

import pytest
from django.test import Client

from claims_portal.accounts.models import AuditEntry
from claims_portal.documents.models import Document, DocumentReading
from health_claims.models import Claim, Declaration
from health_claims.readings import readings_of
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory, DeskFactory
from tests.factories.health_claims import DeclarationFactory
from tests.factories.health_claims_claims import give_reasons
from tests.factories.membership import MemberFactory
from tests.factories.papers import papers_of
from tests.test_query_counts import cost, page

pytestmark = pytest.mark.django_db
LIST = "/gestion/health_claims/declaration/"
HANDLES = ["health_claims.view_declaration", "health_claims.handle", "health_claims.read_medical"]


@pytest.fixture
def declaration(db: None) -> Declaration:
    give_reasons()
    return DeclarationFactory.create(documents=2)


@pytest.fixture
def agent(declaration: Declaration) -> Any:
    return AgentFactory.create(desks=[declaration.desk], permissions=HANDLES)


@pytest.fixture
def staff(agent: Any) -> Client:
    return signed_in(agent)


def another(declaration: Declaration, **given: Any) -> Declaration:
    """One more of the same desk, sent later."""
    member = MemberFactory.create(policy=declaration.member.policy, activated=True)
    return DeclarationFactory.create(member=member, **given)


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def act(staff: Client, declaration: Declaration, route: str, **sent: Any) -> Any:
    seen = declaration.events.last().pk
    return staff.post(f"{LIST}{declaration.pk}/{route}/", {"seen": seen} | sent)


def shown(answer: Any) -> list[str]:
    return [row["case"].number for row in answer.context["cl"].rows]


def test_the_queue_begins_with_the_oldest_and_holds_what_waits_for_the_desk(declaration, staff):
    later = another(declaration)
    another(declaration, asked=True)
    another(declaration, rejected=True)
    DeclarationFactory.create()  # of another desk
    assert shown(staff.get(LIST)) == [declaration.number, later.number]
    assert len(shown(staff.get(f"{LIST}?file=complement"))) == 1
    assert len(shown(staff.get(f"{LIST}?file=toutes"))) == 4
    assert "À traiter" in words(staff.get("/gestion/"))


@pytest.mark.parametrize("by", ["reference", "number", "cin"])
def test_a_declaration_is_found_by_its_number_or_by_its_member(declaration, staff, by):
    another(declaration)
    text = declaration.number if by == "reference" else getattr(declaration.member, by)
    answer = staff.post(f"{LIST}recherche/", {"texte": f" {text.lower()} "})
    if by == "reference":
        assert answer["Location"] == f"{LIST}{declaration.pk}/"
    else:
        assert text not in answer["Location"]
        assert shown(staff.get(answer["Location"])) == [declaration.number]


def test_opening_the_page_and_a_piece_is_told_to_the_member(declaration, staff):
    assert declaration.number in words(staff.get(f"{LIST}{declaration.pk}/"))
    piece = declaration.documents.first()
    answer = staff.get(f"{LIST}{declaration.pk}/pieces/{piece.pk}/?apercu")
    assert answer["Content-Disposition"].startswith("inline")
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    lines = AuditEntry.objects.filter(reference=declaration.number).values_list("action", flat=True)
    assert sorted(lines) == ["case-opened", "document-read"]
    assert DocumentReading.objects.filter(document=piece.document).count() == 1
    assert [row.name for row in readings_of(member=declaration.member).rows] == [
        piece.document.label,
        declaration.number,
    ]


def test_an_image_fits_the_frame_and_nothing_else_runs_there(declaration, staff):
    piece = declaration.documents.first()
    Document.objects.filter(pk=piece.document_id).update(content_type="image/png")
    address = f"{LIST}{declaration.pk}/pieces/{piece.pk}/"
    answer = staff.get(f"{address}?vue")
    assert f'src="{address}?apercu"' in words(answer)
    assert "script" not in answer["Content-Security-Policy"]
    assert answer["X-Frame-Options"] == "SAMEORIGIN"
    assert not DocumentReading.objects.exists()


def test_without_the_right_to_medical_papers_nothing_opens_a_piece(declaration):
    reader = signed_in(AgentFactory.create(desks=[declaration.desk], permissions=HANDLES[:2]))
    assert "iframe" not in words(reader.get(f"{LIST}{declaration.pk}/"))
    assert reader.get(f"{LIST}{declaration.pk}/pieces/{declaration.documents.first().pk}/").status_code == 404


def test_a_piece_is_not_found_through_another_declaration(declaration, staff):
    other = another(declaration)
    assert staff.get(f"{LIST}{other.pk}/pieces/{declaration.documents.first().pk}/").status_code == 404


def test_validating_leads_to_the_next_of_the_queue(declaration, staff):
    later = another(declaration)
    answer = act(staff, declaration, "valider")
    assert answer["Location"] == f"{LIST}{later.pk}/"
    assert "le dossier est ouvert" in words(staff.get(answer["Location"]))
    assert act(staff, later, "valider")["Location"] == LIST
    assert Claim.objects.count() == 2


def test_a_rejection_without_a_reason_comes_back_with_what_was_typed(declaration, staff):
    answer = act(staff, declaration, "rejeter", body="La page 2 est floue.")
    assert answer.status_code == 422
    assert "Choisissez un motif." in words(answer)
    assert "La page 2 est floue." in words(answer)
    reason = answer.context["reasons"]["rejection"][0]
    assert act(staff, declaration, "rejeter", reason=reason.pk, body="La page 2 est floue.").status_code == 302
    declaration.refresh_from_db()
    assert (declaration.state, declaration.reason) == ("rejected", reason)


def test_a_page_that_is_not_true_any_more_says_what_changed_and_keeps_the_text(declaration, staff, agent):
    seen = declaration.events.last().pk
    act(signed_in(AgentFactory.create(desks=[declaration.desk], permissions=HANDLES)), declaration, "attribuer")
    answer = staff.post(f"{LIST}{declaration.pk}/complement/", {"seen": seen, "body": "Il manque la facture."})
    assert answer.status_code == 409
    assert "Attribuée à un agent" in words(answer)
    assert "Il manque la facture." in words(answer)
    declaration.refresh_from_db()
    assert declaration.complement_asked_at is None


def test_identity_papers_are_checked_once_from_the_page(declaration, staff):
    first, second = papers_of(declaration.member)
    url = f"{LIST}{declaration.pk}/papiers/"
    assert staff.post(f"{url}{first.pk}/", {"decision": "accept"}).status_code == 302
    assert staff.post(f"{url}{second.pk}/", {"decision": "refuse"}).status_code == 422
    reason = staff.get(f"{LIST}{declaration.pk}/").context["reasons"]["paper"][0]
    assert staff.post(f"{url}{second.pk}/", {"decision": "refuse", "reason": reason.pk}).status_code == 302
    first.refresh_from_db()
    second.refresh_from_db()
    assert (first.state, second.state, second.reason) == ("accepted", "refused", reason)
    staff.post(f"{url}{first.pk}/", {"decision": "refuse", "reason": reason.pk, "seen": "accepted"})
    first.refresh_from_db()
    assert first.state == "refused"  # it turned out to be false
    stranger = papers_of(MemberFactory.create(activated=True))[0]
    assert staff.get(f"{url}{stranger.pk}/").status_code == 404


def test_the_list_and_the_page_cost_the_same_whatever_they_hold(declaration, staff):
    small = another(declaration, documents=1)
    few = cost(page(staff, LIST)), cost(page(staff, f"{LIST}{small.pk}/"))
    for _number in range(6):
        DeclarationFactory.create(member=declaration.member, care_date=declaration.care_date - timedelta(days=1))
    papers_of(declaration.member)
    many = cost(page(staff, LIST)), cost(page(staff, f"{LIST}{declaration.pk}/"))
    assert many[0] == few[0] <= 15
    assert many[1] == few[1] <= 16


def test_an_agent_of_another_desk_sees_nothing(declaration):
    elsewhere = signed_in(AgentFactory.create(desks=[DeskFactory.create()], permissions=HANDLES))
    assert shown(elsewhere.get(LIST)) == []
    assert elsewhere.get(f"{LIST}{declaration.pk}/").status_code == 404
    assert act(elsewhere, declaration, "valider").status_code == 404
