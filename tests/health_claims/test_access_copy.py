"""The copy of a member's data: their declarations, claims, approvals and papers, and no medical content."""

from __future__ import annotations

import io
import json
import zipfile
from datetime import date
from typing import Any

import pytest

from claims_portal.privacy.access import copy_of_data
from complaints.roles import RIGHTS
from health_claims.models import Claim, Declaration, PriorApproval
from health_claims.services.claims import ask_counter_visit, record_counter_visit
from tests.factories.complaints import AgentFactory, DeskFactory
from tests.factories.health_claims import DeclarationFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, line
from tests.factories.membership import BeneficiaryFactory, MemberFactory, PrestationFactory
from tests.factories.papers import papers_of
from tests.factories.privacy import RightsRequestFactory

pytestmark = [pytest.mark.django_db, pytest.mark.req("D25")]
VIEWS = ["health_claims.view_declaration", "health_claims.view_claim"]


@pytest.fixture
def member() -> Any:
    return MemberFactory.create(activated=True)


@pytest.fixture
def officer(member: Any) -> Any:
    return AgentFactory.create(desks=[member.policy.desk], permissions=[*RIGHTS, *VIEWS])


def files_for(member: Any, user: Any, **asked: Any) -> dict[str, Any]:
    """Return what a copy asked for with the e-mail address of the member holds, by name."""
    given = {"organisation": member.policy.desk.organisation, "email": member.account.email, "mobile": ""} | asked
    data = copy_of_data(RightsRequestFactory.create(**given), user)
    return {name: json.loads(content) for name, content in unzipped(data).items()}


def unzipped(data: bytes) -> dict[str, bytes]:
    if not data:
        return {}
    archive = zipfile.ZipFile(io.BytesIO(data))
    return {name: archive.read(name) for name in archive.namelist()}


def test_a_member_finds_their_declarations_and_claims_in_the_copy(member, officer):
    declaration = DeclarationFactory.create(member=member)
    claim = ClaimFactory.create(member=member)
    StatementFactory.create(claim=claim, lines=[line("Consultation", spent="300")])
    files = files_for(member, officer)
    assert files[f"declaration-{declaration.number}.json"]["amount"] == "2100.00"
    [statement] = files[f"dossier-{claim.number}.json"]["statements"]
    assert [(entered["label"], entered["spent"]) for entered in statement["lines"]] == [("Consultation", "300.00")]


def test_a_member_is_found_by_their_verified_mobile(member, officer):
    declaration = DeclarationFactory.create(member=member)
    assert f"declaration-{declaration.number}.json" in files_for(
        member, officer, email="", mobile=str(member.account.mobile)
    )


def test_the_copy_of_somebody_else_holds_nothing_of_a_member(member, officer):
    DeclarationFactory.create(member=member)
    ClaimFactory.create(member=member)
    assert files_for(member, officer, email="autre@exemple.ma") == {}


def test_files_are_named_and_their_content_is_left_to_the_person(member, officer):
    declaration = DeclarationFactory.create(member=member, documents=2)
    files = files_for(member, officer)
    assert len(files[f"declaration-{declaration.number}.json"]["documents"]) == 2
    assert all(name.endswith(".json") for name in files)


def test_the_opinion_of_a_counter_visit_is_not_in_the_copy(member, officer):
    claim = ClaimFactory.create(member=member)
    ask_counter_visit(claim_id=claim.pk, user=officer, body="Rendez-vous le 4 mars.")
    record_counter_visit(claim_id=claim.pk, user=officer, body="Avis du médecin.")
    words = json.dumps(files_for(member, officer)[f"dossier-{claim.number}.json"], ensure_ascii=False)
    assert "Rendez-vous le 4 mars." in words
    assert "Avis du médecin." not in words


def test_the_copy_holds_the_prior_approvals_and_identity_papers_of_the_member(member, officer):
    papers_of(member)
    patient = BeneficiaryFactory.create(member=member)
    given = {"patient": patient, "prestation": PrestationFactory.create(), "asked_on": date(2026, 3, 1)}
    PriorApproval.objects.create(member=member, entered_by=officer, note="Note du service.", **given)
    told = files_for(member, officer)[f"adherent-{member.pk}.json"]
    assert (told["cin"], [one["first_name"] for one in told["family"]]) == (member.cin, [patient.first_name])
    assert member.rib not in json.dumps(told)
    assert [approval["patient"] for approval in told["prior_approvals"]] == [patient.full_name]
    assert sorted(paper["kind"] for paper in told["identity_papers"]) == ["card", "cin"]
    assert "Note du service." not in json.dumps(told, ensure_ascii=False)


def test_a_quote_of_a_former_holder_of_the_account_is_not_in_the_copy(member, officer):
    given = {"prestation": PrestationFactory.create(), "asked_on": date(2026, 3, 1)}
    PriorApproval.objects.create(member=member, **given)
    member.account.identity_checked_at = PriorApproval.objects.get().entered_at.replace(year=2030)
    member.account.save()
    assert files_for(member, officer)[f"adherent-{member.pk}.json"]["prior_approvals"] == []


def test_what_a_former_holder_of_the_account_sent_is_not_in_the_copy(member, officer):
    declaration = DeclarationFactory.create(member=member)
    Declaration.objects.update(set_aside_at=declaration.opened_at)
    claim = ClaimFactory.create(member=member)
    Claim.objects.filter(pk=claim.pk).update(declaration=declaration)
    assert list(files_for(member, officer)) == [f"adherent-{member.pk}.json"]


def test_an_account_whose_identity_was_not_checked_finds_only_what_it_sent(member, officer):
    sent, on_paper = DeclarationFactory.create_batch(2, member=member)
    Declaration.objects.filter(pk=on_paper.pk).update(channel="post")
    ClaimFactory.create(member=member)
    member.account.identity_checked_at = None
    member.account.save()
    files = files_for(member, officer)
    assert sorted(files) == sorted([f"declaration-{sent.number}.json", f"adherent-{member.pk}.json"])
    assert not {"cin", "rib", "birth_date", "family", "prior_approvals"} & set(files[f"adherent-{member.pk}.json"])


def test_who_may_not_see_sickness_files_finds_none_in_the_copy(member):
    DeclarationFactory.create(member=member)
    ClaimFactory.create(member=member)
    assert files_for(member, AgentFactory.create(desks=[member.policy.desk], permissions=RIGHTS)) == {}


def test_the_sickness_files_of_another_desk_are_not_in_the_copy(member):
    DeclarationFactory.create(member=member)
    elsewhere = DeskFactory.create(organisation=member.policy.desk.organisation)
    assert files_for(member, AgentFactory.create(desks=[elsewhere], permissions=[*RIGHTS, *VIEWS])) == {}
