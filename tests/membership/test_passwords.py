"""What a password must be."""

from __future__ import annotations

import pytest
from django.core.exceptions import ValidationError

from membership.models import Policy
from membership.numbers import is_plain, well_formed
from membership.passwords import validate_password
from tests.factories.membership import MemberFactory, PolicyFactory


@pytest.mark.req("T4", "D67")
@pytest.mark.parametrize(
    ("raw", "code"),
    [
        ("ab3x7", "short"),
        ("a" * 129, "long"),
        ("846193", "numeric"),
        ("azerty", "common"),
        ("qwerty1", "common"),
        ("tyuiop", "common"),
        ("abcdef", "common"),
        ("FEDCBA", "common"),
        ("zazaza", "common"),
        ("ab1ab1ab1", "common"),
        ("Benjelloun9", "personal"),
        ("x17051980", "personal"),
        ("bk004217!", "personal"),
        ("n1234567n", "personal"),
    ],
)
def test_a_password_that_is_tried_first_is_refused_with_its_reason(raw: str, code: str) -> None:
    member = MemberFactory.build(policy=None, number="1234567", cin="BK004217", last_name="Benjelloun")
    with pytest.raises(ValidationError) as refusal:
        validate_password(raw, member=member)
    assert refusal.value.code == code


@pytest.mark.parametrize("raw", ["oranj7", "Oranger-27", "ما أجمل البحر", "cheval correct"])
def test_six_characters_that_nobody_guesses_are_enough(raw: str) -> None:
    validate_password(raw, member=MemberFactory.build(policy=None))


@pytest.mark.parametrize(
    "pattern", ["(a+)+", "[0-9]+*", "(.*)*x", "[0-9]*[0-9]*[0-9]*x", "a|b", "(", "[9-0]", "x{8,4}", "x?" * 5]
)
def test_a_pattern_that_could_take_long_is_not_applied(pattern: str) -> None:
    assert not is_plain(pattern)
    assert well_formed(Policy(member_number_pattern=pattern), "12345678901234567890")


@pytest.mark.django_db
def test_staff_cannot_write_a_pattern_that_would_not_be_applied() -> None:
    policy = PolicyFactory()
    policy.full_clean()
    policy.member_number_pattern = "(a+)+"
    with pytest.raises(ValidationError, match="ne peut pas être appliquée"):
        policy.full_clean()


@pytest.mark.parametrize(("number", "expected"), [("A1234", True), ("A123", False), ("A12345", False), ("", False)])
def test_the_shape_of_a_number_is_that_of_the_policy_whole(number: str, expected: bool) -> None:
    assert well_formed(Policy(member_number_pattern="[A-Z][0-9]{4}"), number) is expected
