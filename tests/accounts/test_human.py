"""The human check: a proof of work or a short wait, each good for one draft only."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from typing import Any

import altcha
import pytest
import time_machine

from claims_portal.accounts import human
from claims_portal.accounts.human import NotYetHuman

DRAFT = "7d1c8f8e-2c55-4b8b-9d53-3d9b1b7a0001"
OTHER = "7d1c8f8e-2c55-4b8b-9d53-3d9b1b7a0002"
NOON = datetime(2026, 3, 3, 12, 0, tzinfo=UTC)


@pytest.fixture(autouse=True)
def at_noon():
    with time_machine.travel(NOON, tick=False) as clock:
        yield clock


@pytest.fixture(autouse=True)
def _light_work(monkeypatch):
    """What a browser does in half a second would slow the tests down."""
    monkeypatch.setattr(human, "PROOF_EFFORT", 200)


def solved(subject: str = DRAFT) -> dict[str, Any]:
    """The work of `static/js/proof.js`."""
    task = json.loads(human.challenge(subject))
    solution = altcha.solve_challenge(
        challenge=task["challenge"], salt=task["salt"], algorithm=task["algorithm"], max_number=200
    )
    assert solution
    return {each: task[each] for each in ("algorithm", "challenge", "salt", "signature")} | {"number": solution.number}


def sent(solution: Any) -> str:
    return base64.b64encode(json.dumps(solution).encode()).decode()


def refused(proof: str, subject: str = DRAFT) -> bool:
    """True when this proof leaves nothing but the wait."""
    with pytest.raises(NotYetHuman):
        human.check(subject=subject, proof=proof, waiting=human.patience(subject))
    return True


def test_the_browsers_work_is_proof_at_once():
    assert human.check(subject=DRAFT, proof=sent(solved()), waiting="") is True


def test_the_proof_of_one_draft_opens_no_other():
    assert refused(sent(solved()), subject=OTHER)


@pytest.mark.parametrize("name", ["number", "salt", "signature", "challenge", "algorithm"])
def test_a_proof_without_one_of_its_parts_is_refused(name):
    solution = solved()
    del solution[name]
    assert refused(sent(solution))


def test_a_proof_with_another_number_is_refused():
    solution = solved()
    assert refused(sent(solution | {"number": solution["number"] + 1}))


def test_a_proof_whose_subject_was_changed_is_refused():
    solution = solved()
    assert refused(sent(solution | {"salt": solution["salt"].replace(DRAFT, OTHER)}), subject=OTHER)


def test_a_proof_whose_end_was_changed_is_refused(at_noon):
    solution = solved()
    at_noon.shift(3601)
    late = str(int(NOON.timestamp()) + 3600)
    assert late in solution["salt"]
    assert refused(sent(solution | {"salt": solution["salt"].replace(late, late + "9")}))


def test_digits_moved_from_the_number_into_the_salt_do_not_prolong_a_proof(at_noon):
    solution = solved()
    at_noon.shift(3601)
    number = str(solution["number"])
    for cut in range(1, len(number)):
        assert refused(sent(solution | {"salt": solution["salt"] + number[:cut], "number": int(number[cut:])}))


def test_a_proof_ends_after_an_hour(at_noon):
    proof = sent(solved())
    at_noon.shift(3599)
    assert human.check(subject=DRAFT, proof=proof, waiting="") is True
    at_noon.shift(2)
    assert refused(proof)


@pytest.mark.parametrize("nested", ["1", "[]", "null", '{"salt": 1}', '{"salt": "?subject=x"}', "[" * 100_000])
def test_a_proof_that_is_no_solution_is_refused(nested):
    assert refused(base64.b64encode(nested.encode()).decode())


@pytest.mark.parametrize("proof", ["", "é", "%%%", "AA", "\x00"])
def test_a_proof_that_is_no_text_of_ours_is_refused(proof):
    assert refused(proof)


@pytest.mark.req("F36")
def test_who_has_no_javascript_waits_and_is_told_how_long(at_noon, settings):
    waiting = human.patience(DRAFT)
    at_noon.shift(5)
    with pytest.raises(NotYetHuman) as wait:
        human.check(subject=DRAFT, proof="", waiting=waiting)
    assert 0 < wait.value.seconds - (settings.PATIENCE_SECONDS - 5) <= 1
    at_noon.shift(settings.PATIENCE_SECONDS - 5)
    assert human.check(subject=DRAFT, proof="", waiting=waiting) is False


def test_the_wait_for_one_draft_opens_no_other(at_noon):
    waiting = human.patience(OTHER)
    at_noon.shift(600)
    with pytest.raises(NotYetHuman):
        human.check(subject=DRAFT, proof="", waiting=waiting)


def test_a_forged_wait_is_refused():
    forged = human.patience(DRAFT)[:-2] + "xx"
    with pytest.raises(NotYetHuman):
        human.check(subject=DRAFT, proof="", waiting=forged)


@pytest.mark.req("F36")
def test_who_comes_back_to_the_page_does_not_wait_again(at_noon):
    waiting = human.patience(DRAFT)
    at_noon.shift(10)
    assert human.patience(DRAFT, kept=waiting) == waiting


@pytest.mark.req("F36")
def test_a_wait_that_is_too_old_begins_again_instead_of_never_ending(at_noon, settings):
    waiting = human.patience(DRAFT)
    at_noon.shift(2 * 3600)
    waiting = human.patience(DRAFT, kept=waiting)
    at_noon.shift(settings.PATIENCE_SECONDS)
    assert human.check(subject=DRAFT, proof="", waiting=waiting) is False
