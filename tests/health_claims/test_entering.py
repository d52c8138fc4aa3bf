"""The statement of a claim as an agent enters it, and what is asked of the member meanwhile."""

from __future__ import annotations

import re
from typing import Any

import pytest
from django.test import Client

from claims_portal.cases.services.assignment import assign_case
from health_claims.models import Claim, Statement
from health_claims.services.settling import make_batch
from membership.models import BaseRegime, Ceiling, KeyLetter
from tests.backoffice.conftest import signed_in
from tests.factories.complaints import AgentFactory
from tests.factories.health_claims_claims import ClaimFactory, StatementFactory, give_reasons, line
from tests.test_query_counts import cost, page

from .test_desk_pages import HANDLES

pytestmark = pytest.mark.django_db
LIST = "/gestion/health_claims/claim/"
EMPTY = {"lignes-TOTAL_FORMS": "1", "lignes-INITIAL_FORMS": "0"}
LINE = {"lignes-0-label": "Rééducation", "lignes-0-spent": "4 800", "lignes-0-base_paid": "960,00"}


@pytest.fixture
def claim(db: None) -> Claim:
    give_reasons()
    return ClaimFactory.create()


@pytest.fixture
def staff(claim: Claim) -> Client:
    permissions = [*HANDLES, "health_claims.view_claim"]
    return signed_in(AgentFactory.create(desks=[claim.desk], permissions=permissions))


def words(answer: Any) -> str:
    return re.sub(r"\s+", " ", answer.content.decode())


def enter(staff: Client, claim: Claim, action: str, **given: str) -> Any:
    sent = {"action": action, "seen": claim.events.last().pk} | EMPTY | LINE | given
    return staff.post(f"{LIST}{claim.pk}/decompte/", sent)


def ceiling(claim: Claim, amount: str) -> None:
    Ceiling.objects.create(
        policy=claim.member.policy,
        prestation=claim.prestation,
        scope="prestation",
        amount=amount,
        period_months=12,
        valid_from="2020-01-01",
    )


def test_computing_shows_what_the_lines_come_to_and_writes_nothing(claim, staff):
    ceiling(claim, "2000")
    answer = enter(staff, claim, "preview")
    assert answer.status_code == 200
    assert "2 000,00 MAD" in words(answer)
    assert "Plafond de la prestation atteint" in words(answer)
    assert not Statement.objects.exists()


@pytest.mark.req("E107")
def test_establishing_writes_the_next_version_with_letters_and_cuts(claim, staff):
    regime = BaseRegime.objects.create(code="amo", name_fr="AMO")
    KeyLetter.objects.create(
        regime=regime, letter="K", name_fr="Acte", value="22.50", rate="70", valid_from="2020-01-01"
    )
    claim.member.policy.base_regime = regime
    claim.member.policy.save()
    given = {
        "lignes-0-base_paid": "",
        "lignes-0-letter": "K",
        "lignes-0-coefficient": "20",
        "lignes-0-cut_1_reason": "over-tariff",
        "lignes-0-cut_1_amount": "50",
    }
    assert enter(staff, claim, "compute", **given).status_code == 302
    assert enter(staff, claim, "compute").status_code == 302
    first = claim.statements.get(version=1)
    assert (first.spent, first.base_paid) == (4800, 315)
    assert [cut.reason.code for cut in first.lines.get().abatements.all()] == ["over-tariff"]
    assert claim.statements.first().version == 2
    claim.refresh_from_db()
    assert claim.state == "computed"


def test_a_statement_to_redo_begins_with_all_that_was_entered_and_nothing_that_was_computed(claim, staff):
    ceiling(claim, "100")
    given = {
        "lignes-0-base_paid": "",
        "lignes-0-flat_base": "4 000",
        "lignes-0-base_rate": "70",
        "lignes-0-cut_1_reason": "missing-piece",
        "lignes-0-cut_1_amount": "50,50",
        "lignes-0-cut_1_note": "Ordonnance absente",
        "lignes-0-asked": "5 000",
        "lignes-0-adjustment": "invoice",
    }
    assert enter(staff, claim, "compute", **given).status_code == 302
    again = staff.get(f"{LIST}{claim.pk}/decompte/").context["lines_form"].forms[0].initial
    assert (again["spent"], again["asked"], again["adjustment"]) == ("4800,00", "5000,00", "invoice")
    assert (again["flat_base"], again["base_paid"]) == ("4000,00", "")
    cuts = [again.get(f"cut_{number}_{part}") for number in (1, 2) for part in ("reason", "amount", "note")]
    assert cuts == ["missing-piece", "50,50", "Ordonnance absente", None, None, None]


def test_the_words_of_a_line_turn_nothing_around_them(claim, staff):
    given = {
        "lignes-0-label": "Radio \u202ealm\u2069",
        "lignes-0-cut_1_reason": "missing-piece",
        "lignes-0-cut_1_amount": "50",
        "lignes-0-cut_1_note": "Pièce \u202eabsente",
    }
    assert enter(staff, claim, "compute", **given).status_code == 302
    again = staff.get(f"{LIST}{claim.pk}/decompte/").context["lines_form"].forms[0].initial
    assert (again["label"], again["cut_1_note"]) == ("Radio alm", "Pièce absente")


@pytest.mark.parametrize(
    ("given", "sentence"),
    [
        ({"lignes-0-asked": "5 000"}, "Dites pourquoi un autre montant est retenu."),
        ({"lignes-0-adjustment": "invoice"}, "Indiquez le montant que l’adhérent a demandé."),
        ({"lignes-0-spent": "beaucoup"}, "Écrivez ce montant en chiffres"),
        ({"lignes-0-spent": ","}, "Écrivez ce montant en chiffres"),
        ({"lignes-0-base_rate": "7_0"}, "Saisissez un nombre."),
        ({"lignes-0-cut_1_amount": "10"}, "Choisissez le motif de cet abattement."),
        ({"lignes-0-label": "", "lignes-0-spent": ""}, "Ce champ est obligatoire."),
    ],
)
def test_a_mistake_is_said_beside_its_field_and_nothing_typed_is_lost(claim, staff, given, sentence):
    answer = enter(staff, claim, "compute", **{"lignes-0-base_paid": "960"} | given)
    assert answer.status_code == 422
    assert sentence in words(answer)
    assert 'value="960"' in words(answer)
    assert not Statement.objects.exists()


def test_a_line_is_added_without_a_word_about_what_is_not_filled_yet(claim, staff):
    answer = enter(staff, claim, "add")
    assert len(answer.context["lines_form"].forms) == 2
    assert "obligatoire" not in words(answer)
    assert 'value="Rééducation"' in words(answer)


def test_a_claim_that_changed_meanwhile_is_not_computed(claim, staff):
    seen = claim.events.last().pk
    assign_case(Claim, case_id=claim.pk, user=AgentFactory.create(desks=[claim.desk]))
    answer = enter(staff, claim, "compute", seen=str(seen))
    assert answer.status_code == 409
    assert 'value="4 800"' in words(answer)
    assert not Statement.objects.exists()


def test_a_claim_under_payment_is_not_computed_again(claim, staff):
    StatementFactory.create(claim=claim)
    make_batch(organisation=claim.desk.organisation, desk_ids=[claim.desk_id], user=AgentFactory.create())
    assert enter(staff, claim, "compute").status_code == 409
    assert claim.statements.count() == 1


@pytest.mark.parametrize(
    ("route", "given", "state"),
    [
        ("complement", {"reason": "complement"}, "complement"),
        ("contre-visite", {"body": "Dr Exemple, le 3 mars à 10 h."}, "counter-visit"),
        ("refuser", {"reason": "refusal", "body": "Voir le contrat."}, "refused"),
        ("refuser", {}, "opened"),
        ("contre-visite", {}, "opened"),
    ],
)
def test_what_is_asked_of_the_member_changes_the_claim_once_it_is_whole(claim, staff, route, given, state):
    reasons = staff.get(f"{LIST}{claim.pk}/").context["reasons"]
    sent = given | ({"reason": reasons[given["reason"]][0].pk} if "reason" in given else {})
    answer = staff.post(f"{LIST}{claim.pk}/{route}/", {"seen": claim.events.last().pk} | sent)
    assert answer.status_code == (422 if state == "opened" else 302)
    claim.refresh_from_db()
    assert claim.state == state


def test_the_pages_of_a_claim_cost_the_same_with_one_line_or_ten(claim, staff):
    StatementFactory.create(claim=claim)
    addresses = [LIST, f"{LIST}{claim.pk}/", f"{LIST}{claim.pk}/decompte/"]
    few = [cost(page(staff, each)) for each in addresses]
    for _number in range(3):
        StatementFactory.create(claim=claim, lines=[line(f"Acte {number}") for number in range(4)])
    ClaimFactory.create(member=claim.member, guarantee=claim.guarantee)
    assert [cost(page(staff, each)) for each in addresses] == few
    assert max(few) <= 15
